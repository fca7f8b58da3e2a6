//! The words by which a language is known, and those that mean the same in every conversation.

use danish::DANISH;
use english::ENGLISH;
use french::FRENCH;
use german::GERMAN;
use italian::ITALIAN;

pub(super) use shape::LanguageWords;

use domain::language::Language;

mod danish;
mod english;
mod french;
mod german;
mod italian;
mod shape;

/// The words of a language.
pub(super) fn words_of(language: Language) -> &'static LanguageWords {
    match language {
        Language::English => &ENGLISH,
        Language::Danish => &DANISH,
        Language::French => &FRENCH,
        Language::Italian => &ITALIAN,
        Language::German => &GERMAN,
    }
}

/// The phrases of one kind, of every language.
pub(super) fn phrases(of: fn(&'static LanguageWords) -> &'static [&'static str]) -> impl Iterator<Item = &'static str> {
    Language::ALL.into_iter().flat_map(move |language| of(words_of(language)).iter().copied())
}

/// Words that are polite and decide nothing.
pub(super) const COURTESIES: &[&str] = &[
    "please",
    "thanks",
    "thank you",
    "thank you very much",
    "many thanks",
    "sorry",
    "actually",
    "egentlig",
    "en fait",
    "in realtà",
    "eigentlich",
    "hm",
    "hmm",
    "well",
    "oh",
    "ah",
    "hello",
    "hi",
    "tak",
    "mange tak",
    "tak for det",
    "undskyld",
    "beklager",
    "hej",
    "venligst",
    "merci",
    "merci beaucoup",
    "s'il vous plaît",
    "s'il te plaît",
    "svp",
    "désolé",
    "désolée",
    "pardon",
    "bonjour",
    "grazie",
    "grazie mille",
    "per favore",
    "per piacere",
    "scusi",
    "scusa",
    "mi dispiace",
    "ciao",
    "buongiorno",
    "danke",
    "vielen dank",
    "bitte",
    "entschuldigung",
    "leider",
    "hallo",
];

/// Denials as they are typed in chats, each with its apostrophe. Forms that are words of another language stay.
const CONTRACTIONS: &[(&str, &str)] = &[
    ("dont", "don't"),
    ("doesnt", "doesn't"),
    ("didnt", "didn't"),
    ("cant", "can't"),
    ("wont", "won't"),
    ("isnt", "isn't"),
    ("arent", "aren't"),
    ("wasnt", "wasn't"),
    ("couldnt", "couldn't"),
    ("wouldnt", "wouldn't"),
    ("shouldnt", "shouldn't"),
    ("havent", "haven't"),
    ("hasnt", "hasn't"),
    ("ive", "i've"),
    ("youre", "you're"),
    ("thats", "that's"),
];

/// The words of a text in lower case, with one space between them and no punctuation at their ends.
pub fn folded(text: &str) -> String {
    let lower = text.to_lowercase().replace(['’', '`', '´'], "'");
    let whole =
        |word: &str| CONTRACTIONS.iter().find(|(typed, _)| *typed == word).map(|(_, whole)| (*whole).to_owned());
    let bare = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
        whole(bare).unwrap_or_else(|| bare.to_owned())
    };
    lower.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

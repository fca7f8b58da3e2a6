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

/// The most words of a message that is nothing but an answer, with all its courtesies. Whoever says `yes` a thousand times says
/// no more, and is not read to the end.
const ANSWER_WORDS_MAX: usize = 40;

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
    let mut folded = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/');
        if !bare.is_empty() {
            if !folded.is_empty() {
                folded.push(' ');
            }
            folded.push_str(CONTRACTIONS.iter().find(|(typed, _)| *typed == bare).map_or(bare, |(_, whole)| whole));
        }
    }
    folded
}

/// The words of a text, as [`folded`], if it is so short that it may be nothing but an answer.
pub(super) fn folded_if_short(text: &str) -> Option<String> {
    text.split_whitespace().nth(ANSWER_WORDS_MAX).is_none().then(|| folded(text))
}

/// The first words of a text, as [`folded`]: as many as an answer with which it begins may have.
pub(super) fn folded_beginning(text: &str) -> String {
    folded(&first_words(text, ANSWER_WORDS_MAX))
}

/// The first words of a text as they were written, with one space between them.
pub(super) fn first_words(text: &str, count: usize) -> String {
    text.split_whitespace().take(count).collect::<Vec<_>>().join(" ")
}

#[test]
fn words_are_folded_alike_and_long_texts_are_no_answer() {
    assert_eq!(folded("  Don’t — YOU dare! dont 5/6, …"), "don't you dare don't 5/6");
    assert_eq!(folded_if_short(&"yes ".repeat(ANSWER_WORDS_MAX)).map(|words| words.len()), Some(159));
    assert_eq!(folded_if_short(&"yes ".repeat(ANSWER_WORDS_MAX + 1)), None);
    assert_eq!(first_words("a  b\nc d", 3), "a b c");
}

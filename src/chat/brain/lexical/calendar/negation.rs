//! Words that turn what stands beside them into its opposite, or into something that was.

use crate::chat::language::{Language, folded};

/// Words that deny in every language of the fixed texts. `no` and its like answer and deny nothing.
const DENYING: &[&str] = &[
    "not",
    "never",
    "except",
    "neither",
    "nor",
    "without",
    "cannot",
    "cant",
    "dont",
    "wont",
    "excluding",
    "ikke",
    "aldrig",
    "undtagen",
    "pas",
    "jamais",
    "sauf",
    "excepté",
    "mai",
    "tranne",
    "eccetto",
    "nicht",
    "nie",
    "niemals",
    "außer",
    "ausser",
    "statt",
    "anstatt",
    "kein",
    "keine",
    "keinen",
    "keinem",
    "ingen",
    "hverken",
    "aucun",
    "aucune",
    "nessun",
    "nessuno",
];
/// Phrases that deny.
const DENYING_PHRASES: &[&str] = &[
    "any day but",
    "every day but",
    "any time but",
    "anything but",
    "all but",
    "instead of",
    "rather than",
    "other than",
    "apart from",
    "i stedet for",
    "bortset fra",
    "au lieu de",
    "à part",
    "invece di",
    "al posto di",
    "a parte",
];

/// True for a message of which a part is denied, as in `not monday` or `alles außer Montag`.
pub(in crate::chat::brain::lexical) fn denies(message: &str) -> bool {
    let words = folded(message);
    let padded = format!(" {words} ");
    let is_denying = |word: &str| DENYING.contains(&word) || word.ends_with("n't");
    words.split(' ').any(is_denying)
        || DENYING_PHRASES.iter().any(|phrase| padded.contains(&format!(" {phrase} ")))
        || denies_in_italian(message)
}

/// Words behind the no of the French without a comma between.
const BEHIND_FRENCH_NO: &[&str] = &[
    "attendez",
    "attends",
    "plutôt",
    "merci",
    "désolé",
    "désolée",
    "pardon",
    "finalement",
    "mais",
    "c'est",
    "je",
    "en",
];

/// `non` denies what follows it; before a comma it is the no of the French.
fn denies_in_italian(message: &str) -> bool {
    let words: Vec<&str> = message.split_whitespace().collect();
    words
        .windows(2)
        .any(|pair| pair[0].to_lowercase() == "non" && !BEHIND_FRENCH_NO.contains(&folded(pair[1]).as_str()))
}

/// Words for what was, by language: French `hier` is German for here.
fn past_words(language: Language) -> &'static [&'static str] {
    match language {
        Language::English => &["last", "past", "previous", "ago", "yesterday", "since", "was", "were"],
        Language::Danish => &["sidste", "forrige", "siden", "igår", "var"],
        Language::French => &["dernier", "dernière", "passé", "passée", "hier", "depuis"],
        Language::Italian => &["scorso", "scorsa", "passato", "passata", "ieri", "fa"],
        Language::German => &[
            "letzte",
            "letzten",
            "letzter",
            "letztem",
            "letztes",
            "vergangenen",
            "vergangene",
            "vergangener",
            "vorige",
            "vorigen",
            "gestern",
            "vorgestern",
            "seit",
            "war",
        ],
    }
}

/// True for a word for what was, for every one of a kind, or for a number of days or weeks ahead.
pub(super) fn moves_a_day(word: &str, language: Language) -> bool {
    const FURTHER: &[&str] = &[
        "uge",
        "uger",
        "dage",
        "semaine",
        "semaines",
        "jours",
        "settimana",
        "settimane",
        "giorni",
        "woche",
        "wochen",
        "tagen",
        "every",
        "each",
        "following",
        "another",
        "other",
        "hver",
        "overnæste",
        "efterfølgende",
        "chaque",
        "suivant",
        "suivante",
        "ogni",
        "seguente",
        "successivo",
        "jeden",
        "jede",
        "übernächsten",
        "übernächster",
        "übernächste",
        "darauf",
        "darauffolgenden",
        "drauf",
    ];
    // An English word is also said in a conversation whose language was mistaken.
    past_words(language).contains(&word)
        || past_words(Language::English)[..6].contains(&word)
        || FURTHER.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_is_told_from_an_answer() {
        for message in [
            "not monday",
            "any day but monday",
            "I can't on Monday",
            "Montag passt nicht",
            "pas lundi",
            "non lunedì",
            "ikke mandag",
            "alles außer Montag",
            "I don’t like the first",
        ] {
            assert!(denies(message), "{message}");
        }
        for message in [
            "no, Tuesday",
            "non, mardi",
            "nej, tirsdag",
            "no wait, friday",
            "yes but on thursday",
            "non",
            "non attendez, plutôt jeudi",
            "",
        ] {
            assert!(!denies(message), "{message}");
        }
    }
}

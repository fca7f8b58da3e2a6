//! Words on which a person goes on, whatever a brain would say. Pure.

use crate::chat::language;

/// Beginnings of questions without a mark, in the languages of the fixed texts.
const QUESTION_WORDS: &[&str] = &[
    "who", "what", "when", "where", "which", "why", "how", "can", "could", "do", "does", "is", "are", "wer", "was",
    "wann", "wo", "welche", "warum", "wie", "kann", "können", "hvem", "hvad", "hvornår", "hvor", "hvilken", "hvorfor",
    "hvordan", "kan", "qui", "que", "quoi", "quand", "où", "quel", "quelle", "pourquoi", "comment", "est-ce", "chi",
    "che", "cosa", "quando", "dove", "quale", "perché", "come", "posso",
];
/// The fewest words of a question: `yes?` and a number may be said again and again.
const QUESTION_WORDS_MIN: usize = 3;

/// True for a message that asks for a person, in the words of the languages or of the operator.
pub fn asks_for_person(text: &str, words: &[String]) -> bool {
    text.lines().any(language::asks_for_person) || holds_one(text, words)
}

/// True if one of these words or phrases stands in a text, as whole words.
pub fn holds_one(text: &str, phrases: &[String]) -> bool {
    let text = format!(" {} ", spaced(text));
    phrases.iter().any(|phrase| {
        let phrase = spaced(phrase);
        !phrase.is_empty() && text.contains(&format!(" {phrase} "))
    })
}

/// True for a message that is more than an answer.
pub fn is_question(text: &str) -> bool {
    let words = spaced(text);
    let words: Vec<&str> = words.split_whitespace().collect();
    words.len() >= QUESTION_WORDS_MIN
        && (text.contains(['?', '？']) || words.first().is_some_and(|first| QUESTION_WORDS.contains(first)))
}

/// The words in small letters, with one space between.
fn spaced(text: &str) -> String {
    let apart = text.to_lowercase().replace(|c: char| !c.is_alphanumeric() && c != '-' && c != '\'', " ");
    apart.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_operator_are_whole_words() {
        let words = ["lawyer".to_owned(), "geld zurück".to_owned(), "".to_owned()];
        for (text, expected) in [
            ("My LAWYER will write to you!", true),
            ("Ich will mein Geld  zurück.", true),
            ("lawyers", false),
            ("Geld", false),
            ("", false),
        ] {
            assert_eq!(holds_one(text, &words), expected, "{text}");
        }
    }

    #[test]
    fn a_person_is_asked_for_in_many_words() {
        for text in
            ["I want to talk to a human", "Ich möchte mit einem Menschen sprechen", "Hello\nI want to talk to a person"]
        {
            assert!(asks_for_person(text, &[]), "{text}");
        }
        assert!(!asks_for_person("Can a person of 120 kg stand on it?", &[]));
        assert!(asks_for_person("Chef!", &["chef".to_owned()]));
    }

    #[test]
    fn answers_are_no_questions() {
        for (text, expected) in [
            ("Where is my robot?", true),
            ("where is my robot", true),
            ("tomorrow?", false),
            ("2", false),
            ("yes", false),
        ] {
            assert_eq!(is_question(text), expected, "{text}");
        }
    }
}

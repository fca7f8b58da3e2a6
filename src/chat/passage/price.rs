//! Questions for a price, in every language of the fixed texts.

use crate::chat::language::{are_alike, content_words, folded};

/// The words by which documents tell prices; a question does not always have them.
pub(super) const WORDS: &str = "price cost quote";

#[rustfmt::skip]
/// Words that ask for a price.
const ASKED: &[&str] = &[
    "how much is", "how much are", "how much does", "how much do", "what does it cost", "cost", "costs", "price", "prices", "pricing",
    "expensive", "cheap", "cheaper", "coûte", "coûtent", "prix", "costa", "costano", "prezzo", "prezzi", "preis", "teuer", "teurer", "dyr",
    "dyrere", "billigere", "billiger", "koster", "pris", "prisen", "priser", "combien coûte", "combien coûtent", "quel est le prix", "le prix",
    "les prix", "tarif", "quanto costa", "quanto costano", "il prezzo", "i prezzi", "kostet", "kosten", "der preis", "preise",
];

/// True for a question for a price.
pub(super) fn is_asked(question: &str) -> bool {
    holds(question)
}

/// True for a text of a document that tells of prices, in the words of documents or of questions.
pub(super) fn is_told(text: &str) -> bool {
    let words = content_words(text);
    holds(text) || WORDS.split(' ').any(|price| words.iter().any(|word| are_alike(word, price)))
}

fn holds(text: &str) -> bool {
    let words = format!(" {} ", folded(text));
    ASKED.iter().any(|phrase| words.contains(&format!(" {phrase} ")))
}

/// A question without the words that ask for a price.
pub(super) fn without(question: &str) -> String {
    let words = format!(" {} ", folded(question).replace(' ', "  "));
    ASKED.iter().fold(words, |words, phrase| words.replace(&format!(" {} ", phrase.replace(' ', "  ")), " "))
}

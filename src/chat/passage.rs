//! A passage of a document as a visitor is told it.

use serde_json::{Map, Value, json};

use super::language::{Language, folded};
use super::texts;

/// The tool that finds passages.
pub const SEARCH_TOOL: &str = "search_documents";
/// The score from which a passage answers a question.
const SCORE_MIN: f64 = 1.0;
/// The passages that are asked for; one is told.
const PASSAGES: usize = 2;

/// Words that ask for a price, in every language of the fixed texts.
const OF_PRICES: &[&str] = &[
    "how much is",
    "how much are",
    "how much does",
    "how much do",
    "what does it cost",
    "koster",
    "pris",
    "prisen",
    "priser",
    "combien coûte",
    "combien coûtent",
    "quel est le prix",
    "le prix",
    "les prix",
    "tarif",
    "quanto costa",
    "quanto costano",
    "il prezzo",
    "i prezzi",
    "kostet",
    "kosten",
    "der preis",
    "preise",
];
/// The word by which documents tell prices; a question does not always have it.
const PRICE: &str = "price cost quote";

/// The arguments of a search for the answer to a question.
pub fn search(question: &str) -> Map<String, Value> {
    let words = format!(" {} ", folded(question));
    let asks_price = OF_PRICES.iter().any(|phrase| words.contains(&format!(" {phrase} ")));
    let query = if asks_price { format!("{question} {PRICE}") } else { question.to_owned() };
    Map::from_iter([("query".to_owned(), json!(query)), ("limit".to_owned(), json!(PASSAGES))])
}

/// The best passage with its document, if it answers the question.
pub fn told(answer: &Value, language: Language) -> Option<String> {
    let best = &answer["passages"][0];
    if best["score"].as_f64().unwrap_or_default() < SCORE_MIN {
        return None;
    }
    let text = best["document_text"].as_str()?.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = best["title"].as_str().unwrap_or_default();
    Some(texts::PASSAGE.with(language, &[("text", &text), ("title", title)]))
}

#[test]
fn a_price_is_looked_for_by_its_name() {
    for (question, query) in [
        ("Hvad koster ADAM?", "Hvad koster ADAM? price cost quote"),
        ("how much is the Matradee?", "how much is the Matradee? price cost quote"),
        ("How long does delivery take?", "How long does delivery take?"),
    ] {
        assert_eq!(search(question)["query"], query);
    }
}

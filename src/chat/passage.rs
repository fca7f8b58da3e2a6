//! A passage of a document as a visitor is told it.

use serde_json::{Map, Value, json};

use super::language::Language;
use super::texts;

/// The tool that finds passages.
pub const SEARCH_TOOL: &str = "search_documents";
/// The score from which a passage answers a question.
const SCORE_MIN: f64 = 1.0;
/// The passages that are asked for; one is told.
const PASSAGES: usize = 2;

/// The arguments of a search for the answer to a question.
pub fn search(question: &str) -> Map<String, Value> {
    Map::from_iter([("query".to_owned(), json!(question)), ("limit".to_owned(), json!(PASSAGES))])
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

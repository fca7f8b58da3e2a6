//! Values that the conversations read from the answers of tools.

use serde_json::Value;

use super::error::Error;

/// The first free start after noon, since customers rarely want the earliest.
pub(super) fn chosen_start(free: &Value) -> Result<String, Error> {
    let starts = free["available_slots"].as_array().into_iter().flatten().filter_map(|slot| slot["start"].as_str());
    let afternoon = |start: &&str| start.get(11..13).is_some_and(|hour| hour >= "12");
    let start = starts.clone().find(afternoon).or_else(|| starts.clone().next());
    start.map(str::to_owned).ok_or_else(|| Error::Step { tool: "check_available".into(), answer: free.to_string() })
}

/// The free starts of a guided conversation's answer, which tells the starts of a day as `13:00`.
pub(super) fn chosen_time(free: &Value) -> Result<String, Error> {
    let mut times = free["available_slots"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let first = times.clone().next();
    let time = times.find(|time| *time >= "12").or(first);
    time.map(str::to_owned).ok_or_else(|| Error::Step { tool: "check_available".into(), answer: free.to_string() })
}

/// The text of a field.
pub(super) fn text<'a>(answer: &'a Value, field: &str) -> &'a str {
    answer[field].as_str().unwrap_or_default()
}

/// The best passage on one line, if it is about the customer's question.
pub(super) fn passage(found: &Value, about: &str) -> Result<String, Error> {
    let text = found["passages"][0]["document_text"].as_str().filter(|text| text.contains(about));
    let missing = || Error::Step { tool: "search_documents".into(), answer: found.to_string() };
    Ok(text.ok_or_else(missing)?.split_whitespace().collect::<Vec<_>>().join(" "))
}

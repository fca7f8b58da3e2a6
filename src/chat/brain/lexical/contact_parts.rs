//! The parts of a contact that are said one after the other: a name that is known stays, and bare words beside it are the
//! company, unless they say that they are a name.

use serde_json::{Map, Value, json};

use super::people;
use super::readers::{self, Reading};
use crate::chat::language;

/// The parts of a contact in a message, by property, where these are known already.
pub(super) fn beside(reading: &Reading<'_>, known: &Value) -> Map<String, Value> {
    let mut parts = readers::properties(reading);
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let known_name = text(known.get("firstname"));
    let is_bare = !people::introduces(reading.message) && !language::begins_with_answer(reading.message);
    let same_first = text(parts.get("firstname")).eq_ignore_ascii_case(&known_name);
    if known_name.is_empty() || !is_bare || same_first || !parts.contains_key("firstname") {
        return parts;
    }
    // A name that is known stays: what stands beside it is what was not yet told.
    let names = ["firstname", "lastname"].map(|name| text(parts.remove(name).as_ref()));
    if known.get("company").is_none() && !parts.contains_key("company") {
        parts.insert("company".to_owned(), json!(names.join(" ").trim()));
    }
    parts
}

#[test]
fn bare_words_beside_a_known_name_are_the_company() {
    use crate::chat::language::Language;
    use chrono::DateTime;
    let read = |message: &str, known: Value| {
        Value::from(beside(&Reading { message, language: Language::English, now: DateTime::UNIX_EPOCH }, &known))
    };
    let max = || json!({"firstname": "Max", "lastname": "Meier", "email": "max@meier.example"});
    for (message, known, expected) in [
        ("Meier GmbH", max(), json!({"company": "Meier GmbH"})),
        ("Pizzeria Rossi", max(), json!({"company": "Pizzeria Rossi"})),
        ("Smith Foods", max(), json!({"company": "Smith Foods"})),
        ("Hansen ApS", max(), json!({"company": "Hansen ApS"})),
        ("Dupont S.A.", max(), json!({"company": "Dupont S.A."})),
        ("Max Maier", max(), json!({"firstname": "Max", "lastname": "Maier"})),
        ("my name is Peter Pan", max(), json!({"firstname": "Peter", "lastname": "Pan"})),
        ("no, Peter Pan", max(), json!({"firstname": "Peter", "lastname": "Pan"})),
        ("Max Meier", json!({}), json!({"firstname": "Max", "lastname": "Meier"})),
        ("Meier GmbH", json!({}), json!({"company": "Meier GmbH"})),
        ("Peter Pan", json!({"firstname": "Max", "company": "Acme"}), json!({})),
    ] {
        assert_eq!(read(message, known), expected, "{message}");
    }
}

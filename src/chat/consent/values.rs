//! The values of a write, held against what was asked and said: nobody has agreed to a number that nobody has named.

use serde_json::{Map, Value};

use crate::chat::language::{are_alike, content_words};
use crate::chat::numbers;
use domain::text::unaccented;

/// Arguments in free words. A model may put them in its own, so some of them have to be known.
const TEXTS: &[&str] =
    &["issue", "note", "reason", "description", "title", "subject", "content", "text", "summary", "topic"];
/// Values of a person, which stand word for word in what was said.
const OF_PERSONS: &[&str] = &[
    "firstname",
    "lastname",
    "email",
    "phone",
    "mobilephone",
    "company",
    "jobtitle",
    "address",
    "zip",
    "website",
    "reach",
    "cus_email",
    "cus_fname",
    "cus_lname",
];
/// The share of the words of a free text that has to be known: one of so many.
const KNOWN_ONE_OF: usize = 2;
/// The digits from which a number is somebody's, and not a count.
const DIGITS_MIN: usize = 5;
/// True if all that would be written stands in what was said.
pub(super) fn were_said(arguments: &Map<String, Value>, said: &[String]) -> bool {
    let said = Said::of(said);
    arguments.iter().all(|(name, value)| match value {
        Value::Object(values) => values.iter().all(|(name, value)| said.has(name, value.as_str().unwrap_or_default())),
        Value::String(text) => said.has(name, text),
        _ => true,
    })
}

/// Texts of a conversation, in the forms in which values are looked for.
struct Said {
    /// In lower case and without accents.
    text: String,
    words: Vec<String>,
    numbers: Vec<String>,
}

impl Said {
    fn of(said: &[String]) -> Said {
        let all = said.join("\n");
        let text = unaccented(&all.to_lowercase());
        Said { words: content_words(&all), numbers: numbers::of(&text), text }
    }

    fn has(&self, name: &str, value: &str) -> bool {
        let value = unaccented(&value.trim().to_lowercase());
        if TEXTS.contains(&name) {
            return self.has_numbers(&value) && self.has_most_words(&value);
        }
        if !OF_PERSONS.contains(&name) {
            return true;
        }
        let digits = value.chars().filter(char::is_ascii_digit).count();
        let is_number = digits >= DIGITS_MIN && !value.chars().any(char::is_alphabetic);
        if is_number {
            return self.has_numbers(&value);
        }
        let parts = value.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty());
        parts.into_iter().all(|part| self.text.contains(part))
    }

    fn has_numbers(&self, text: &str) -> bool {
        let is_known = |number: &String| self.numbers.iter().any(|known| numbers::are_same(known, number));
        numbers::of(text).iter().all(is_known)
    }

    fn has_most_words(&self, text: &str) -> bool {
        let words = content_words(text);
        let known = words.iter().filter(|word| self.words.iter().any(|known| are_alike(known, word))).count();
        known * KNOWN_ONE_OF >= words.len()
    }
}

#[test]
fn what_is_written_was_asked_or_said() {
    use serde_json::json;
    let said = [
        "My robot is broken, the arm beeps".to_owned(),
        "Shall I change your phone number to +1 702 555 0199?".to_owned(),
        "I am Zoë Müller of Acme, zoe@acme.example".to_owned(),
    ];
    for (arguments, fits) in [
        (json!({"issue": "The arm of the robot is beeping"}), true),
        (json!({"issue": "It beeps."}), true),
        (json!({"issue": "I want to buy a hundred robots"}), false),
        (json!({"issue": "The robot is broken, call +1 702 555 0111"}), false),
        (json!({"contact": "84246479604", "properties": {"phone": "+1 702 555 0199"}}), true),
        (json!({"contact": "84246479604", "properties": {"phone": "17025550199"}}), true),
        (json!({"contact": "84246479604", "properties": {"phone": "+1 702 555 0111"}}), false),
        (
            json!({"properties": {"firstname": "Zoe", "lastname": "Müller", "company": "Acme", "email": "Zoe@acme.example"}}),
            true,
        ),
        (json!({"properties": {"firstname": "Zoe", "lastname": "Meier"}}), false),
        (json!({"properties": {"email": "zoe@else.example"}}), false),
        (json!({"reach": "zoe@acme.example", "reason": "The robot's arm beeps"}), true),
        (json!({"ticket_id": "33397362407", "stage": "close"}), true),
        (json!({"properties": {"lifecyclestage": "lead"}}), true),
        (json!({}), true),
    ] {
        let Value::Object(values) = &arguments else { panic!("{arguments}") };
        assert_eq!(were_said(values, &said), fits, "{arguments}");
    }
}

//! The values of a write, held against what was asked and said: nobody has agreed to a number that nobody has named.

use serde_json::{Map, Value};

use crate::chat::language::{are_alike, content_words};
use crate::chat::numbers;
use domain::email::Email;
use domain::email_in_text;
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
/// Arguments that search: a record that nobody has named is not the visitor's.
const SEARCHES: &[&str] = &["query", "name", "search"];
/// Arguments with moments in milliseconds, which name no record.
const MOMENTS: &[&str] = &["start", "end"];

/// Texts of a conversation, in the forms in which values are looked for.
#[derive(Debug)]
pub struct Said {
    /// In lower case and without accents.
    text: String,
    words: Vec<String>,
    numbers: Vec<String>,
    /// The ids that may be written to, those of the operator's words among them.
    ids: Vec<String>,
}

impl Said {
    /// What was said and found. Of the operator's `own` words only the ids count, such as that of a representative.
    pub(in crate::chat) fn of(said: &[String], own: &str) -> Said {
        let all = said.join("\n");
        let text = unaccented(&all.to_lowercase());
        let ids = ids_of(&all).chain(ids_of(own)).collect();
        Said { words: content_words(&all), numbers: numbers::of(&text), text, ids }
    }

    /// True if all that would be written stands in it, and every record that is named.
    pub(in crate::chat) fn has_all(&self, arguments: &Map<String, Value>) -> bool {
        arguments.iter().all(|(name, value)| each(name, value, &|name, value| self.has(name, value)))
    }

    /// True if the records that a call looks up are named by it: their ids, addresses and names.
    pub(in crate::chat) fn names_the_records_of(&self, arguments: &Map<String, Value>) -> bool {
        let is_named = |name: &str, value: &str| {
            let is_person = OF_PERSONS.contains(&name) && !self.has(name, value);
            let is_search = SEARCHES.contains(&name) && !self.has_most_words(value);
            !is_person && !is_search && self.has_records(name, value)
        };
        arguments.iter().all(|(name, value)| each(name, value, &is_named))
    }

    fn has(&self, name: &str, value: &str) -> bool {
        let plain = unaccented(&value.trim().to_lowercase());
        if TEXTS.contains(&name) {
            return self.has_numbers(&plain) && self.has_most_words(&plain);
        }
        if !OF_PERSONS.contains(&name) {
            return self.has_records(name, value);
        }
        let digits = plain.chars().filter(char::is_ascii_digit).count();
        let is_number = digits >= DIGITS_MIN && !plain.chars().any(char::is_alphabetic);
        if is_number {
            return self.has_numbers(&plain);
        }
        let parts = plain.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty());
        parts.into_iter().all(|part| self.text.contains(part))
    }

    /// True if the ids and addresses of a value are known.
    fn has_records(&self, name: &str, value: &str) -> bool {
        let is_known = |address: &Email| self.text.contains(&unaccented(&address.as_str().to_lowercase()));
        MOMENTS.contains(&name)
            || (ids_of(value).all(|id| self.ids.contains(&id)) && email_in_text::all(value).iter().all(is_known))
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

/// True if this holds for each text and number of a value, by the name under which it stands.
fn each(name: &str, value: &Value, holds: &dyn Fn(&str, &str) -> bool) -> bool {
    match value {
        Value::Object(values) => values.iter().all(|(name, value)| each(name, value, holds)),
        Value::Array(values) => values.iter().all(|value| each(name, value, holds)),
        Value::String(text) => holds(name, text),
        Value::Number(number) => holds(name, &number.to_string()),
        Value::Null | Value::Bool(_) => true,
    }
}

/// The digits in a row that may be the id of a record.
fn ids_of(text: &str) -> impl Iterator<Item = String> {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.filter(|run| run.len() >= DIGITS_MIN).map(str::to_owned)
}

#[test]
fn what_is_written_was_asked_or_said() {
    use serde_json::json;
    let said = [
        "My robot is broken, the arm beeps".to_owned(),
        "Shall I change your phone number to +1 702 555 0199?".to_owned(),
        "I am Zoë Müller of Acme, zoe@acme.example".to_owned(),
        "84246479604".to_owned(),
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
        (json!({"contact": "84246480117", "properties": {"phone": "+1 702 555 0199"}}), false),
        (json!({"contact": 84246480117_u64, "properties": {"phone": "+1 702 555 0199"}}), false),
        (json!({"contact": "tom@else.example", "properties": {"phone": "+1 702 555 0199"}}), false),
        (json!({"issue": "It beeps", "cus_cid": "84246479604"}), true),
        (json!({"issue": "It beeps", "cus_cid": "84246480117"}), false),
        (json!({"ticket_id": "33397362407", "stage": "close"}), false),
        (json!({"owner_id": "117001"}), true),
        (json!({"guest_emails": ["tom@else.example"]}), false),
        (json!({"bt_slots_ux": [{"start": 1796140800000_u64, "end": 1796144400000_u64}]}), true),
        (json!({"properties": {"lifecyclestage": "lead"}}), true),
        (json!({}), true),
    ] {
        let Value::Object(values) = &arguments else { panic!("{arguments}") };
        assert_eq!(Said::of(&said, "the owner 117001").has_all(values), fits, "{arguments}");
    }
}

//! Values that results of this conversation have shown: the ids and names of records that were looked up with what the
//! visitor or a reply has said. What was looked up with an address that nobody has named is nobody's.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::chat::brain::FinishedCall;
use crate::chat::consent::values::Said;

/// The values that are remembered, the latest.
const VALUES_MAX: usize = 2_000;
/// The most characters of one: longer ones are texts.
const CHARACTERS_MAX: usize = 200;

/// Values of results, the latest last.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct KnownValues {
    values: VecDeque<String>,
}

impl KnownValues {
    /// Takes in the answers of calls that were made with known values. `own` are the operator's words.
    pub(super) fn learn(&mut self, done: &[FinishedCall], said: &[String], own: &str) {
        for done in done {
            let (Ok(arguments), Ok(answer)) = (&done.call.arguments, &done.answer) else { continue };
            if Said::of(&self.with(said), own).names_the_records_of(arguments) {
                self.add_all(answer);
            }
        }
    }

    /// These texts and the values.
    pub(super) fn with(&self, said: &[String]) -> Vec<String> {
        said.iter().chain(&self.values).cloned().collect()
    }

    fn add_all(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.add_all(value)),
            Value::Object(fields) => fields.values().for_each(|value| self.add_all(value)),
            Value::String(text) => self.add(text),
            Value::Number(number) => self.add(&number.to_string()),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn add(&mut self, value: &str) {
        if value.is_empty() || value.chars().count() > CHARACTERS_MAX || self.values.iter().any(|known| known == value)
        {
            return;
        }
        if self.values.len() == VALUES_MAX {
            self.values.pop_front();
        }
        self.values.push_back(value.to_owned());
    }
}

#[test]
fn a_result_counts_that_was_asked_for_with_known_values() {
    use crate::chat::brain::ToolCall;
    use serde_json::json;
    let found = |email: &str, id: &str| {
        let arguments = json!({ "email": email }).as_object().cloned().unwrap();
        let call = ToolCall { id: "1".into(), tool: "find_contact_by_email".into(), arguments: Ok(arguments) };
        FinishedCall { call, round: 0, answer: Ok(json!({"contact": {"id": id, "firstname": "Sarah"}})) }
    };
    let said = ["I am sarah@gmail.com".to_owned()];
    let mut known = KnownValues::default();
    known.learn(&[found("sarah@gmail.com", "84246479604"), found("tom@else.example", "84246480117")], &said, "");
    assert_eq!(known.values, ["84246479604", "Sarah"].map(str::to_owned));
}

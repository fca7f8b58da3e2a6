//! What a conversation has shown of its customer. Pure.

use std::collections::BTreeMap;

use super::{budget, company};
use crate::autopilot::entry::ThreadEntry;
use crate::chat::brain::FinishedCall;

/// The step of a taskgraph, whose arguments tell the intent and the answers.
const STEP: &str = "taskgraph_step";
/// The first step.
const START: &str = "taskgraph_start";
/// The most answers of one turn, and the characters of one.
const ANSWERS_MAX: usize = 64;
const ANSWER_CHARACTERS_MAX: usize = 1_000;

/// What the calls of a turn have shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownInTurn {
    /// The intents of the taskgraph.
    pub intents: Vec<String>,
    /// The customer's answers, by the name of the argument.
    pub answers: BTreeMap<String, String>,
}

/// All that rules look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadEvidence<'a> {
    /// The intents of the taskgraph that were shown in this matter.
    pub intents: &'a [String],
    /// The tools that have written for the customer.
    pub tools: &'a [String],
    /// The answers of the last turn.
    pub answers: BTreeMap<String, String>,
    /// The customer's words in this matter.
    pub words: String,
    /// The budget that they have named last.
    pub budget: Option<u64>,
    /// The company that they have named last.
    pub company: Option<String>,
}

/// What the calls of a turn have shown. What a tool has refused is no answer.
pub fn of_calls(done: &[FinishedCall]) -> ShownInTurn {
    let mut shown = ShownInTurn::default();
    for call in done.iter().filter(|done| done.answer.is_ok()) {
        let Ok(arguments) = &call.call.arguments else { continue };
        let answers = match call.call.tool.as_str() {
            START => None,
            STEP => {
                shown.intents.extend(arguments.get("intent").and_then(|intent| intent.as_str()).map(str::to_owned));
                arguments.get("slots").and_then(|slots| slots.as_object())
            }
            _ => Some(arguments),
        };
        for (name, value) in answers.into_iter().flatten() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let is_plain = !value.is_null() && !value.is_object() && !value.is_array();
            let fits = !text.trim().is_empty() && text.chars().count() <= ANSWER_CHARACTERS_MAX;
            if is_plain && fits && shown.answers.len() < ANSWERS_MAX {
                shown.answers.insert(name.clone(), text.trim().to_owned());
            }
        }
    }
    shown
}

/// The evidence of a matter, which begins at this place.
pub fn of<'a>(
    entries: &[ThreadEntry],
    matter: usize,
    intents: &'a [String],
    tools: &'a [String],
    shown: &ShownInTurn,
) -> LeadEvidence<'a> {
    let since = entries.get(matter..).unwrap_or_default();
    let words: Vec<&str> =
        since.iter().filter_map(|entry| entry.customers_words()).map(|words| words.text.as_str()).collect();
    LeadEvidence {
        intents,
        tools,
        answers: shown.answers.clone(),
        budget: words.iter().rev().find_map(|text| budget::of(text)),
        company: words.iter().rev().find_map(|text| company::of(text)),
        words: words.join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::autopilot::entry::{EntryText, What, Who};
    use crate::chat::brain::ToolCall;

    fn call(tool: &str, arguments: &Value, answer: Result<Value, Value>) -> FinishedCall {
        let arguments = Ok(arguments.as_object().unwrap().clone());
        FinishedCall { call: ToolCall { id: "1".into(), tool: tool.into(), arguments }, round: 0, answer }
    }

    #[test]
    fn steps_show_intents_and_answers_and_failed_calls_show_nothing() {
        let done = [
            call("taskgraph_start", &json!({"graph": "frontdesk"}), Ok(json!({}))),
            call("taskgraph_step", &json!({"session": "s", "intent": "Book", "slots": {"size": 3}}), Ok(json!({}))),
            call("create_ticket", &json!({"issue": " It beeps ", "tags": ["a"], "none": null}), Ok(json!({}))),
            call("create_ticket", &json!({"issue": "x", "priority": "HIGH"}), Err(json!({}))),
        ];
        let shown = of_calls(&done);
        let answers: Vec<_> = shown.answers.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(
            (&shown.intents[..], &answers[..]),
            (&["Book".to_owned()][..], &[("issue", "It beeps"), ("size", "3")][..])
        );
    }

    #[test]
    fn the_newest_words_of_the_customer_in_this_matter_count() {
        let said = |who, text: &str| {
            let what = What::Said(EntryText { text: text.to_owned(), ..EntryText::default() });
            ThreadEntry { id: String::new(), at_ms: 0, who, what }
        };
        let entries = [
            said(Who::Customer, "Our budget is 1 EUR"),
            said(Who::Customer, "I work for Acme. The budget is 700 EUR"),
            said(Who::Ours, "My company is Richtech, your budget is 5 EUR"),
            said(Who::Customer, "No, the budget is 900 EUR"),
        ];
        let found = of(&entries, 1, &[], &[], &ShownInTurn::default());
        assert_eq!((found.budget, found.company.as_deref()), (Some(900), Some("Acme")));
        assert!(found.words.contains("700") && !found.words.contains("1 EUR"));
    }
}

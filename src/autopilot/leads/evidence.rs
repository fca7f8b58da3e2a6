//! What a conversation has shown of its customer. Pure.

use std::collections::BTreeMap;

use super::{budget, company};
use crate::autopilot::entry::{EntryText, ThreadEntry};
use crate::chat::brain::FinishedCall;
use crate::chat::claims;

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
    /// The tools that have written.
    pub tools: Vec<String>,
}

/// All that rules look at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeadEvidence<'a> {
    /// The intents of the taskgraph that were shown in this matter.
    pub intents: &'a [String],
    /// The tools that have written for the contact.
    pub tools: &'a [String],
    /// The answers of the last turn.
    pub answers: BTreeMap<String, String>,
    /// The contact's words in this matter.
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
        if claims::is_write(&call.call.tool) {
            shown.tools.push(call.call.tool.clone());
        }
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

/// The words of one sender in a matter, which begins at this place. Others may write into the same conversation, such as a
/// colleague in copy: what they say of themselves is not the contact's.
pub fn words_of<'a>(entries: &'a [ThreadEntry], matter: usize, sender: &str) -> Vec<&'a str> {
    let since = entries.get(matter..).unwrap_or_default();
    let of_sender = since.iter().filter_map(ThreadEntry::customers_words).filter(|words| is_of(words, sender));
    of_sender.map(|words| words.text.as_str()).collect()
}

/// True if all of these messages are of this sender.
pub fn are_all_of(entries: &[ThreadEntry], places: &[usize], sender: &str) -> bool {
    let words = places.iter().filter_map(|place| entries.get(*place)?.words());
    words.into_iter().all(|words| is_of(words, sender))
}

fn is_of(words: &EntryText, sender: &str) -> bool {
    words.actor.as_deref() == Some(sender)
}

/// The evidence of the contact's words, and of what turns for them have shown.
pub fn of<'a>(words: &[&str], intents: &'a [String], tools: &'a [String], shown: &ShownInTurn) -> LeadEvidence<'a> {
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
    use crate::autopilot::entry::{What, Who};
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
        assert_eq!(shown.tools, ["create_ticket"]);
    }

    #[test]
    fn the_newest_words_of_the_contact_in_this_matter_count() {
        let said = |who, actor: &str, text: &str| {
            let (text, actor) = (text.to_owned(), Some(actor.to_owned()));
            let what = What::Said(EntryText { text, actor, ..EntryText::default() });
            ThreadEntry { id: String::new(), at_ms: 0, who, what }
        };
        let entries = [
            said(Who::Customer, "V-1", "Our budget is 1 EUR"),
            said(Who::Customer, "V-1", "I work for Acme. The budget is 700 EUR"),
            said(Who::Ours, "A-1", "My company is Richtech, your budget is 5 EUR"),
            said(Who::Customer, "V-1", "No, the budget is 900 EUR"),
            said(Who::Customer, "V-2", "I work for Other Robots, our budget is 3 EUR"),
        ];
        let words = words_of(&entries, 1, "V-1");
        let found = of(&words, &[], &[], &ShownInTurn::default());
        assert_eq!((found.budget, found.company.as_deref()), (Some(900), Some("Acme")));
        assert!(found.words.contains("700") && !found.words.contains("1 EUR"));
        for (places, expected) in [(&[0, 3][..], true), (&[3, 4], false), (&[], true)] {
            assert_eq!(are_all_of(&entries, places, "V-1"), expected, "{places:?}");
        }
    }
}

//! What the desk decided in its newest turns and why, for a page that shows it beside the conversation. It is kept only where
//! such a page is served: it has customers' words.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use domain::{known_secrets, text_cleaning};
use serde::Serialize;
use serde_json::{Map, Value};

use super::visit::moment;
use crate::chat::brain::FinishedCall;
use crate::chat::turn::TurnOutcome;

/// The turns that are kept, the newest.
const TURNS_MAX: usize = 40;
/// The calls of one turn that are kept, the first.
const CALLS_MAX: usize = 24;
/// The longest text of one.
const TEXT_CHARACTERS_MAX: usize = 300;
/// The longest value of a call.
const VALUE_CHARACTERS_MAX: usize = 60;
/// The steps of a script.
const BEGIN: &str = "taskgraph_start";
const STEP: &str = "taskgraph_step";

/// The newest turns of all conversations. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Decisions(Arc<Mutex<DecidedTurns>>);

#[derive(Debug, Default)]
struct DecidedTurns {
    number: u64,
    newest: VecDeque<DecidedTurn>,
}

/// One turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecidedTurn {
    /// The number of the turn, from 1 on.
    pub number: u64,
    /// When it ended (RFC 3339).
    pub at: String,
    /// The conversation, by its public id.
    pub conversation: String,
    /// The words of the customer.
    pub said: String,
    /// The brain that decided.
    pub brain: &'static str,
    /// The calls, in their order.
    pub calls: Vec<DecidedCall>,
    /// The reply.
    pub reply: String,
}

/// One call, with the reason for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecidedCall {
    /// The tool.
    pub tool: String,
    /// What it was called with, in words.
    pub with: String,
    /// What came of it, in words.
    pub outcome: String,
    /// It failed.
    pub failed: bool,
}

impl Decisions {
    /// Keeps a turn.
    pub fn note(&self, conversation: &str, said: &str, turn: &TurnOutcome, now: DateTime<Utc>) {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.number += 1;
        let decided = DecidedTurn {
            number: turns.number,
            at: moment(now),
            conversation: conversation.to_owned(),
            said: short(said),
            brain: turn.brain,
            calls: turn.done.iter().take(CALLS_MAX).map(decided).collect(),
            reply: short(&turn.reply.text),
        };
        turns.newest.push_front(decided);
        turns.newest.truncate(TURNS_MAX);
    }

    /// The number of turns so far, and the newest of them, newest first.
    pub fn newest(&self) -> (u64, Vec<DecidedTurn>) {
        let turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (turns.number, turns.newest.iter().cloned().collect())
    }
}

fn decided(done: &FinishedCall) -> DecidedCall {
    let arguments = done.call.arguments.as_ref().cloned().unwrap_or_default();
    let with = match done.call.tool.as_str() {
        BEGIN => format!("begins the script “{}”", arguments.get("graph").map(plain).unwrap_or_default()),
        STEP => heard(&arguments),
        _ => pairs(&arguments),
    };
    let outcome = match &done.answer {
        Ok(answer) if [BEGIN, STEP].contains(&done.call.tool.as_str()) => next(answer),
        Ok(answer) => answer.as_object().map(pairs).unwrap_or_default(),
        Err(error) => format!("{}: {}", plain(&error["code"]), plain(&error["message"])),
    };
    DecidedCall {
        tool: done.call.tool.clone(),
        with: short(&with),
        outcome: short(&outcome),
        failed: done.answer.is_err(),
    }
}

/// What the script is told of the customer's message.
fn heard(arguments: &Map<String, Value>) -> String {
    let mut parts = vec![];
    if let Some(intent) = arguments.get("intent").filter(|intent| !intent.is_null()) {
        parts.push(format!("the customer wants “{}”", plain(intent)));
    }
    if let Some(slots) = arguments.get("slots").and_then(Value::as_object).filter(|slots| !slots.is_empty()) {
        parts.push(format!("the customer gave {}", pairs(slots)));
    }
    if arguments.contains_key("tool_result") {
        parts.push("the tool has answered".to_owned());
    }
    if let Some(switch) = arguments.get("switch").filter(|switch| !switch.is_null()) {
        parts.push(format!("the matter at hand: {}", plain(switch)));
    }
    if parts.is_empty() { "the customer has answered".to_owned() } else { parts.join("; ") }
}

/// What the script asks for next.
fn next(answer: &Value) -> String {
    let Some(ask) = answer["asks"].as_array().and_then(|asks| asks.last()) else { return String::new() };
    let names = |list: &Value, key: &str| {
        let all = list.as_array().into_iter().flatten();
        all.map(|one| one.get(key).map_or_else(|| plain(one), plain)).collect::<Vec<_>>().join(", ")
    };
    match ask["kind"].as_str().unwrap_or_default() {
        "slots" => format!("so it needs {}", names(&ask["missing"], "name")),
        "call" => format!("so `{}` is due", plain(&ask["tool"])),
        "intent" | "nothing" => "so it waits for what the customer wants".to_owned(),
        "switch" => "so it asks which matter comes first".to_owned(),
        "go_on" => "so the matter goes on".to_owned(),
        "answer" => "so the documents answer".to_owned(),
        "say" => format!("so it says “{}”", plain(&ask["text"])),
        other => format!("so: {other}"),
    }
}

fn pairs(values: &Map<String, Value>) -> String {
    let pair = |(name, value): (&String, &Value)| format!("{name}: {}", cut(&plain(value), VALUE_CHARACTERS_MAX));
    values.iter().map(pair).collect::<Vec<_>>().join(", ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        // A conversation so far, or records: nobody reads them as JSON.
        Value::Array(all) if all.iter().any(Value::is_object) => format!("{} entries", all.len()),
        other => other.to_string(),
    }
}

fn short(text: &str) -> String {
    cut(&known_secrets::masked(&text_cleaning::clean(text).text), TEXT_CHARACTERS_MAX)
}

fn cut(text: &str, characters_max: usize) -> String {
    match text.char_indices().nth(characters_max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::chat::brain::{Reply, ToolCall};

    fn call(tool: &str, arguments: &Value, answer: Result<Value, Value>) -> FinishedCall {
        let arguments = Ok(arguments.as_object().unwrap().clone());
        FinishedCall { call: ToolCall { id: "1".into(), tool: tool.into(), arguments }, round: 0, answer }
    }

    #[test]
    fn each_call_says_what_was_heard_and_what_follows() {
        let asks = json!({"asks": [{"kind": "slots", "missing": [{"name": "contact"}]}]});
        let done = vec![
            call(STEP, &json!({"session": "s", "intent": "Report a problem"}), Ok(asks)),
            call(
                "get_contact",
                &json!({"contact": "x@y.zz", "history": [{"text": "Hi"}, {"text": "Hello"}]}),
                Err(json!({"code": "USER_NOT_FOUND_ERROR", "message": "nobody"})),
            ),
        ];
        let turn = TurnOutcome { done, brain: "lexical", reply: Reply::text("Who are you?"), ..TurnOutcome::default() };
        let decisions = Decisions::default();
        for _ in 0..TURNS_MAX + 2 {
            decisions.note("c", "It beeps", &turn, DateTime::UNIX_EPOCH);
        }
        let (number, newest) = decisions.newest();
        assert_eq!((number, newest.len(), newest[0].number), (42, TURNS_MAX, 42));
        let told: Vec<_> = newest[0].calls.iter().map(|call| format!("{} | {}", call.with, call.outcome)).collect();
        assert_eq!(
            told,
            [
                "the customer wants “Report a problem” | so it needs contact",
                "contact: x@y.zz, history: 2 entries | USER_NOT_FOUND_ERROR: nobody"
            ]
        );
    }
}

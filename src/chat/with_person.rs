//! The part of a conversation in which a person answers: the visitor's words go to them, and theirs are shown, until either
//! ends it. Pure; the turn calls the tools.

use serde_json::{Map, Value, json};

use super::brain::{Done, HandOver};
use super::conversation::{Author, Conversation};
use super::language::Language;
use crate::tool::on_behalf_of::OnBehalfOf;

/// The tool that brings a conversation to a person.
pub const START: &str = "handoff_start";
/// The tool that passes the visitor's words on.
pub const SEND: &str = "handoff_send";
/// The tool that tells what the person wrote and did.
pub const EVENTS: &str = "handoff_events";
/// The tool that ends it.
pub const STOP: &str = "handoff_stop";
/// Tools that only the chat itself calls.
pub const OWN_TOOLS: [&str; 3] = [SEND, EVENTS, STOP];
/// The summary for colleagues when the visitor leaves.
const LEFT: &str = "The customer has left the chat.";

/// A conversation that a person has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithPerson {
    session: String,
    /// The newest event that was shown.
    after: u64,
    /// The visitor's messages so far, by which a repeat is known.
    messages: u32,
}

/// What a visitor is to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The person's words, each with their name.
    pub texts: Vec<String>,
    /// What the desk says beside them, such as that nobody is free yet.
    pub notice: Option<String>,
    /// The desk itself answers again.
    pub ended: bool,
}

/// The arguments that hand a conversation over.
pub fn start(
    arguments: &Map<String, Value>,
    why: HandOver,
    earlier: &Conversation,
    who: &OnBehalfOf,
    language: Language,
) -> Map<String, Value> {
    let history = earlier.messages().map(|said| {
        let from = if said.author == Author::Visitor { "customer" } else { "assistant" };
        json!({ "from": from, "text": said.text })
    });
    let mut start = Map::from_iter([
        ("title".to_owned(), json!(why.for_colleagues())),
        ("description".to_owned(), arguments.get("reason").cloned().unwrap_or_default()),
        ("history".to_owned(), history.collect()),
        ("language".to_owned(), json!(language.code())),
    ]);
    // For a customer the server knows whom; an operator at the terminal says it.
    if let (OnBehalfOf::Operator, Some(reach)) = (who, arguments.get("reach")) {
        start.insert("contact".to_owned(), reach.clone());
        start.insert("create_contact".to_owned(), json!(true));
    }
    start
}

/// The conversation that one of these calls has handed over.
pub fn of(done: &[Done]) -> Option<WithPerson> {
    let started = done.iter().rev().find(|done| done.call.tool == START)?.answer.as_ref().ok()?;
    Some(WithPerson { session: started["session"].as_str()?.to_owned(), after: 0, messages: 0 })
}

/// What the visitor is told of that.
pub fn told(done: &[Done]) -> Option<&str> {
    let started = done.iter().rev().find(|done| done.call.tool == START)?.answer.as_ref().ok()?;
    started["tell_customer"].as_str()
}

impl WithPerson {
    /// The arguments that pass the visitor's next words on.
    pub fn send(&mut self, text: &str) -> Map<String, Value> {
        self.messages += 1;
        self.arguments([("text", json!(text)), ("message_id", json!(self.messages.to_string()))])
    }

    /// The arguments that ask for what came since.
    pub fn events(&self, wait_seconds: u64) -> Map<String, Value> {
        self.arguments([("after", json!(self.after)), ("wait_seconds", json!(wait_seconds))])
    }

    /// The arguments with which the visitor leaves: colleagues still have something to do.
    pub fn stop(&self) -> Map<String, Value> {
        self.arguments([("summary", json!(LEFT)), ("keep_open", json!(true))])
    }

    /// What an answer brings, once.
    pub fn hear(&mut self, answer: &Value) -> Heard {
        self.after = answer["next"].as_u64().unwrap_or(self.after);
        let events = answer["events"].as_array().into_iter().flatten();
        let texts = events.filter_map(|event| {
            let text = event["colleague_text"].as_str()?;
            let files = event["files"].as_array().into_iter().flatten();
            let files = files.filter_map(|file| Some(format!(" [{}]", file["name"].as_str()?))).collect::<String>();
            let name = event["person"].as_str().map(|name| format!("{name}: ")).unwrap_or_default();
            Some(format!("{name}{text}{files}"))
        });
        Heard {
            texts: texts.collect(),
            notice: answer["tell_customer"].as_str().map(str::to_owned),
            ended: answer["state"] == "ended",
        }
    }

    fn arguments<const N: usize>(&self, more: [(&str, Value); N]) -> Map<String, Value> {
        let session = ("session".to_owned(), json!(self.session));
        std::iter::once(session).chain(more.map(|(name, value)| (name.to_owned(), value))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_is_heard_once_and_the_end_is_told() {
        let mut with = WithPerson { session: "s".into(), after: 0, messages: 0 };
        assert_eq!(Value::Object(with.send("hi"))["message_id"], "1");
        let heard = with.hear(&json!({"state": "with_person", "next": 2, "events": [
            {"number": 1, "event": "taken", "person": "Mei"},
            {"number": 2, "event": "message", "person": "Mei", "colleague_text": "Hello", "files": [{"name": "a.pdf"}]},
        ]}));
        assert_eq!((heard.texts, heard.ended), (vec!["Mei: Hello [a.pdf]".to_owned()], false));
        assert_eq!(Value::Object(with.events(5))["after"], 2);
        let end =
            with.hear(&json!({"state": "ended", "next": 3, "events": [{"event": "closed"}], "tell_customer": "Bye"}));
        assert_eq!((end.ended, end.notice.as_deref()), (true, Some("Bye")));
    }
}

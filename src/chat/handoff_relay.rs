//! The part of a conversation in which a person answers: the visitor's words go to them, and theirs are shown, until either
//! ends it. Pure; the turn calls the tools.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::brain::{FinishedCall, HandOver};
use super::claims;
use super::conversation::{Author, Conversation};
use super::handoff_title;
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
/// The contact of a visitor of whom nothing is known.
pub const NOBODY: &str = "nobody";
/// The summary for colleagues when the visitor leaves.
const LEFT: &str = "The customer has left the chat.";

/// A conversation that a person has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffRelay {
    session: String,
    /// The newest event that was shown.
    after: u64,
    /// The visitor's messages so far, by which a repeat is known.
    messages: u32,
}

/// What a visitor is to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The person's words.
    pub said: Vec<PersonMessage>,
    /// Somebody has taken the conversation.
    pub taken: bool,
    /// The name of the person who has it, where it is known.
    pub person: Option<String>,
    /// What the desk says beside them, such as that nobody is free yet.
    pub notice: Option<String>,
    /// The desk itself answers again.
    pub ended: bool,
}

/// One message of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonMessage {
    /// Their name, where it is known.
    pub person: Option<String>,
    /// The words.
    pub text: String,
    /// The names of the files that came with them.
    pub files: Vec<String>,
}

impl PersonMessage {
    /// All of it in one line, for a screen of text.
    pub fn line(&self) -> String {
        let name = self.person.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        let files = self.files.iter().map(|file| format!(" [{file}]")).collect::<String>();
        format!("{name}{}{files}", self.text)
    }
}

/// A file of the visitor for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorFile {
    /// The name with its ending.
    pub name: String,
    /// The media type.
    pub mime: String,
    /// The content in Base64.
    pub base64: String,
}

/// A file that was not passed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedFile {
    /// Its name.
    pub name: String,
    /// The reason.
    pub why: String,
}

/// The arguments that hand a conversation over.
pub fn start(
    arguments: &Map<String, Value>,
    why: HandOver,
    earlier: &Conversation,
    who: &OnBehalfOf,
    language: Language,
) -> Map<String, Value> {
    let reason = arguments.get("reason").and_then(Value::as_str).unwrap_or_default();
    let mut start = Map::from_iter([
        ("title".to_owned(), json!(handoff_title::of(why, reason, earlier))),
        ("description".to_owned(), arguments.get("reason").cloned().unwrap_or_default()),
        ("history".to_owned(), history(earlier)),
        ("language".to_owned(), json!(language.code())),
    ]);
    // For a customer the server knows whom; an operator at the terminal says it.
    if let (OnBehalfOf::Operator, Some(reach)) = (who, arguments.get("reach")) {
        start.insert("contact".to_owned(), reach.clone());
        start.insert("create_contact".to_owned(), json!(true));
    }
    start
}

/// The arguments by which a script hands a conversation over, with what was said.
pub fn of_script(
    arguments: &Map<String, Value>,
    earlier: &Conversation,
    who: &OnBehalfOf,
    language: Language,
) -> Map<String, Value> {
    let names = [("reason", "description"), ("reach", "contact")];
    let known = names.iter().filter_map(|(name, of)| Some(((*name).to_owned(), arguments.get(*of)?.clone())));
    start(&known.collect(), HandOver::Asked, earlier, who, language)
}

/// The arguments with which a model hands a conversation over, with what was said.
pub fn of_model(arguments: &Map<String, Value>, earlier: &Conversation, language: Language) -> Map<String, Value> {
    let mut whole = arguments.clone();
    whole.entry("history").or_insert_with(|| history(earlier));
    whole.entry("language").or_insert_with(|| json!(language.code()));
    whole
}

fn history(earlier: &Conversation) -> Value {
    let said = earlier.messages().map(|said| {
        let from = if said.author == Author::Visitor { "customer" } else { "assistant" };
        json!({ "from": from, "text": said.text })
    });
    said.collect()
}

/// The conversation that one of these calls has handed over.
pub fn of(done: &[FinishedCall]) -> Option<HandoffRelay> {
    let started = started(done)?;
    Some(HandoffRelay { session: started["session"].as_str()?.to_owned(), after: 0, messages: 0 })
}

/// What the visitor is told of that.
pub fn told(done: &[FinishedCall]) -> Option<&str> {
    started(done)?["tell_customer"].as_str()
}

/// The answer of the call that has handed the conversation over; a trial run hands nothing over.
fn started(done: &[FinishedCall]) -> Option<&Value> {
    let started = done.iter().rev().find(|done| done.call.tool == START)?.answer.as_ref().ok()?;
    (!claims::is_planned(started)).then_some(started)
}

/// The files that an answer to the passing on says were refused.
pub fn refused(answer: &Value) -> Vec<RefusedFile> {
    let refused = answer["refused_files"].as_array().into_iter().flatten();
    let text = |file: &Value, name: &str| file[name].as_str().unwrap_or_default().to_owned();
    refused.map(|file| RefusedFile { name: text(file, "name"), why: text(file, "why") }).collect()
}

impl HandoffRelay {
    /// The arguments that pass the visitor's next words and files on.
    pub fn send(&mut self, text: &str, files: &[VisitorFile]) -> Map<String, Value> {
        self.messages += 1;
        let mut arguments = self.arguments([("text", json!(text)), ("message_id", json!(self.messages.to_string()))]);
        if !files.is_empty() {
            let files = files.iter().map(|file| json!({"name": file.name, "mime": file.mime, "base64": file.base64}));
            arguments.insert("files".to_owned(), files.collect());
        }
        arguments
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
        let said = events.filter_map(|event| {
            let text = event["colleague_text"].as_str()?.to_owned();
            let files = event["files"].as_array().into_iter().flatten();
            let files = files.filter_map(|file| file["name"].as_str().map(str::to_owned)).collect();
            Some(PersonMessage { person: event["person"].as_str().map(str::to_owned), text, files })
        });
        Heard {
            said: said.collect(),
            taken: answer["state"] == "with_person",
            person: answer["person"].as_str().map(str::to_owned),
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
        let mut with = HandoffRelay { session: "s".into(), after: 0, messages: 0 };
        let file = VisitorFile { name: "a.png".into(), mime: "image/png".into(), base64: "SGk=".into() };
        let sent = Value::Object(with.send("hi", &[file]));
        assert_eq!((&sent["message_id"], &sent["files"][0]["name"]), (&json!("1"), &json!("a.png")));
        assert!(!with.send("hi", &[]).contains_key("files"));
        let heard = with.hear(&json!({"state": "with_person", "person": "Mei", "next": 2, "events": [
            {"number": 1, "event": "taken", "person": "Mei"},
            {"number": 2, "event": "message", "person": "Mei", "colleague_text": "Hello", "files": [{"name": "a.pdf"}]},
        ]}));
        assert_eq!(heard.said.iter().map(PersonMessage::line).collect::<Vec<_>>(), ["Mei: Hello [a.pdf]"]);
        assert_eq!((heard.taken, heard.person.as_deref(), heard.ended), (true, Some("Mei"), false));
        assert_eq!(Value::Object(with.events(5))["after"], 2);
        let end =
            with.hear(&json!({"state": "ended", "next": 3, "events": [{"event": "closed"}], "tell_customer": "Bye"}));
        assert_eq!((end.ended, end.notice.as_deref()), (true, Some("Bye")));
    }
}

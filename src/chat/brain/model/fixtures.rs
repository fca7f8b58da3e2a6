//! Plays the fixtures of `tests/fixtures/model/`: bodies as servers document or report them, one file for each peculiarity,
//! each with its source and with what has to become of it.

use std::path::PathBuf;

use http::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use super::answer::{self, ModelAnswer, RequestFacts};
use super::endpoint::Endpoint;
use super::failure::{ApiError, Failure};
use super::ids::Ids;
use super::memory::TurnMemory;
use super::options::{Options, TIMEOUT, TokenKey};
use super::repair::{Repairs, Sent};
use super::{is_too_long, request, retry};
use crate::chat::brain::{Decision, FinishedCall, View};
use crate::chat::conversation::{Author, Message};
use crate::tool::Effect;
use crate::tool::on_behalf_of::OnBehalfOf;
use crate::tool::view::ToolView;

/// The fewest files of each kind: a folder that was not found has none.
const FILES_MIN: usize = 12;

fn all<T: DeserializeOwned>(kind: &str) -> Vec<(String, T)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/model").join(kind);
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= FILES_MIN, "{} has {} files", folder.display(), files.len());
    let read = |file: PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let fixture = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, fixture)
    };
    files.into_iter().map(read).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerFixture {
    #[serde(rename = "source")]
    _source: String,
    answer: Value,
    #[serde(default)]
    must_answer: bool,
    becomes: Value,
}

#[test]
fn every_answer_is_read_as_its_fixture_says() {
    for (name, fixture) in all::<AnswerFixture>("answers") {
        assert_eq!(ApiError::read(200, &HeaderMap::new(), &fixture.answer), None, "{name}");
        let asked = RequestFacts { ids: Ids::default(), sent: 350, must_answer: fixture.must_answer };
        assert_eq!(shown(answer::read(&fixture.answer, asked), &fixture.becomes), fixture.becomes, "{name}");
    }
}

/// The parts of an answer that its fixture names.
fn shown(read: Result<ModelAnswer, crate::chat::brain::BrainError>, wanted: &Value) -> Value {
    let ModelAnswer { decision, tokens, echo } = match read {
        Ok(answer) => answer,
        Err(error) => return json!({"error": error.to_string()}),
    };
    let mut shown = match decision {
        Decision::Say(reply) => json!({"say": reply.text}),
        Decision::Call(calls) => json!({"calls": calls
            .iter()
            .map(|call| match &call.arguments {
                Ok(arguments) => json!([call.id, call.tool, arguments]),
                Err(why) => json!([call.id, call.tool, why]),
            })
            .collect::<Vec<_>>()}),
    };
    if wanted.get("tokens").is_some() {
        shown["tokens"] = json!([tokens.input, tokens.output, tokens.estimated]);
    }
    if wanted.get("sent_back").is_some() {
        shown["sent_back"] = echo.unwrap_or_default();
    }
    shown
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorFixture {
    #[serde(rename = "source")]
    _source: String,
    status: u16,
    #[serde(default)]
    headers: Map<String, Value>,
    body: Value,
    becomes: Value,
}

#[test]
fn every_error_is_met_as_its_fixture_says() {
    for (name, fixture) in all::<ErrorFixture>("errors") {
        let header =
            |(name, value): (&String, &Value)| (name.parse().unwrap(), value.as_str().unwrap().parse().unwrap());
        let headers: HeaderMap = fixture.headers.iter().map(header).collect();
        let error = ApiError::read(fixture.status, &headers, &fixture.body).unwrap();
        let sent = Sent { has_tools: true, token_key: Some(token_key_of(&fixture.body)), has_echo: true };
        let repaired = Repairs::default().after(&error, sent);
        assert_eq!(repaired.and_then(|repaired| repaired.after(&error, sent)), None, "{name}: repaired twice");
        let failure = Failure::Refused(error);
        let wait = |attempt| retry::next(&failure, attempt, 0.0).map(|wait| wait.as_millis());
        let mut met = json!({"error": failure.clone().into_error().to_string()});
        if let Some(wait) = wait(1) {
            met["again_after_ms"] = json!(wait);
        }
        if is_too_long(&failure) {
            met["halves_history"] = json!(true);
        }
        if let Some(repaired) = repaired {
            met["repair"] = json!(format!("{repaired:?}").split(": true").next().unwrap().rsplit([' ', '{']).next());
        }
        assert_eq!(met, fixture.becomes, "{name}");
        assert!(!format!("{failure:?}").contains("SECRET"), "{name}: {failure:?}");
    }
}

/// The field that the endpoint of this error would have got.
fn token_key_of(body: &Value) -> TokenKey {
    if body.to_string().contains("max_completion_tokens\"]") {
        TokenKey::MaxCompletionTokens
    } else {
        TokenKey::MaxTokens
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestFixture {
    #[serde(rename = "source")]
    _source: String,
    #[serde(default)]
    history: Vec<(String, String)>,
    message: String,
    #[serde(default)]
    rounds: Vec<FixtureRound>,
    #[serde(default)]
    has_no_tools: bool,
    #[serde(default)]
    must_answer: bool,
    #[serde(default)]
    settings: Map<String, Value>,
    #[serde(default)]
    repairs: Vec<String>,
    /// Values by JSON pointer; null stands for nothing at all.
    sends: Map<String, Value>,
}

/// A decision of the turn, and what became of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FixtureRound {
    answer: Value,
    #[serde(default)]
    results: Vec<Value>,
    #[serde(default)]
    correction: Option<String>,
}

#[test]
fn every_request_is_built_as_its_fixture_says() {
    for (name, fixture) in all::<RequestFixture>("requests") {
        let body = Value::Object(body(&fixture));
        for (pointer, expected) in &fixture.sends {
            let sent = match pointer.strip_suffix("/#") {
                Some(list) => body.pointer(list).and_then(Value::as_array).map(|list| json!(list.len())),
                None => body.pointer(pointer).cloned(),
            };
            let expected = (!expected.is_null()).then(|| expected.clone());
            assert_eq!(sent, expected, "{name}: {pointer} of {body:#}");
        }
        for message in body["messages"].as_array().unwrap() {
            let has_content = message["content"].is_string();
            assert!(has_content || message.get("tool_calls").is_some(), "{name}: {message}");
            assert_eq!(message.get("name"), None, "{name}");
        }
        let last = body["messages"].as_array().unwrap().last().unwrap()["role"].clone();
        assert!(last == "user" || last == "tool", "{name}: {last}");
    }
}

fn body(fixture: &RequestFixture) -> Map<String, Value> {
    let author = |name: &str| if name == "desk" { Author::Desk } else { Author::Visitor };
    let history: Vec<_> =
        fixture.history.iter().map(|(name, text)| Message { author: author(name), text: text.clone() }).collect();
    let tools = if fixture.has_no_tools { vec![] } else { vec![tool()] };
    let (mut memory, mut done) = (TurnMemory::default(), vec![]);
    for (number, round) in fixture.rounds.iter().enumerate() {
        play(round, number, &mut memory, &mut done);
    }
    let view = View {
        prompt: "You are the front desk.",
        history: &history,
        message: &fixture.message,
        done: &done,
        tools: &tools,
        reaches_people: true,
        keeps_conversation: false,
        on_behalf_of: &OnBehalfOf::Anonymous,
        representative: None,
        time_zone: None,
        must_answer: fixture.must_answer,
        correction: None,
        now: Default::default(),
        language: Default::default(),
        deadline: Instant::now(),
    };
    request::body(&view, &history, &memory, &options(&fixture.settings), repairs(&fixture.repairs))
}

fn play(round: &FixtureRound, number: usize, memory: &mut TurnMemory, done: &mut Vec<FinishedCall>) {
    let ids = Ids::of(done.iter().map(|done| done.call.id.as_str()));
    let read = answer::read(&round.answer, RequestFacts { ids, sent: 0, must_answer: false }).unwrap();
    match read.decision {
        Decision::Call(calls) => {
            memory.called(calls.iter().map(|call| call.id.clone()).collect(), read.echo.unwrap());
            let results = round.results.iter().map(|result| match result.get("code") {
                Some(_) => Err(result.clone()),
                None => Ok(result.clone()),
            });
            done.extend(calls.into_iter().zip(results).map(|(call, answer)| FinishedCall {
                call,
                round: number,
                answer,
            }));
        }
        Decision::Say(reply) => memory.said(&reply.text),
    }
    memory.learn(done, round.correction.as_deref());
}

fn tool() -> ToolView {
    let input = json!({
        "type": "object", "additionalProperties": false, "required": ["day"],
        "properties": {"day": {"type": "string", "format": "date", "default": "today", "description": "The day."}},
    });
    let input = input.as_object().unwrap().clone();
    ToolView { name: "find_slots", description: "Find free times.".into(), input: input.into(), effect: Effect::Read }
}

fn options(settings: &Map<String, Value>) -> Options {
    let text = |name: &str| settings.get(name).and_then(Value::as_str);
    let key = match text("token_key") {
        Some("max_tokens") => TokenKey::MaxTokens,
        _ => TokenKey::MaxCompletionTokens,
    };
    Options {
        endpoint: Endpoint::parse("http://localhost/v1").unwrap(),
        model: "m".to_owned(),
        key: None,
        token_limit: settings.get("max_tokens").map(|tokens| (key, tokens.as_u64().unwrap().try_into().unwrap())),
        reasoning_effort: text("reasoning_effort").map(str::to_owned),
        echo_reasoning: text("echo_reasoning") != Some("never"),
        timeout: TIMEOUT,
        extra_body: settings.get("extra_body").and_then(Value::as_object).cloned().unwrap_or_default(),
    }
}

fn repairs(names: &[String]) -> Repairs {
    let has = |name: &str| names.iter().any(|repair| repair == name);
    Repairs {
        without_reasoning: has("without_reasoning"),
        other_token_key: has("other_token_key"),
        without_echo: has("without_echo"),
    }
}

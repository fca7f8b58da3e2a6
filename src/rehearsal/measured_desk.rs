//! The desk of a rehearsal: the chat as visitors meet it, and a count of what it does and costs.

use std::time::Duration;

use serde_json::{Map, Value};

use super::account::RunError;
use super::coverage::Reached;
use super::customer::{CustomerMessage, HeardReply};
use super::dialogue::{DeskReply, RehearsedDesk};
use super::turn::Call;
use crate::chat::brain::{BrainError, FinishedCall, Tokens};
use crate::chat::handoff_request::TOOLS;
use crate::chat::turn::{Chat, TurnOutcome};
use domain::text::excerpt;
use tokio::time::Instant;

/// The tools of sessions.
const START: &str = "taskgraph_start";
const STEP: &str = "taskgraph_step";
/// The longest arguments and answer of a call that a report shows.
const SHOWN_CHARACTERS_MAX: usize = 400;

/// The chat, between two messages.
#[derive(Debug)]
pub struct MeasuredDesk {
    chat: Chat,
    /// The calls of each turn.
    pub done: Vec<Vec<FinishedCall>>,
    /// The turns in which the model gave an answer that cannot be used, from 0, and why it cannot.
    pub unusable: Vec<(usize, String)>,
    /// The tokens of all turns.
    pub tokens: Tokens,
    /// The time from the first message to the first reply.
    pub first_reply: Option<Duration>,
}

impl MeasuredDesk {
    /// A desk that nobody has written to.
    pub fn new(chat: Chat) -> MeasuredDesk {
        MeasuredDesk { chat, done: vec![], unusable: vec![], tokens: Tokens::default(), first_reply: None }
    }
}

impl MeasuredDesk {
    /// The parts of the script that the conversation has come to. The sessions are asked, which moves none of them.
    pub async fn reached(&self) -> Reached {
        let mut reached = Reached::default();
        for done in self.done.iter().flatten() {
            let arguments = done.call.arguments.as_ref().ok();
            match (done.call.tool.as_str(), &done.answer) {
                (START, Ok(begun)) => reached.nodes.extend(self.path(&begun["session"]).await),
                (STEP, Ok(_)) => {
                    let intent = arguments.and_then(|arguments| arguments.get("intent")?.as_str());
                    reached.intents.extend(intent.map(str::to_owned));
                }
                _ => {}
            }
        }
        reached
    }

    async fn path(&self, session: &Value) -> Vec<String> {
        let asked = Map::from_iter([("session".to_owned(), session.clone())]);
        let whole = self.chat.visitor().call(STEP, asked).await.unwrap_or_default();
        let path = whole["path"].as_array().into_iter().flatten().filter_map(Value::as_str);
        path.map(str::to_owned).collect()
    }
}

impl RehearsedDesk for MeasuredDesk {
    async fn hear(&mut self, said: &CustomerMessage) -> Result<DeskReply, RunError> {
        let began = Instant::now();
        let turn = self.chat.turn(&said.words, &mut |_| {}).await;
        if let Some(error) = turn.failed.as_ref().filter(|error| is_of_endpoint(error)) {
            return Err(RunError(error.to_string()));
        }
        if let Some(error) = turn.failed.as_ref().filter(|error| **error != BrainError::Refused) {
            self.unusable.push((self.done.len(), error.to_string()));
        }
        self.first_reply.get_or_insert_with(|| began.elapsed());
        self.tokens = self.tokens.and(turn.tokens);
        let answer = DeskReply { reply: reply(&turn), calls: turn.done.iter().map(call).collect() };
        self.done.push(turn.done);
        Ok(answer)
    }
}

/// A failure that tells nothing of the desk: another day the same desk would have answered. An answer that cannot be used
/// does tell of the model, and what another brain would have done in its place does not count.
fn is_of_endpoint(error: &BrainError) -> bool {
    match error {
        BrainError::Unavailable(_) | BrainError::TimedOut(_) | BrainError::Misconfigured(_) => true,
        BrainError::Garbage(_) | BrainError::Refused | BrainError::TooLong => false,
    }
}

/// The reply with its choices in numbered lines, as a terminal shows it.
fn reply(turn: &TurnOutcome) -> HeardReply {
    let choices = turn.reply.choices.iter().enumerate().map(|(at, choice)| format!("{}. {choice}", at + 1));
    let lines: Vec<String> = std::iter::once(turn.reply.text.clone()).chain(choices).collect();
    let passed_on = turn.done.iter().any(|done| TOOLS.contains(&done.call.tool.as_str()) && done.answer.is_ok());
    let within = || turn.done.iter().flat_map(within).any(|tool| TOOLS.contains(&tool.as_str()));
    HeardReply {
        says: lines.join("\n"),
        offers: turn
            .reply
            .choices
            .iter()
            .chain(&turn.reply.details)
            .filter(|offer| !offer.is_empty())
            .cloned()
            .collect(),
        handed_off: passed_on || within(),
    }
}

fn call(done: &FinishedCall) -> Call {
    let sent = done.call.arguments.as_ref().map_or_else(Clone::clone, |sent| Value::from(sent.clone()).to_string());
    let got = done.answer.as_ref().unwrap_or_else(|error| error).to_string();
    Call {
        tool: done.call.tool.clone(),
        shown: format!("{} -> {}", excerpt(&sent, SHOWN_CHARACTERS_MAX), excerpt(&got, SHOWN_CHARACTERS_MAX)),
        bytes: sent.len() + got.len(),
        succeeded: done.answer.is_ok(),
        within: within(done),
    }
}

/// The tools that the server called within a call, with a result.
fn within(done: &FinishedCall) -> Vec<String> {
    let called = done.answer.as_ref().ok().and_then(|answer| answer["called"].as_array()).into_iter().flatten();
    let tools = called.filter(|call| call["succeeded"] == true).filter_map(|call| call["tool"].as_str());
    tools.map(str::to_owned).collect()
}

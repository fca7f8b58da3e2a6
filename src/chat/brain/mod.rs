//! The decisions of a turn. A brain is shown the conversation and what was called in this turn, and says what comes next:
//! calls of tools, or the reply.

pub mod lexical;
pub mod model;
pub mod script;

use std::fmt;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::conversation::Message;
use super::language::Language;
use crate::tool::on_behalf_of::OnBehalfOf;
use crate::tool::view::ToolView;

/// What decides in a conversation. One value serves one conversation: it may remember.
pub trait Brain: Send + fmt::Debug {
    /// The name in reports, such as `lexical`.
    fn name(&self) -> &'static str;

    /// True for a language model: it writes prose, so that what it claims is checked, and its calls are counted.
    fn is_model(&self) -> bool {
        false
    }

    /// Decides what comes next in this turn.
    fn decide<'a>(&'a mut self, view: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>>;

    /// A person goes on as soon as one is wanted, and needs not to be told how the visitor is reached: the conversation itself
    /// goes to them.
    fn hand_over_at_once(&mut self) {}

    /// Goes on with a session of a taskgraph that an earlier process has begun.
    fn resume(&mut self, _session: &str) {}

    /// What it remembers between two turns, as another process can take it up; nothing for a brain that remembers nothing.
    fn memory(&self) -> Value {
        Value::Null
    }

    /// Takes up what a brain of another process has remembered.
    fn remember(&mut self, _memory: Value) {}

    /// The last turn was cut off in another process, before it has written anything: its message is heard again.
    fn hear_again(&mut self) {}

    /// The last turn was cut off in another process, and nobody knows whether it has written something: nothing of it is taken
    /// up.
    fn leave_unclear(&mut self) {}

    /// The greeting with which a conversation in this language begins, if the brain has one of its own.
    fn greeting(&mut self, language: Language) -> Option<Reply> {
        let _ = language;
        None
    }
}

/// What a brain is shown.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Role, rules and persona: the system prompt.
    pub prompt: &'a str,
    /// Earlier messages within the window, oldest first.
    pub history: &'a [Message],
    /// The visitor's message that is to be answered.
    pub message: &'a str,
    /// The calls of this turn with their answers, in order. Those of one round follow each other.
    pub done: &'a [FinishedCall],
    /// The tools that are open to the visitor.
    pub tools: &'a [ToolView],
    /// True if a wish can be brought to a person, now or once the visitor has said an address.
    pub reaches_people: bool,
    /// True if the conversation itself can be brought to a person, also for a visitor of whom nothing is known.
    pub keeps_conversation: bool,
    /// The person for whom tools are called, and how sure that is.
    pub on_behalf_of: &'a OnBehalfOf,
    /// Whom visitors meet whom nobody knows, if the operator says.
    pub representative: Option<&'a str>,
    /// The visitor's time zone, where their browser has told it.
    pub time_zone: Option<&'a str>,
    /// No more tools are called in this turn: only a reply is taken.
    pub must_answer: bool,
    /// The reason why the last reply was not taken, in words for a model.
    pub correction: Option<&'a str>,
    /// The current time.
    pub now: DateTime<Utc>,
    /// The language that the visitor was last understood to write.
    pub language: Language,
    /// The end of the turn's time.
    pub deadline: Instant,
}

/// A decision, with what it cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// The decision.
    pub decision: Decision,
    /// The tokens that a model has used.
    pub tokens: Tokens,
}

/// What comes next in a turn.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// These tools are called, in this order; then the brain is asked again.
    Call(Vec<ToolCall>),
    /// This is said, and the turn is over.
    Say(Reply),
}

/// A call of a tool that a brain wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The id by which a model knows the call; unique in the turn.
    pub id: String,
    /// The tool's name, which may be one that does not exist.
    pub tool: String,
    /// The arguments, or why they cannot be read.
    pub arguments: Result<Map<String, Value>, String>,
}

/// A call that was made, or refused, in this turn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FinishedCall {
    /// The call.
    pub call: ToolCall,
    /// The round of decisions in which it was wanted, from 0.
    pub round: usize,
    /// The tool's answer, or its error as JSON with `code`, `message` and `hint`.
    pub answer: Result<Value, Value>,
}

impl FinishedCall {
    /// The bytes that it holds in memory, about.
    pub fn bytes(&self) -> usize {
        let (Ok(answer) | Err(answer)) = &self.answer;
        let arguments = self.call.arguments.iter().flatten();
        json_bytes(answer) + arguments.map(|(name, value)| name.len() + json_bytes(value)).sum::<usize>()
    }
}

/// The bytes of a value: those of its texts, and of the place of each value within it.
fn json_bytes(value: &Value) -> usize {
    let within = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(json_bytes).sum(),
        Value::Object(members) => members.iter().map(|(name, value)| name.len() + json_bytes(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    size_of::<Value>() + within
}

/// What a visitor is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Plain text; lines are separated by `\n`.
    pub text: String,
    /// What can be picked by its number, in order.
    pub choices: Vec<String>,
    /// What the choices stand for, as programs read it: a start as `2026-12-01T13:00`, an intent by its name; empty for the
    /// others. As many as there are choices, or none.
    pub details: Vec<String>,
    /// The visitor is to be helped by a person, for this reason.
    pub hand_over: Option<HandOver>,
}

/// The reason why a person has to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HandOver {
    /// The visitor asked for one.
    Asked,
    /// The visitor asked for one, and gives neither an address nor a number.
    Unreachable,
    /// The brain does not know what to do.
    NotUnderstood,
    /// A model refused, or its answer was filtered.
    Refused,
    /// The turn reached one of its limits.
    Limit,
    /// The brain failed, and no other answered.
    Failed,
}

/// The tokens of one or several decisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Read by the model.
    pub input: u64,
    /// Written by the model.
    pub output: u64,
    /// At least one number was estimated, because the endpoint did not report it.
    pub estimated: bool,
}

/// The failure of a brain. The text of each is for the operator: it holds nothing of a prompt or an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrainError {
    /// The endpoint could not be reached, or failed, also when asked again.
    #[error("the model did not answer: {0}")]
    Unavailable(String),
    /// It did not answer in time.
    #[error("the model did not answer within {0} s")]
    TimedOut(u64),
    /// The key, the model or the account is refused until the operator changes something.
    #[error("the model is refused: {0}")]
    Misconfigured(String),
    /// The answer is of no use: no text and no call, or a call written as text.
    #[error("the model's answer cannot be used: {0}")]
    Garbage(String),
    /// The model refused to answer, or the endpoint filtered its answer.
    #[error("the model refused to answer")]
    Refused,
    /// The conversation is longer than the model takes, also after it was cut.
    #[error("the conversation is longer than the model takes")]
    TooLong,
}

impl Reply {
    /// A reply without choices.
    pub fn text(text: impl Into<String>) -> Reply {
        Reply { text: text.into(), ..Reply::default() }
    }

    /// A reply that leaves the conversation to a person.
    pub fn handing_over(why: HandOver) -> Reply {
        Reply { hand_over: Some(why), ..Reply::default() }
    }
}

impl Decided {
    /// A decision that cost nothing.
    pub fn free(decision: Decision) -> Decided {
        Decided { decision, tokens: Tokens::default() }
    }
}

impl Tokens {
    /// The sum of two.
    #[must_use]
    pub fn and(self, more: Tokens) -> Tokens {
        Tokens {
            input: self.input.saturating_add(more.input),
            output: self.output.saturating_add(more.output),
            estimated: self.estimated || more.estimated,
        }
    }

    /// Input and output together.
    pub fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }
}

//! The result of a step, as the model reads it.

use chrono::DateTime;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::called::Called;
use taskgraph::engine::{
    action::Action,
    state::{Ignored, State},
};

/// The state of a session and the next instructions. A step answers only what is new; with `session` alone all of it is
/// shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StepResult {
    /// The session's id, which every `taskgraph_step` needs; at the start, and where the whole state is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The graph's name, if none was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub graph: Option<String>,
    /// The role and the rules; only at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub briefing: Option<String>,
    /// The id of the current node; not at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// `complete` if the current node is done; else only where the whole state is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// The nodes passed, newest last; where the whole state is shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// The number of the customer's turns so far; where the whole state is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<u32>,
    /// Today's date, weekday and the account's zone; at the start if the script deals with days, and on another day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub today: Option<String>,
    /// What was not taken of the step, and why; the rest was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
    /// The calls that the server made itself in this step, with their results.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub called: Vec<Called>,
    /// The next instructions: all but the last are said on the way; the last is answered with `taskgraph_step`.
    // Each says by its `kind` and `instruction` what it is; the union of all kinds would fill a tenth of the tool list.
    #[schemars(with = "Vec<Map<String, Value>>")]
    pub asks: Vec<Action>,
    /// The intents that the customer may switch to at any time; when they have changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub intents: Vec<String>,
    /// When the session ends if no step is taken (RFC 3339); where the whole state is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// `complete` if an end of the graph is reached, `incomplete` if more steps follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "comments on its variants would stand in the schema, one object for each")]
pub enum Status {
    Complete,
    Incomplete,
}

impl StepResult {
    /// The result of a step.
    pub(super) fn of(state: &State, asks: Vec<Action>) -> StepResult {
        StepResult {
            session: None,
            graph: None,
            briefing: None,
            node: Some(state.node().as_str().trim().to_owned()),
            status: state.is_complete().then_some(Status::Complete),
            path: vec![],
            turn: None,
            today: None,
            ignored: state.ignored.clone(),
            called: vec![],
            asks,
            intents: vec![],
            expires: None,
        }
    }

    /// The result without what only whoever calls the tools needs: the node with its status, and the tool that needs values.
    pub(super) fn without_tools(mut self) -> StepResult {
        self.asks.iter_mut().for_each(Action::without_tool);
        StepResult { node: None, status: None, ..self }
    }

    /// The result with the whole state: where the session stands, and how long it lives.
    pub(super) fn with_state(self, session: &str, state: &State, intents: Vec<String>, expires_ms: i64) -> StepResult {
        StepResult {
            session: Some(session.to_owned()),
            path: state.path().iter().map(|id| id.as_str().trim().to_owned()).collect(),
            turn: Some(state.turn),
            status: self.status.or(Some(Status::Incomplete)),
            intents,
            expires: expires(expires_ms),
            ..self
        }
    }
}

/// The time at which the session ends, as text.
pub(super) fn expires(expires_ms: i64) -> Option<String> {
    DateTime::from_timestamp_millis(expires_ms).map(|at| at.to_rfc3339())
}

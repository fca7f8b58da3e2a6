//! The result of a step, as the model reads it.

use chrono::DateTime;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use taskgraph::engine::{action::Action, state::State};

/// The state of a session and the next instructions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StepResult {
    /// The session's id, which every `taskgraph_step` needs.
    pub session: String,
    /// The graph's name.
    pub graph: String,
    /// The role, the company and the rules; only at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub briefing: Option<String>,
    /// The id of the current node.
    pub node: String,
    /// The session has reached an end of the graph, or not.
    pub status: Status,
    /// The nodes passed, newest last.
    pub path: Vec<String>,
    /// The number of the customer's turns so far.
    pub turn: u32,
    /// The calls that the server made itself in this step, with their results.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub called: Vec<Called>,
    /// The next instructions: all but the last are said on the way; the last is answered with `taskgraph_step`.
    // Each says by its `kind` and `instruction` what it is; the union of all kinds would fill a tenth of the tool list.
    #[schemars(with = "Vec<Map<String, Value>>")]
    pub asks: Vec<Action>,
    /// The intents that the customer may switch to at any time.
    pub intents: Vec<String>,
    /// When the session ends if no step is taken (RFC 3339).
    pub expires: String,
}

/// `complete` if an end of the graph is reached, `incomplete` if more steps follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "comments on its variants would stand in the schema, one object for each")]
pub enum Status {
    Complete,
    Incomplete,
}

/// A tool that the server has called itself.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Called {
    /// The tool's name.
    pub tool: String,
    /// The arguments of the call.
    pub arguments: Map<String, Value>,
    /// The tool gave a result, not an error.
    pub succeeded: bool,
    /// The tool's answer, or its failure with `code`, `message` and `hint`.
    #[schemars(with = "Map<String, Value>")]
    pub result: Value,
}

impl StepResult {
    pub(super) fn of(
        session: &str,
        expires_ms: i64,
        state: &State,
        asks: Vec<Action>,
        intents: Vec<String>,
    ) -> StepResult {
        StepResult {
            session: session.to_owned(),
            graph: state.graph.clone(),
            briefing: None,
            node: state.node().to_string(),
            status: if state.is_complete() { Status::Complete } else { Status::Incomplete },
            path: state.path().iter().map(ToString::to_string).collect(),
            turn: state.turn,
            called: vec![],
            asks,
            intents,
            expires: DateTime::from_timestamp_millis(expires_ms).unwrap_or_default().to_rfc3339(),
        }
    }
}

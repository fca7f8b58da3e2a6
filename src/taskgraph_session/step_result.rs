//! What a model reads after each step of a session.

use chrono::DateTime;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use taskgraph::engine::{action::Action, state::State};

/// Where a walk stands and what to do next.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StepResult {
    /// Send it with every `taskgraph_step`.
    pub session: String,
    pub graph: String,
    /// Who you are, for whom, and by which rules; only at the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub briefing: Option<String>,
    /// The node the walk stands at.
    pub node: String,
    pub status: Status,
    /// The nodes passed, newest last.
    pub path: Vec<String>,
    /// How often the customer has spoken.
    pub turn: u32,
    /// What the server has called itself in this step, and what came of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub called: Vec<Called>,
    /// What to do next: say all but the last on the way, then do the last and answer it with `taskgraph_step`.
    // Each says by its `kind` and `instruction` what it is; the union of all kinds would fill a tenth of the tool list.
    #[schemars(with = "Vec<Map<String, Value>>")]
    pub asks: Vec<Action>,
    /// What the customer may ask for instead, at any time.
    pub intents: Vec<String>,
    /// When the session ends if no step is taken (RFC 3339).
    pub expires: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Complete,
    Incomplete,
}

/// A tool that the server has called itself.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Called {
    pub tool: String,
    pub arguments: Map<String, Value>,
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

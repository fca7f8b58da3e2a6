//! Starts a taskgraph session.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::taskgraph_session::{self, Calls, step_result::StepResult};
use crate::tool::customer_use::CustomerUse;
use crate::tool::{Ctx, Effect, Tool, ToolError};

/// Begin a conversation that follows the company's taskgraph step by step.
///
/// The server keeps track of the script; you only answer its `asks`. Do what the last of them says and send the answer
/// with `taskgraph_step`. One session is one conversation with one customer; it ends 24 hours after its last step.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskgraphStart {
    /// The taskgraph's name, for example `hubspot`; without it the only one, or `frontdesk`.
    #[schemars(length(max = 255))]
    graph: Option<String>,
    /// Have the server call due tools in every step: `true`.
    execute: Option<bool>,
}

impl Tool for TaskgraphStart {
    const NAME: &'static str = "taskgraph_start";
    const TITLE: &'static str = "Begin a guided conversation";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &[];
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::anybody(
        &["graph", "execute"],
        &["session", "graph", "briefing", "node", "status", "path", "turn", "called", "asks", "intents", "expires"],
    );
    type Output = StepResult;

    async fn call(self, ctx: &Ctx) -> Result<StepResult, ToolError> {
        Ok(taskgraph_session::start(ctx, self.graph.as_deref(), Calls::of(self.execute == Some(true))).await?)
    }
}

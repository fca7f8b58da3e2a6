//! Takes the next step of a taskgraph.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::taskgraph_session::{self, Calls, step_result::StepResult};
use crate::tool::customer_use::CustomerUse;
use crate::tool::{Ctx, Effect, Tool, ToolError};
use taskgraph::engine::event::{Event, Switch};

/// The most slots of one step: each is compared with all values that the session knows.
const SLOTS_MAX: usize = 64;

/// Tell the taskgraph what has happened, and learn what to do next.
///
/// Send all that is known at once: what the customer said, the intent it shows and the values in it. With `execute` the
/// server calls due tools itself; without it, call the tool it names and send its answer as `tool_result`. With `session` alone you are asked again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TaskgraphStep {
    /// The id from `taskgraph_start`, for example `5f0c2d9a8b7e4c1f9a3d6b2e8c4f7a10`.
    #[schemars(length(max = 100))]
    session: String,
    /// What the customer said, in their words, for example `I have an issue in installing the DUST-E robot`.
    user_text: Option<String>,
    /// The intent it shows: its name, a part of it or its number, `none` (nothing of this) or `a person`.
    #[schemars(length(max = 500))]
    intent: Option<String>,
    /// The values the customer has said, by argument name, for example `{"email": "sarah@gmail.com"}`.
    slots: Option<Map<String, Value>>,
    /// What the tool that was asked for answered, unchanged, for example `{"ticket_id": "33397362407"}`; a failure too.
    #[schemars(with = "Option<Map<String, Value>>")]
    tool_result: Option<Value>,
    /// What becomes of the matter at hand: `come_back`, `leave` or `stay`; `leave` works at any time.
    switch: Option<Switch>,
    /// Pass over a step that is `skippable`, because the customer has given already what it asks for: `true`.
    skip: Option<bool>,
    /// Have the server call the tools that are due: `true`.
    execute: Option<bool>,
}

impl Tool for TaskgraphStep {
    const NAME: &'static str = "taskgraph_step";
    const TITLE: &'static str = "Go on with a guided conversation";
    /// With `execute` it opens tickets and books meetings, but changes no existing record.
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &[];
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::anybody(
        &["session", "user_text", "intent", "slots", "tool_result", "switch", "skip", "execute"],
        &["session", "graph", "briefing", "node", "status", "path", "turn", "called", "asks", "intents", "expires"],
    );
    type Output = StepResult;

    async fn call(self, ctx: &Ctx) -> Result<StepResult, ToolError> {
        if self.slots.as_ref().is_some_and(|slots| slots.len() > SLOTS_MAX) {
            return Err(ToolError::input("slots", format!("at most {SLOTS_MAX} values can be sent at once")));
        }
        let calls = self.execute.map(Calls::of);
        let event = Event {
            user_text: self.user_text,
            intent: self.intent,
            slots: self.slots.unwrap_or_default(),
            tool_result: self.tool_result,
            switch: self.switch,
            skip: self.skip == Some(true),
        };
        Ok(taskgraph_session::step(ctx, &self.session, &event, calls).await?)
    }
}

//! `autopilot_pause`: stops automatic answers.

use schemars::JsonSchema;
use serde::Deserialize;

use super::switching::{self, Switched};
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};

/// Stop automatic answers in HubSpot's inbox: everywhere, in an inbox, or in a conversation. What comes meanwhile waits.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AutopilotPause {
    /// `all`, `inbox/481939`, or the id of a conversation, for example `9000000001`.
    #[schemars(length(max = 40))]
    what: String,
}

impl Tool for AutopilotPause {
    const NAME: &'static str = "autopilot_pause";
    const TITLE: &'static str = "Pause the autopilot";
    const EFFECT: Effect = Effect::Update;
    const SCOPES: &'static [&'static str] = &["conversations.read"];
    const TOOLSET: Toolset = Toolset::Operator;
    type Output = Switched;

    async fn call(self, ctx: &Ctx) -> Result<Switched, ToolError> {
        switching::switch(ctx, &self.what, true).await
    }
}

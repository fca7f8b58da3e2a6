//! `autopilot_resume`: has conversations answered again.

use schemars::JsonSchema;
use serde::Deserialize;

use super::switching::{self, Switched};
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};

/// Answer again after `autopilot_pause`. A conversation that a person has is given back by it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AutopilotResume {
    /// `all`, `inbox/481939`, or the id of a conversation, for example `9000000001`.
    #[schemars(length(max = 40))]
    what: String,
}

impl Tool for AutopilotResume {
    const NAME: &'static str = "autopilot_resume";
    const TITLE: &'static str = "Resume the autopilot";
    const EFFECT: Effect = Effect::Update;
    const SCOPES: &'static [&'static str] = &["conversations.read"];
    const TOOLSET: Toolset = Toolset::Operator;
    type Output = Switched;

    async fn call(self, ctx: &Ctx) -> Result<Switched, ToolError> {
        switching::switch(ctx, &self.what, false).await
    }
}

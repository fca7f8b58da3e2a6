//! `autopilot_status`: how automatic answers stand, and what is remembered of a conversation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::switching::unreadable;
use crate::autopilot::operator;
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};

/// Say how automatic answers in HubSpot's inbox stand: what is paused, what waits, and what became of today's messages.
///
/// With a conversation also what is remembered of it: ids, times and counts, no texts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AutopilotStatus {
    /// The id of a conversation, for example `9000000001`.
    #[schemars(length(max = 40))]
    conversation_id: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Stands {
    /// The paused parts, the waiting messages and today's outcomes.
    #[schemars(with = "serde_json::Map<String, Value>")]
    status: Value,
    /// The memory of the conversation; absent if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Map<String, Value>>")]
    conversation: Option<Value>,
}

impl Tool for AutopilotStatus {
    const NAME: &'static str = "autopilot_status";
    const TITLE: &'static str = "Status of the autopilot";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["conversations.read"];
    const TOOLSET: Toolset = Toolset::Operator;
    type Output = Stands;

    async fn call(self, ctx: &Ctx) -> Result<Stands, ToolError> {
        let status = operator::status(&ctx.store).await.map_err(unreadable)?;
        let conversation = match self.conversation_id.as_deref().map(str::trim) {
            Some(id) => operator::conversation(&ctx.store, id).await.map_err(unreadable)?,
            None => None,
        };
        Ok(Stands { status: serde_json::json!(status), conversation: conversation.map(|one| serde_json::json!(one)) })
    }
}

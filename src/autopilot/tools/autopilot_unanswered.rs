//! `autopilot_unanswered`: the questions that got no good answer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::switching::unreadable;
use crate::autopilot::operator;
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};

/// The questions of a list, unless said.
const LIMIT: u32 = 20;

/// List the questions of customers that got no good automatic answer, the most asked first, with where to read them.
///
/// Read each with `read_conversation`, and write its answer into the documents.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AutopilotUnanswered {
    /// The most questions, for example `50`.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Questions {
    /// Each with its conversation, its message, how often it was asked, and when last.
    #[schemars(with = "Vec<serde_json::Map<String, Value>>")]
    questions: Vec<Value>,
}

impl Tool for AutopilotUnanswered {
    const NAME: &'static str = "autopilot_unanswered";
    const TITLE: &'static str = "Questions without an answer";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["conversations.read"];
    const TOOLSET: Toolset = Toolset::Operator;
    type Output = Questions;

    async fn call(self, ctx: &Ctx) -> Result<Questions, ToolError> {
        let found = operator::unanswered(&ctx.store, self.limit.unwrap_or(LIMIT)).await.map_err(unreadable)?;
        Ok(Questions { questions: found.iter().map(|question| serde_json::json!(question)).collect() })
    }
}

//! `autopilot_report`: counts of what became of messages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::switching::unreadable;
use crate::autopilot::operator;
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};

/// The days of a report, unless said.
const DAYS: u32 = 7;

/// Count what became of customers' messages in HubSpot's inbox: answered, drafted, silent or handed over, by reason.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AutopilotReport {
    /// The last so many days, today among them, for example `30`.
    #[schemars(range(min = 1, max = 366))]
    days: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Counted {
    /// For each day, inbox, outcome and reason: messages, average seconds, tokens.
    #[schemars(with = "Vec<serde_json::Map<String, Value>>")]
    counts: Vec<Value>,
}

impl Tool for AutopilotReport {
    const NAME: &'static str = "autopilot_report";
    const TITLE: &'static str = "Report of the autopilot";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["conversations.read"];
    const TOOLSET: Toolset = Toolset::Operator;
    type Output = Counted;

    async fn call(self, ctx: &Ctx) -> Result<Counted, ToolError> {
        let lines = operator::report(&ctx.store, self.days.unwrap_or(DAYS)).await.map_err(unreadable)?;
        Ok(Counted { counts: lines.iter().map(|line| serde_json::json!(line)).collect() })
    }
}

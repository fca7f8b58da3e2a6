//! `handoff_stop`: takes a conversation back from a person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::handoff::stop;
use crate::records::note;
use crate::tool::customer_use::CustomerUse;
use crate::tool::{Ctx, Effect, Tool, ToolError, Toolset};

/// End a hand-off: leaves a summary for colleagues and closes its ticket or conversation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct HandoffStop {
    /// From `handoff_start`, for example `0f3c…`.
    #[schemars(length(max = 100))]
    session: String,
    /// For example `Solved: the wheel was loose.`
    #[schemars(length(max = 10_000))]
    summary: Option<String>,
    /// `true` if colleagues still have something to do.
    #[serde(default)]
    keep_open: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Stopped {
    ended: bool,
    /// It had ended before; nothing was written.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already: bool,
}

impl Tool for HandoffStop {
    const NAME: &'static str = "handoff_stop";
    const TITLE: &'static str = "End a hand-off";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read"];
    const TOOLSET: Toolset = Toolset::Handoff;
    const CUSTOMERS: Option<CustomerUse> =
        CustomerUse::anybody(&["session", "summary", "keep_open"], &["ended", "already"]);
    type Output = Stopped;

    async fn call(self, ctx: &Ctx) -> Result<Stopped, ToolError> {
        let summary = self.summary.as_deref().map(str::trim).filter(|summary| !summary.is_empty());
        note::checked("summary", summary)?;
        let (_, already) = stop::stop(ctx, &self.session, summary, self.keep_open).await?;
        Ok(Stopped { ended: true, already })
    }
}

//! The common part of pausing and resuming.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;

use crate::autopilot::operator::{self, Scope};
use crate::tool::question::ElicitationRequest;
use crate::tool::{Ctx, ToolError};
use domain::code::Code;

/// The part that is paused or goes on now.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Switched {
    /// `all`, `inbox/ID` or `thread/ID`.
    what: String,
    paused: bool,
}

/// Pauses or resumes, once the person agrees where they have to.
pub(super) async fn switch(ctx: &Ctx, what: &str, paused: bool) -> Result<Switched, ToolError> {
    let scope: Scope = what.parse().map_err(|error| ToolError::input("what", error))?;
    let name = scope.name();
    if ctx.call.policy.confirm_writes {
        let verb = if paused { "Pause" } else { "Resume" };
        let otherwise = "nothing was changed; tell the person which change waits for their agreement";
        let question = ElicitationRequest::new("change", format!("{verb} the autopilot for {name}?"), otherwise);
        ctx.ask(question.about(&json!([name, paused])).readable()?).await?.accepted("the change")?;
    }
    if !ctx.hubspot.is_dry_run() {
        operator::switch(&ctx.store, &scope, paused).await.map_err(unreadable)?;
    }
    Ok(Switched { what: name, paused })
}

/// The store cannot be used.
#[expect(clippy::needless_pass_by_value, reason = "it maps an error")]
pub(super) fn unreadable(error: crate::store::Error) -> ToolError {
    let hint = "call again in a moment; if it fails again, the operator has to look after the server's store";
    ToolError::new(Code::StoreFailed, format!("the store cannot be used: {error}"), hint)
}

//! Request states that were refused: counted, and told in the audit trail without anything that was in them.

use metrics::counter;

use super::call_context::CallContext;
use super::context::Ctx;
use super::info::ToolInfo;
use crate::audit::line::{self, StateLine};

/// Notes that a retry of this call came with a state that was not signed for it: forged, or somebody else's.
pub fn note(ctx: &Ctx, call: &CallContext, tool: &ToolInfo) {
    counter!("mcp_request_states_refused_total").increment(1);
    ctx.audit.note(&StateLine {
        time: line::time(ctx.clock.now()),
        event: "request_state_refused",
        call: call.id.clone(),
        caller: call.caller.id.0.to_string(),
        client: call.client.clone(),
        tool: tool.name,
    });
}

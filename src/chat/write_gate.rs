//! The gate before a call that may write: whoever holds the conversation notes it first, or learns that it is theirs no more.

use std::fmt::Debug;

use futures::future::BoxFuture;

use super::handoff_relay;
use crate::tool::Effect;
use crate::tool::view::ToolView;

/// Whoever holds a conversation.
pub trait WriteGate: Debug + Send + Sync {
    /// Notes that the turn under way may write from now on; false if it must not.
    fn may_write(&self) -> BoxFuture<'_, bool>;
}

/// True for a tool whose call is noted. The steps of a script are the chat's own, and what is passed on to a person has a number,
/// so that it is passed on once.
pub(super) fn is_for(tool: &str, open: &[ToolView]) -> bool {
    let is_read = open.iter().any(|known| known.name == tool && known.effect == Effect::Read);
    !is_read && !tool.starts_with(STEPS) && !handoff_relay::OWN_TOOLS.contains(&tool)
}

/// The beginning of the names of a script's steps.
const STEPS: &str = "taskgraph_";

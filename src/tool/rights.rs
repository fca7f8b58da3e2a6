//! What a caller may do: everything, read only, or some tools.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Effect, Entry, ToolError};
use crate::crm::code::Code;

/// What a caller's token opens. The default opens everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Only tools that change nothing.
    pub read_only: bool,
    /// Only these tools.
    pub tools: Option<Arc<BTreeSet<String>>>,
}

impl Rights {
    pub fn admit(&self, tool: &Entry) -> bool {
        let harmless = !self.read_only || tool.effect == Effect::Read;
        harmless && self.tools.as_ref().is_none_or(|tools| tools.contains(tool.name))
    }

    /// The same as a failure that a model can read.
    pub(super) fn check(&self, tool: &Entry) -> Result<(), ToolError> {
        if self.admit(tool) {
            return Ok(());
        }
        let message = format!("the token you call with may not use `{}`", tool.name);
        Err(ToolError::new(
            Code::Forbidden,
            message,
            "use the tools that are listed, or ask the operator for the right",
        ))
    }
}

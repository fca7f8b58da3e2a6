//! The tools that a caller may use: all, those that only read, or a list.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::info::{Effect, ToolInfo};

/// The tools that a caller's token permits, or the operator permits to everybody. The default permits every tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Only tools that change nothing.
    pub read_only: bool,
    /// Only the tools with these names.
    pub tools: Option<Arc<BTreeSet<String>>>,
}

impl Permissions {
    /// Permits the tool by its effect and its name.
    pub fn admit(&self, tool: &ToolInfo) -> bool {
        self.admit_effect(tool) && self.admit_name(tool)
    }

    pub(super) fn admit_effect(&self, tool: &ToolInfo) -> bool {
        !self.read_only || tool.effect == Effect::Read
    }

    pub(super) fn admit_name(&self, tool: &ToolInfo) -> bool {
        self.tools.as_ref().is_none_or(|tools| tools.contains(tool.name))
    }
}

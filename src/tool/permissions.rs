//! The rights of a caller: its tools, its resources, prompts and metrics, and the properties that it may change.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::info::{Effect, ToolInfo};

/// The rights that a caller's token gives, or the operator gives to everybody. The default permits everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permissions {
    /// Only tools that change nothing.
    pub read_only: bool,
    /// Only the tools with these names.
    pub tools: Option<Arc<BTreeSet<String>>>,
    /// Only these properties of existing records may be changed, by internal name.
    pub properties: Option<Arc<BTreeSet<String>>>,
    /// Taskgraphs and their sessions may be read as resources. Documents need the tool that searches them.
    pub resources: bool,
    /// Prompts may be listed and read.
    pub prompts: bool,
    /// The metrics of all callers may be read.
    pub metrics: bool,
}

impl Default for Permissions {
    fn default() -> Permissions {
        Permissions { read_only: false, tools: None, properties: None, resources: true, prompts: true, metrics: true }
    }
}

impl Permissions {
    /// Permits the tool by its effect and its name.
    pub fn admit(&self, tool: &ToolInfo) -> bool {
        self.admit_effect(tool) && self.admit_name(tool)
    }

    /// Permits a change of the property with this internal name.
    pub fn admit_change(&self, property: &str) -> bool {
        self.properties.as_ref().is_none_or(|properties| properties.contains(property))
    }

    pub(super) fn admit_effect(&self, tool: &ToolInfo) -> bool {
        !self.read_only || tool.effect == Effect::Read
    }

    pub(super) fn admit_name(&self, tool: &ToolInfo) -> bool {
        self.tools.as_ref().is_none_or(|tools| tools.contains(tool.name))
    }
}

//! What a caller may do: everything, read only, or some tools.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Effect, Entry};

/// What a caller's token opens, or the operator to everybody. The default opens everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// Only tools that change nothing.
    pub read_only: bool,
    /// Only these tools.
    pub tools: Option<Arc<BTreeSet<String>>>,
}

impl Permissions {
    pub fn admit(&self, tool: &Entry) -> bool {
        self.admit_effect(tool) && self.admit_name(tool)
    }

    pub(super) fn admit_effect(&self, tool: &Entry) -> bool {
        !self.read_only || tool.effect == Effect::Read
    }

    pub(super) fn admit_name(&self, tool: &Entry) -> bool {
        self.tools.as_ref().is_none_or(|tools| tools.contains(tool.name))
    }
}

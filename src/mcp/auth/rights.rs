//! What a caller may do: all of it, read only, or some tools.

use std::collections::BTreeSet;
use std::sync::Arc;

use rmcp::model::Extensions;

use crate::tool::call::Caller;
use crate::tool::{Effect, Entry};

/// Who calls, and what they may do. Over stdin and stdout it is whoever started this process.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::mcp) struct Identity {
    pub(in crate::mcp) caller: Caller,
    pub(in crate::mcp) rights: Rights,
}

/// What a token opens. The default opens everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::mcp) struct Rights {
    /// Only tools that change nothing.
    pub(in crate::mcp) read_only: bool,
    /// Only these tools.
    pub(in crate::mcp) tools: Option<Arc<BTreeSet<String>>>,
}

impl Rights {
    pub(in crate::mcp) fn admit(&self, tool: &Entry) -> bool {
        let harmless = !self.read_only || tool.effect == Effect::Read;
        harmless && self.tools.as_ref().is_none_or(|tools| tools.contains(tool.name))
    }
}

impl Identity {
    /// Whom the http front door has recognised, which it leaves in the request's parts.
    pub(in crate::mcp) fn of(extensions: &Extensions) -> Identity {
        let found = extensions.get::<Identity>();
        let found = found.or_else(|| extensions.get::<http::request::Parts>()?.extensions.get::<Identity>());
        found.cloned().unwrap_or_default()
    }
}

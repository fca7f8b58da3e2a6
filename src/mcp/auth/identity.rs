//! The identity of a caller, from the HTTP server to the tool call.

use rmcp::model::Extensions;

use crate::tool::call_context::CallerId;
use crate::tool::permissions::Permissions;

/// A caller and its permissions. The default is the local user, who may do everything: stdio has no other caller.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::mcp) struct Identity {
    pub(in crate::mcp) caller: CallerId,
    pub(in crate::mcp) permissions: Permissions,
}

impl Identity {
    /// The identity that the HTTP server put into the request: directly for HTTP+SSE, else into the HTTP request's parts.
    pub(in crate::mcp) fn of(extensions: &Extensions) -> Identity {
        let found = extensions.get::<Identity>();
        let found = found.or_else(|| extensions.get::<http::request::Parts>()?.extensions.get::<Identity>());
        found.cloned().unwrap_or_default()
    }
}

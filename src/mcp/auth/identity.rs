//! Who calls, on the way from the front door to the call.

use rmcp::model::Extensions;

use crate::tool::call_context::CallerId;
use crate::tool::permissions::Permissions;

/// Who calls, and what they may do. Over stdin and stdout it is whoever started this process.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::mcp) struct Identity {
    pub(in crate::mcp) caller: CallerId,
    pub(in crate::mcp) permissions: Permissions,
}

impl Identity {
    /// Whom the http front door has recognised, which it leaves in the request's parts.
    pub(in crate::mcp) fn of(extensions: &Extensions) -> Identity {
        let found = extensions.get::<Identity>();
        let found = found.or_else(|| extensions.get::<http::request::Parts>()?.extensions.get::<Identity>());
        found.cloned().unwrap_or_default()
    }
}

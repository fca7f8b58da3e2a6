//! The caller of a request, from the HTTP server to the tool call.

use rmcp::model::Extensions;

use crate::tool::caller::Caller;

/// The caller that the HTTP server put into the request: directly for HTTP+SSE, else into the HTTP request's parts.
/// Without one it is the local user, who may do everything: stdio has no other caller.
pub(in crate::mcp) fn of(extensions: &Extensions) -> Caller {
    let found = extensions.get::<Caller>();
    let found = found.or_else(|| extensions.get::<http::request::Parts>()?.extensions.get::<Caller>());
    found.cloned().unwrap_or_default()
}

//! The part of the server that one caller may use.

use rmcp::RoleServer;
use rmcp::model::{CacheScope, Tool as Definition};
use rmcp::service::RequestContext;

use super::auth::identity;
use super::elicitation::ElicitationMode;
use super::resource;
use super::server::Server;
use crate::handoff::channel;
use crate::tool::call_context::CallContext;
use crate::tool::caller::Caller;
use crate::tool::handoff_policy::HandoffWay;

use crate::tool::{ToolInfo, Toolset, digest, policy};
use knowledge::documents::Documents;

/// Cache time of the list of tools at the client: it changes with the server's version and flags and with the scopes of
/// HubSpot's token.
pub(super) const TOOLS_TTL_MS: u64 = 3_600_000;

/// Cache time of a list that is incomplete: HubSpot did not report its scopes, or documents were still
/// being read.
pub(super) const INCOMPLETE_TTL_MS: u64 = 60_000;

/// The header of a session before 2026-07-28 (MCP, Streamable HTTP).
const SESSION: &str = "mcp-session-id";

/// The digest of the session's id, which itself opens the session.
fn session(context: &RequestContext<RoleServer>) -> Option<String> {
    let parts = context.extensions.get::<http::request::Parts>()?;
    Some(digest::short(parts.headers.get(SESSION)?.to_str().ok()?))
}

/// The digest of the client's name and version, which tells people apart who share a token.
fn client(context: &RequestContext<RoleServer>) -> Option<String> {
    let client = context.client_info()?;
    Some(digest::short(&format!("{} {}", client.name, client.version)))
}

impl Server {
    /// The context of a call by the sender of this request, before any answers of the person.
    pub(super) fn call_context(&self, context: &RequestContext<RoleServer>, mode: ElicitationMode) -> CallContext {
        let can_ask = mode != ElicitationMode::Unsupported;
        let client = if self.shared.ctx.audit.is_on() { client(context) } else { None };
        let of_caller = self.context_of(identity::of(&context.extensions), can_ask);
        CallContext { session: session(context), client, ..of_caller }
    }

    /// The context of a call by this caller. `can_ask` says that the person at its client can be asked.
    pub(super) fn context_of(&self, caller: Caller, can_ask: bool) -> CallContext {
        let (policy, scopes) = (&self.shared.policy, self.shared.scopes.known());
        // The chat asks its visitor in the conversation itself.
        let policy = if caller.is_chat { policy.agreed_in_talk() } else { policy.clone() };
        CallContext { caller, can_ask, policy, scopes, ..CallContext::default() }
    }

    /// Context of a request that puts no question to a person.
    pub(super) fn caller_context(&self, context: &RequestContext<RoleServer>) -> CallContext {
        self.call_context(context, ElicitationMode::of(context))
    }

    /// The definitions of the tools that the caller can use, and how long clients may cache them, in milliseconds. While
    /// HubSpot's scopes are unknown, they hide nothing.
    pub(super) async fn allowed_tools(&self, context: &RequestContext<RoleServer>) -> (Vec<Definition>, u64) {
        let ignores_scopes = self.shared.policy.ignore_scopes;
        let scopes = if ignores_scopes { None } else { self.shared.scopes.fetch(&self.shared.ctx).await };
        let ttl_ms = if ignores_scopes || scopes.is_some() { TOOLS_TTL_MS } else { INCOMPLETE_TTL_MS };
        let call = CallContext { scopes, ..self.caller_context(context) };
        let all = self.shared.ctx.tools.iter().zip(self.shared.definitions());
        // A channel is set up by a command of its own, while the server runs.
        let awaits_channel =
            self.shared.policy.handoff.way == HandoffWay::Channel && !channel::is_set_up(&self.shared.ctx).await;
        let is_ready = |tool: &ToolInfo| !awaits_channel || tool.toolset != Toolset::Handoff;
        let allowed = all.filter(|(tool, _)| call.denied(tool).is_none() && is_ready(tool));
        let ttl_ms = if awaits_channel { INCOMPLETE_TTL_MS } else { ttl_ms };
        (allowed.map(|(_, definition)| definition.clone()).collect(), ttl_ms)
    }

    /// The names of the tools that the caller cannot use, as far as is known without a request to HubSpot.
    pub(super) fn denied_tools(&self, call: &CallContext) -> Vec<&'static str> {
        self.shared.ctx.tools.iter().filter(|tool| call.denied(tool).is_some()).map(|tool| tool.name).collect()
    }

    /// The names of the caller's tools that are similar to this one.
    pub(super) fn similar_tools(&self, name: &str, context: &RequestContext<RoleServer>) -> Vec<&'static str> {
        let call = self.caller_context(context);
        let allowed = self.shared.ctx.tools.iter().filter(|tool| call.denied(tool).is_none());
        policy::similar(allowed.map(|tool| tool.name), name)
    }

    /// True if the caller can use the tool of this name.
    pub(super) fn allows(&self, call: &CallContext, name: &str) -> bool {
        self.shared.ctx.tools.iter().any(|tool| tool.name == name && call.denied(tool).is_none())
    }

    /// The documents, or none for a caller that may not search them: a denied tool's data is no open resource.
    pub(super) fn documents(&self, call: &CallContext) -> Documents {
        if self.allows(call, resource::DOCUMENTS_READER) {
            self.shared.ctx.documents.clone()
        } else {
            Documents::none()
        }
    }

    /// Lists are public unless callers can see different ones.
    pub(super) fn list_scope(&self) -> CacheScope {
        if self.shared.lists_differ { CacheScope::Private } else { CacheScope::Public }
    }
}

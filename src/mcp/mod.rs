//! The MCP server: the only module that names `rmcp`.
//!
//! A client reaches it over [`stdio`] or [`http`] (and, there, over the old HTTP+SSE transport); all serve the same
//! [`Server`], whose methods rmcp calls in `handler`. On the way of one call:
//!
//! - `line` and `message` read what was sent; `invalid_params` and `handshake` say what of it is no request that can be served;
//! - `auth` says who calls and what they may do, `guard` gives the call a place, a deadline and a net for panics;
//! - `tool_call` runs the tool, and asks the person where the tool needs an answer (`question`, `state`);
//! - `progress` and `subscriptions` carry what the client is told beside its answers.

pub mod call_limits;
pub mod http;
pub mod stdio;

mod auth;
mod completion;
mod definition;
mod elicitation;
mod first_write;
#[cfg(feature = "conformance")]
mod fixtures;
mod handler;
mod handshake;
mod invalid_params;
mod job_prompts;
mod jsonrpc;
mod line_codec;
mod page;
mod progress;
mod prompt;
mod request_state;
mod resource;
mod result_limit;
mod schema;
mod scopes;
mod session_resource;
mod subscriptions;
mod tool_call;

use std::sync::Arc;

use rmcp::ErrorData;
use rmcp::model::Tool as Definition;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::change_feed::ChangeFeed;
use crate::tool::policy::ToolPolicy;
use crate::tool::{Ctx, Entry, Registry};
use crate::tools;
use call_limits::CallLimits;
use completion::Completions;
use request_state::StateSigner;
use scopes::Scopes;
use subscriptions::Session;
use taskgraph::collection::Taskgraphs;

pub use completion::{Asked, Completer};
pub use request_state::KeyTooShort;

/// What every session shares. A clone is a few pointers.
#[derive(Clone, Debug)]
pub struct Server {
    ctx: Ctx,
    tools: Registry,
    definitions: Arc<Vec<Definition>>,
    taskgraphs: Arc<Taskgraphs>,
    completions: Arc<Completions>,
    changes: ChangeFeed,
    limits: CallLimits,
    signer: StateSigner,
    /// What this one session listens to.
    session: Session,
    /// What the operator opens to everybody.
    policy: Arc<ToolPolicy>,
    scopes: Scopes,
    /// Whether lists depend on who asks.
    lists_differ: bool,
    /// Cancelled when no more calls are taken: what only waits ends then.
    closing: CancellationToken,
}

impl Server {
    pub fn new(ctx: Ctx, taskgraphs: Arc<Taskgraphs>, limits: CallLimits) -> Server {
        let tools = tools::all();
        let ctx = Ctx { taskgraphs: taskgraphs.clone(), tools: tools.clone(), ..ctx };
        let server = Server {
            changes: ctx.changes.clone(),
            ctx,
            definitions: definitions(&tools),
            tools,
            completions: Arc::new(completion::completions()),
            limits,
            signer: StateSigner::new(),
            session: Session::default(),
            policy: Arc::default(),
            scopes: Scopes::default(),
            lists_differ: false,
            closing: CancellationToken::new(),
            taskgraphs,
        };
        #[cfg(feature = "conformance")]
        let server = server.with_tools(fixtures::plain_tools().into_iter().chain(fixtures::asking_tools()).collect());
        server
    }

    /// The same server with more tools behind its own.
    #[must_use]
    pub fn with_tools(mut self, more: Vec<Entry>) -> Server {
        self.tools = tools::all().with(more);
        self.ctx.tools = self.tools.clone();
        self.definitions = definitions(&self.tools);
        self
    }

    /// With only what the operator opens. Who can be asked is then shown more tools than who cannot.
    #[must_use]
    pub fn with_policy(self, policy: Arc<ToolPolicy>) -> Server {
        Server { lists_differ: self.lists_differ || policy.confirm_writes, policy, ..self }
    }

    /// Where changes are announced to this server's clients.
    pub fn change_feed(&self) -> ChangeFeed {
        self.changes.clone()
    }

    /// Completes `argument` of the prompt or resource template `of`.
    #[must_use]
    pub fn completing(mut self, of: &str, argument: &str, completer: Completer) -> Server {
        Arc::make_mut(&mut self.completions).insert(of, argument, completer);
        self
    }

    /// Signs what clients carry between a question and its answer with a key that all replicas share.
    pub fn with_state_key(mut self, key: &SecretString) -> Result<Server, KeyTooShort> {
        self.signer = StateSigner::with_key(key)?;
        Ok(self)
    }

    /// The server as one more session sees it.
    fn session(&self) -> Server {
        Server { session: Session::default(), ..self.clone() }
    }
}

fn definitions(tools: &[Entry]) -> Arc<Vec<Definition>> {
    Arc::new(tools.iter().map(definition::of).collect())
}

/// Names come from outside: they are shown in part, and as data.
fn unknown(kind: &str, name: &str) -> ErrorData {
    let name: String = name.chars().take(80).collect();
    ErrorData::invalid_params(format!("there is no {kind} `{name}`"), None)
}

//! The state of the MCP server: what all sessions share, and what each session has of its own.

use std::sync::{Arc, OnceLock};

use rmcp::model::Tool as Definition;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::call_limits::CallLimits;
use super::completion::{Completer, Completions};
use super::request_state::{InvalidStateKey, StateSigner};
use super::scopes::Scopes;
use super::subscriptions::LegacySubscription;
use super::{completers, definition};
use crate::change_feed::ChangeFeed;
use crate::tool::policy::ToolPolicy;
use crate::tool::{Ctx, Entry};
use crate::tools;
use taskgraph::collection::Taskgraphs;

/// The MCP server as one session sees it. A clone copies two pointers.
#[derive(Clone, Debug)]
pub struct Server {
    pub(super) shared: Arc<Shared>,
    /// The changes that this session subscribed to, in revisions before 2026-07-28.
    pub(super) subscription: LegacySubscription,
}

/// The state that all sessions share.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    pub(super) ctx: Ctx,
    definitions: OnceLock<Vec<Definition>>,
    pub(super) completions: Completions,
    pub(super) limits: CallLimits,
    pub(super) signer: StateSigner,
    /// The operator's choice of tools, the same for every caller.
    pub(super) policy: Arc<ToolPolicy>,
    pub(super) scopes: Scopes,
    /// True if two callers can see different lists.
    pub(super) lists_differ: bool,
    /// Cancelled when no more calls are accepted; ends subscriptions and pending elicitations.
    pub(super) closing: CancellationToken,
}

impl Server {
    /// Creates a server with all tools. `taskgraphs` replaces those of `ctx`.
    pub fn new(ctx: Ctx, taskgraphs: Arc<Taskgraphs>, limits: CallLimits) -> Server {
        let shared = Shared {
            ctx: Ctx { taskgraphs, tools: tools::all(), ..ctx },
            definitions: OnceLock::new(),
            completions: completers::built_in(),
            limits,
            signer: StateSigner::new(),
            policy: Arc::default(),
            scopes: Scopes::default(),
            lists_differ: false,
            closing: CancellationToken::new(),
        };
        let server = Server { shared: Arc::new(shared), subscription: LegacySubscription::default() };
        #[cfg(feature = "conformance")]
        let server = server.with_tools(super::fixtures::tools());
        server
    }

    /// Serves `more` behind the built-in tools. A second call replaces the tools of the first.
    #[must_use]
    pub fn with_tools(self, more: Vec<Entry>) -> Server {
        self.edit(|shared| {
            shared.ctx.tools = tools::all().with(more);
            shared.definitions = OnceLock::new();
        })
    }

    /// Restricts the tools to the operator's choice. With `confirm_writes`, clients without elicitation are shown fewer
    /// tools, so lists differ between callers.
    #[must_use]
    pub fn with_policy(self, policy: Arc<ToolPolicy>) -> Server {
        self.edit(|shared| {
            shared.lists_differ |= policy.confirm_writes;
            shared.policy = policy;
        })
    }

    /// The feed through which this server's clients are told of changes.
    pub fn change_feed(&self) -> ChangeFeed {
        self.shared.ctx.changes.clone()
    }

    /// Adds a completer for `argument` of the prompt or resource template named `of`.
    #[must_use]
    pub fn completing(self, of: &str, argument: &str, completer: Completer) -> Server {
        self.edit(|shared| shared.completions.insert(of, argument, completer))
    }

    /// Signs request state with a key of at least 32 bytes that all replicas share.
    pub fn with_state_key(self, key: &SecretString) -> Result<Server, InvalidStateKey> {
        let signer = StateSigner::with_key(key)?;
        Ok(self.edit(|shared| shared.signer = signer))
    }

    /// The same server for one more session.
    pub(super) fn new_session(&self) -> Server {
        Server { shared: self.shared.clone(), subscription: LegacySubscription::default() }
    }

    /// Changes the shared state. Servers that were cloned before keep the old one.
    pub(super) fn edit(self, change: impl FnOnce(&mut Shared)) -> Server {
        let mut shared = Arc::unwrap_or_clone(self.shared);
        change(&mut shared);
        Server { shared: Arc::new(shared), ..self }
    }
}

impl Shared {
    /// The tools as clients see them, in the order of the registry. They are built at the first list, not at the start.
    pub(super) fn definitions(&self) -> &[Definition] {
        self.definitions.get_or_init(|| self.ctx.tools.iter().map(definition::of).collect())
    }
}

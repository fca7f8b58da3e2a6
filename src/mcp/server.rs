//! The state of the MCP server: what all sessions share, and what each session has of its own.

use std::sync::{Arc, OnceLock};

use rmcp::model::{ServerConfig, Tool as Definition};
use secrecy::SecretString;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::call_limits::CallLimits;
use super::caller_quotas::CallerQuotas;
use super::completion::{Completer, Completions};
use super::readiness::Readiness;
use super::request_state::InvalidStateKey;
use super::scopes::Scopes;
use super::state_keys::StateKeys;
use super::subscriptions::{LegacySubscription, SUBSCRIPTIONS};
use super::used_answers::UsedAnswers;
use super::{completers, definition, server_info};
use crate::change_feed::ChangeFeed;
use crate::log_throttle::LogThrottle;
use crate::tool::policy::ToolPolicy;
use crate::tool::view::ToolViews;
use crate::tool::{Ctx, ToolEntry};
use crate::tools;
use taskgraph::collection::Taskgraphs;

/// Calls of one session that wait for a person's answer at once: a person answers one after the other.
const QUESTIONS_OF_SESSION_MAX: usize = 64;

/// The MCP server as one session sees it. A clone copies two pointers.
#[derive(Clone, Debug)]
pub struct Server {
    pub(super) shared: Arc<ServerState>,
    /// The changes that this session subscribed to, in revisions before 2026-07-28.
    pub(super) subscription: LegacySubscription,
    /// Places of this session for calls that wait for a person's answer.
    pub(super) questions: Arc<Semaphore>,
}

/// The state that all sessions share.
#[derive(Clone, Debug)]
pub(super) struct ServerState {
    pub(super) ctx: Ctx,
    definitions: OnceLock<Vec<Definition>>,
    /// What brains in this process are shown of the tools.
    pub(super) views: Arc<ToolViews>,
    description: OnceLock<ServerConfig>,
    pub(super) completions: Completions,
    pub(super) limits: CallLimits,
    pub(super) state_keys: StateKeys,
    /// Says of request states that were refused, once in a while.
    pub(super) refused_states: Arc<LogThrottle<()>>,
    /// The accepted answers that are good no more.
    pub(super) used_answers: Arc<UsedAnswers>,
    /// The operator's choice of tools, the same for every caller.
    pub(super) policy: Arc<ToolPolicy>,
    pub(super) scopes: Scopes,
    pub(super) readiness: Readiness,
    /// Subscriptions and legacy sessions that are told of changes.
    pub(super) subscriptions: CallerQuotas,
    /// True if two callers can see different lists.
    pub(super) lists_differ: bool,
    /// Cancelled when no more calls are accepted; ends subscriptions and pending elicitations.
    pub(super) closing: CancellationToken,
}

impl Server {
    /// Creates a server with all tools. `taskgraphs` replaces those of `ctx`.
    pub fn new(ctx: Ctx, taskgraphs: Arc<Taskgraphs>, limits: CallLimits) -> Server {
        let ctx = Ctx { taskgraphs, tools: tools::all(), ..ctx };
        let shared = ServerState {
            readiness: Readiness::new(ctx.clone()),
            subscriptions: CallerQuotas::new(SUBSCRIPTIONS),
            ctx,
            definitions: OnceLock::new(),
            views: Arc::default(),
            description: OnceLock::new(),
            completions: completers::built_in(),
            limits,
            state_keys: StateKeys::default(),
            refused_states: Arc::default(),
            used_answers: Arc::default(),
            policy: Arc::default(),
            scopes: Scopes::default(),
            lists_differ: false,
            closing: CancellationToken::new(),
        };
        let server = Server::of(Arc::new(shared));
        #[cfg(feature = "conformance")]
        let server = server.with_tools(super::fixtures::tools());
        server
    }

    /// Serves `more` behind the built-in tools. A second call replaces the tools of the first.
    #[must_use]
    pub fn with_tools(self, more: Vec<ToolEntry>) -> Server {
        self.edit(|shared| {
            shared.ctx.tools = tools::all().with(more);
            shared.definitions = OnceLock::new();
            shared.views = Arc::default();
            shared.description = OnceLock::new();
        })
    }

    /// Restricts the tools to the operator's choice. Where a person has to agree, clients without elicitation are
    /// shown fewer tools, so lists differ between callers.
    #[must_use]
    pub fn with_policy(self, policy: Arc<ToolPolicy>) -> Server {
        self.edit(|shared| {
            shared.lists_differ |= policy.depends_on_client();
            shared.policy = policy;
            shared.description = OnceLock::new();
        })
    }

    /// Has the tools work in this context, such as one that keeps sessions in another store.
    #[must_use]
    pub fn with_context(self, ctx: Ctx) -> Server {
        self.edit(|shared| shared.ctx = ctx)
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
        let state_keys = StateKeys::given(key)?;
        Ok(self.edit(|shared| shared.state_keys = state_keys))
    }

    /// Returns a handle on this server for one more session.
    pub(super) fn new_session(&self) -> Server {
        Server::of(self.shared.clone())
    }

    fn of(shared: Arc<ServerState>) -> Server {
        let questions = Arc::new(Semaphore::new(QUESTIONS_OF_SESSION_MAX));
        Server { shared, subscription: LegacySubscription::default(), questions }
    }

    /// Through which the parts of the server tell how they are.
    pub fn readiness(&self) -> Readiness {
        self.shared.readiness.clone()
    }

    /// Changes the shared state. Servers that were cloned before keep the old one.
    pub(super) fn edit(self, change: impl FnOnce(&mut ServerState)) -> Server {
        let mut shared = Arc::unwrap_or_clone(self.shared);
        change(&mut shared);
        Server { shared: Arc::new(shared), ..self }
    }
}

impl ServerState {
    /// The tools as clients see them, in the order of the registry. They are built at the first list, not at the start.
    pub(super) fn definitions(&self) -> &[Definition] {
        self.definitions.get_or_init(|| self.ctx.tools.iter().map(definition::of).collect())
    }

    /// The server's description. It is built once: rmcp asks for it at every request over HTTP.
    pub(super) fn description(&self) -> &ServerConfig {
        self.description.get_or_init(|| {
            let policy = &self.policy;
            let served = self.ctx.tools.iter().filter(|tool| policy.permissions.admit(tool) && policy.serves(tool));
            server_info::config(&served.map(|tool| tool.name).collect())
        })
    }
}

//! Everything that the attempts of one process share.

use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hubspot_client::{CallerKey, HubSpot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::desks::Desks;
use super::live::LiveChats;
use super::rules::Rules;
use super::settings::Settings;
use super::watcher::TurnWatcher;
use crate::chat::desk::{DeskSettings, NewBrain, UnknownGraph};
use crate::chat::limits::TurnLimits;
use crate::chat::persona::Persona;
use crate::chat::visitor::Trust;
use crate::mcp::Server;
use crate::store::conversations::Debounce;
use crate::tool::Ctx;
use crate::tool::call_context::CallContext;
use crate::tool::caller::Caller;
use crate::tool::on_behalf_of::OnBehalfOf;
use crate::tool::policy::ToolPolicy;

/// The name under which the autopilot and its tools use HubSpot's quota.
const QUOTA: &str = "autopilot";
/// The earlier messages that a model is shown, and their tokens: those of this matter.
const WINDOW_MESSAGES: usize = 30;
const WINDOW_TOKENS: usize = 6_000;
/// The longest time of the requests of one step.
pub const STEP_MAX: Duration = Duration::from_secs(20);
/// The pauses after failures of HubSpot: the first, and the longest.
const FAILED_FIRST: Duration = Duration::from_secs(5);
const FAILED_MAX: Duration = Duration::from_secs(5 * 60);

/// The autopilot of one process.
#[derive(Debug)]
pub struct Autopilot {
    pub(super) settings: Settings,
    pub(super) desks: Desks,
    pub(super) live: LiveChats,
    pub(super) watcher: TurnWatcher,
    /// Cancelled when attempts under way are given up, because the process ends.
    pub(super) cut: CancellationToken,
    ctx: Ctx,
    failures: AtomicU32,
    /// The reasons for which leads were given up, of which the log tells.
    refusals: Mutex<BTreeSet<&'static str>>,
}

/// The parts of the server that the autopilot stands on.
#[derive(Debug)]
pub struct Parts {
    /// The server, whose tools are called.
    pub server: Server,
    /// The context of its calls.
    pub ctx: Ctx,
    /// The operator's policy.
    pub policy: Arc<ToolPolicy>,
    /// The persona of a model.
    pub persona: Persona,
    /// The longest time of one turn.
    pub turn_max: Duration,
}

impl Autopilot {
    /// An autopilot with these settings. Without a brain the one without a model answers.
    ///
    /// # Errors
    /// There is no such taskgraph.
    pub async fn new(settings: Settings, parts: Parts, brain: Option<NewBrain>) -> Result<Autopilot, UnknownGraph> {
        let desk = DeskSettings {
            graph: settings.graph.clone(),
            persona: parts.persona,
            limits: TurnLimits {
                window_messages: WINDOW_MESSAGES,
                window_tokens: WINDOW_TOKENS,
                time: parts.turn_max,
                ..TurnLimits::default()
            },
            trust: Trust::Claimed,
            representative: settings.representative.clone(),
        };
        let call = CallContext { policy: parts.policy.clone(), ..CallContext::default() };
        let desks = Desks::new(parts.server, parts.policy, desk, brain);
        desks.of(&settings.usual, settings.usual.mode).await?;
        let ctx = Ctx { call, ..parts.ctx };
        Ok(Autopilot {
            settings,
            desks,
            live: LiveChats::default(),
            watcher: TurnWatcher::default(),
            cut: CancellationToken::new(),
            ctx,
            failures: AtomicU32::new(0),
            refusals: Mutex::default(),
        })
    }

    /// The same that tells of its turns.
    #[must_use]
    pub fn watched_by(self, watcher: TurnWatcher) -> Autopilot {
        Autopilot { watcher, ..self }
    }

    /// The time for which a customer who may still be writing is waited for, whichever way they write.
    pub fn debounce(&self) -> Debounce {
        let Rules { chat, mail, .. } = &self.settings.rules;
        Debounce { quiet: chat.quiet.min(mail.quiet), longest: chat.longest.min(mail.longest) }
    }

    /// The name of the taskgraph; `None` for the default one.
    pub fn graph(&self) -> Option<&str> {
        self.settings.graph.as_deref()
    }

    /// The context of one step, with its deadline.
    pub(super) fn step(&self) -> Ctx {
        let hubspot: HubSpot = self.ctx.hubspot.for_call(Instant::now() + STEP_MAX).charged_to(quota());
        Ctx { hubspot, ..self.ctx.clone() }
    }

    /// The context of one attempt at a conversation: its writes are told together in the audit trail.
    pub(super) fn attempt_ctx(&self) -> Ctx {
        let caller = Caller::for_customer(QUOTA, OnBehalfOf::Operator);
        let call = CallContext { id: Uuid::now_v7().simple().to_string(), caller, ..self.ctx.call.clone() };
        Ctx { call, ..self.step() }
    }

    /// The context without a deadline, for the store and the clock.
    pub(super) fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// The ids of this server's own messages in a conversation, whichever part of it has sent them.
    pub(super) async fn own_messages(&self, thread: &str) -> Result<HashSet<String>, crate::store::Error> {
        Ok(self.ctx.store.own_message_ids(thread).await?.into_iter().collect())
    }

    /// The pause after a failure of HubSpot, longer with every one.
    pub(super) fn pause_after(&self, error: &hubspot_client::Error) -> Duration {
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).min(10);
        let usual = FAILED_FIRST.saturating_mul(2_u32.saturating_pow(failures)).min(FAILED_MAX);
        match error {
            hubspot_client::Error::RateLimited { retry_after } => (*retry_after).min(FAILED_MAX),
            hubspot_client::Error::DailyLimit { retry_after, .. } => (*retry_after).clamp(FAILED_FIRST, 3 * FAILED_MAX),
            _ => usual,
        }
    }

    /// True if the log has not yet told of a lead that was given up for this reason.
    pub(super) fn is_first_refusal(&self, reason: &'static str) -> bool {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).insert(reason)
    }

    /// HubSpot has answered: the next failure is the first again.
    pub(super) fn succeeded(&self) {
        self.failures.store(0, Ordering::Relaxed);
    }
}

/// The caller as whom HubSpot is asked: it leaves a part of the quota to people's tools.
pub(super) fn quota() -> CallerKey {
    CallerKey::yielding(QUOTA)
}

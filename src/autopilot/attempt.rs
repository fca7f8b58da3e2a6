//! The state of one attempt at a conversation, and the steps that all its ways share.

use std::collections::HashSet;
use std::time::Duration;

use hubspot_client::Readers;
use tokio::time::Instant;

use super::decide::{self, AutopilotDecision, Decided, InboxSituation, Mode};
use super::failed::Failed;
use super::held_claim::HeldClaim;
use super::load::{self, LoadedConversation};
use super::memory::ConversationMemory;
use super::pilot::{Autopilot, STEP_MAX};
use super::record::{self, MessageOutcome};
use super::settings::InboxSettings;
use super::switches;
use crate::conversations::{reply_permission, reply_route, sender};
use crate::store::autopilot::ThreadRow;
use crate::tool::Ctx;
use domain::id::ThreadId;

/// The next state of the conversation's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// No message of the customer waits any more.
    Done,
    /// Its time has not come.
    Postpone(Duration),
}

/// An attempt under way.
pub(super) struct Attempt<'a> {
    pub(super) pilot: &'a Autopilot,
    /// The call that its steps share.
    pub(super) call: &'a Ctx,
    pub(super) claim: &'a HeldClaim,
    pub(super) thread: ThreadId,
    pub(super) row: ThreadRow,
    pub(super) memory: ConversationMemory,
    pub(super) inbox: InboxSettings,
    pub(super) begun_ms: i64,
    pub(super) has_handoff: bool,
}

pub(super) fn now_ms(ctx: &Ctx) -> i64 {
    ctx.clock.now().timestamp_millis()
}

impl Attempt<'_> {
    /// The context of one step, with a deadline of its own.
    pub(super) fn step(&self) -> Ctx {
        let hubspot = self.call.hubspot.until(Instant::now() + STEP_MAX);
        Ctx { hubspot, ..self.call.clone() }
    }

    /// Decides about the conversation as it was read. A second look waits for nobody and counts no turn.
    pub(super) fn decide(&self, seen: &LoadedConversation, is_second_look: bool) -> Decided {
        decide::decide(&self.situation(seen, is_second_look))
    }

    pub(super) fn situation<'s>(&'s self, seen: &'s LoadedConversation, is_second_look: bool) -> InboxSituation<'s> {
        InboxSituation {
            entries: &seen.entries,
            assigned_to: seen.thread.assigned_to.as_ref().map(|actor| actor.as_str()),
            is_spam: seen.thread.is_spam,
            mode: self.inbox.mode,
            memory: &self.memory,
            begun_ms: self.begun_ms,
            has_handoff: self.has_handoff,
            is_last_attempt: self.claim.get().is_last(),
            rules: &self.pilot.settings.rules,
            now_ms: now_ms(self.pilot.ctx()),
            is_second_look,
        }
    }

    /// Decides as if no hand-over was under way.
    pub(super) fn decide_past_handing(&self, seen: &LoadedConversation) -> AutopilotDecision {
        let mut memory = self.memory.clone();
        memory.handing = None;
        // The message that began it still waits for this.
        memory.handled = None;
        memory.handled_ms = 0;
        let situation = self.situation(seen, true);
        decide::decide(&InboxSituation { memory: &memory, is_last_attempt: false, ..situation }).decision
    }

    /// Ends the attempt if an operator has paused the conversation since it began. It goes on where it was.
    pub(super) async fn unless_paused(&self) -> Result<(), Failed> {
        let switches = switches::of(&self.pilot.ctx().store, self.thread.as_str(), &self.row.inbox).await?;
        if switches::are_paused(&switches) { Err(Failed::Paused) } else { Ok(()) }
    }

    /// Reads the messages anew and decides again, unless it was paused; nothing between this and what follows but the store's
    /// check of the claim.
    pub(super) async fn look_again(
        &self,
        ctx: &Ctx,
        seen: &LoadedConversation,
    ) -> Result<(LoadedConversation, Decided), Failed> {
        let ours: HashSet<String> = self.pilot.own_messages(self.thread.as_str()).await?;
        let seen = load::again(ctx, seen, &ours).await?.ok_or(Failed::Gone)?;
        self.unless_paused().await?;
        let decided = self.decide(&seen, true);
        Ok((seen, decided))
    }

    /// Notes a message of the customer as dealt with.
    pub(super) fn handled(&mut self, seen: &LoadedConversation, place: usize) {
        let entry = &seen.entries[place];
        self.memory.note_handled(&entry.id, entry.at_ms);
    }

    /// Keeps the memory under the claim.
    pub(super) async fn keep(&mut self) -> Result<(), Failed> {
        // A state of text, numbers and lists is always JSON.
        self.row.state = serde_json::to_string(&self.memory).unwrap_or_default();
        let kept = self.pilot.ctx().store.keep_autopilot_thread(&self.claim.get(), self.row.clone()).await?;
        if kept { Ok(()) } else { Err(Failed::Lost) }
    }

    /// Notes an outcome in the memory, the counts and the metrics.
    pub(super) async fn conclude(
        &mut self,
        outcome: MessageOutcome,
        reason: &str,
        seen: &LoadedConversation,
        first: usize,
    ) -> Result<(), Failed> {
        self.memory.note_outcome(outcome.name(), reason);
        self.keep().await?;
        let wait_ms = (now_ms(self.pilot.ctx()) - seen.entries[first].at_ms).max(0);
        record::count(&self.pilot.ctx().store, &self.row.inbox, outcome, reason, wait_ms).await;
        Ok(())
    }

    /// The way of a reply, if it may be sent at all.
    pub(super) async fn to_customer(&self, ctx: &Ctx, seen: &LoadedConversation) -> Result<Readers, Failed> {
        let policy = &ctx.call.policy;
        reply_permission::check(&ctx.hubspot, policy).await?;
        let sender = sender::find(&ctx.hubspot, policy).await?;
        let accounts = ctx.hubspot.conversations().channel_accounts().await?;
        Ok(Readers::Customer(reply_route::to_customer(&seen.thread, &seen.messages, &accounts, sender)?))
    }

    /// True if what is said is sent, and not only proposed.
    pub(super) fn replies(&self) -> bool {
        self.inbox.mode == Mode::Reply
    }
}

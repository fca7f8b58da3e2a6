//! One attempt at a conversation: it is read, decided about, and acted on.

use std::sync::Arc;
use std::time::Duration;

use super::attempt::{Attempt, Next, now_ms};
use super::decide::{AutopilotDecision, Decided};
use super::entry::ThreadEntry;
use super::failed::Failed;
use super::held_claim::HeldClaim;
use super::load::{self, LoadedConversation};
use super::memory::ConversationMemory;
use super::outbox::{self, UnknownSends};
use super::pilot::Autopilot;
use super::reason::{HandOverReason, Ignored, Silence};
use super::record::{self, MessageOutcome};
use super::settings::InboxSettings;
use super::{switches, unread_summary};
use crate::store::autopilot::{ThreadRow, thread_scope};
use crate::store::conversations::ConversationLease;
use crate::store::outbox::OutboxReply;
use crate::tool::run::{By, ToolRun};
use crate::tool::{Ctx, Effect, ToolInfo, Toolset};
use domain::id::ThreadId;

/// The attempt as a line of the audit trail names it.
const ATTEMPT: ToolInfo = ToolInfo {
    name: "autopilot",
    title: "Answer a conversation of the inbox",
    toolset: Toolset::Conversations,
    effect: Effect::Send,
    scopes: &[],
    optional_scopes: &[],
    customers: None,
};

/// Makes an attempt at the conversation of a claim. What it writes to HubSpot has a line in the audit trail, also where the
/// claim is lost half-way.
pub(super) async fn run(pilot: &Autopilot, claim: &HeldClaim, begun_ms: i64) -> Result<Next, Failed> {
    let ctx = Arc::new(pilot.attempt_ctx());
    let run = ToolRun::start(&ATTEMPT, By::Autopilot, &ctx);
    if let Err(unavailable) = run.audit_place() {
        return Err(Failed::Audit(unavailable.to_string()));
    }
    let made = attempt(pilot, &ctx, claim, begun_ms).await;
    run.end_as(made.as_ref().map_or_else(Failed::code, |_| "ok"));
    made
}

async fn attempt(pilot: &Autopilot, ctx: &Ctx, claim: &HeldClaim, begun_ms: i64) -> Result<Next, Failed> {
    let ConversationLease { thread: id, newest_message, .. } = claim.get();
    // HubSpot's ids are numbers; anything else came from nowhere.
    let Ok(thread) = id.parse::<ThreadId>() else { return Ok(Next::Done) };
    let row = ctx.store.autopilot_thread(&id).await?;
    let row = row.unwrap_or_else(|| ThreadRow { thread: id.clone(), ..ThreadRow::default() });
    let switches = switches::of(&ctx.store, &id, &row.inbox).await?;
    if switches::are_paused(&switches) {
        return Err(Failed::Paused);
    }
    let now_ms = now_ms(ctx);
    let mut memory = serde_json::from_str::<ConversationMemory>(&row.state).unwrap_or_default().of_today(now_ms);
    memory.given_back_ms = switches.iter().find(|switch| switch.scope == thread_scope(&id)).map(|switch| switch.at_ms);
    let handoff = ctx.store.handoff_at(["conversation", "channel"], &id).await?;
    let has_handoff = handoff.is_some_and(|session| !session.ended);
    let mut ours = pilot.own_messages(&id).await?;
    let seen = match load::from_poll(ctx, &thread, &newest_message, &ours).await {
        None => load::first(ctx, &thread, &ours).await?,
        seen => seen,
    };
    let Some(mut seen) = seen else {
        pilot.live.forget(&id);
        record::ignored(Ignored::Gone);
        return Ok(Next::Done);
    };
    pilot.succeeded();
    let mut replies = ctx.store.replies(&id).await?;
    if outbox::settle(&ctx.store, &replies, &seen.messages).await? {
        replies = ctx.store.replies(&id).await?;
        ours = pilot.own_messages(&id).await?;
        seen.entries = ThreadEntry::all(&seen.messages, &ours);
    }
    let inbox = inbox(ctx, pilot, &seen).await?;
    let contact = seen.thread.contact_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let row = ThreadRow { contact, inbox: seen.thread.inbox_id.clone(), ..row };
    let mut attempt = Attempt { pilot, call: ctx, claim, thread, row, memory, inbox, begun_ms, has_handoff };
    // The inbox of a new conversation is known only now.
    attempt.unless_paused().await?;
    let read = pilot.settings.leads.is_some().then(|| seen.clone());
    let pause = attempt.confirm_summary(&seen, &replies).await?;
    let next = unread_summary::beside(attempt.go(seen, &replies).await?, pause);
    if let (Next::Done, Some(read)) = (next, read) {
        claim.act();
        attempt.write_leads(&read).await?;
    }
    Ok(next)
}

async fn inbox(ctx: &Ctx, pilot: &Autopilot, seen: &LoadedConversation) -> Result<InboxSettings, Failed> {
    let inboxes = ctx.hubspot.conversations().inboxes().await?;
    let id = &seen.thread.inbox_id;
    let name = inboxes.iter().find(|inbox| inbox.id == *id).map(|inbox| inbox.name.clone()).unwrap_or_default();
    Ok(pilot.settings.inbox(id, &name).clone())
}

impl Attempt<'_> {
    async fn go(&mut self, seen: LoadedConversation, replies: &[OutboxReply]) -> Result<Next, Failed> {
        let mut decided = self.decide(&seen, false);
        // A reply whose end was not noted before a crash.
        if let Some(place) = outbox::answered(replies, &seen, &decided.pending) {
            self.handled(&seen, place);
            self.keep().await?;
            decided = self.decide(&seen, false);
        }
        let now_ms = now_ms(self.pilot.ctx());
        let is_silent = matches!(decided.decision, AutopilotDecision::Silent(_) | AutopilotDecision::Nothing(_));
        match outbox::open(replies, &seen, &decided.pending, now_ms) {
            UnknownSends::Wait(pause) => return Ok(Next::Postpone(pause)),
            UnknownSends::Unclear(place) if !is_silent => {
                return self.hand_over(&seen, place, HandOverReason::Unclear, String::new()).await;
            }
            UnknownSends::Unclear(_) | UnknownSends::None => {}
        }
        match decided.decision {
            AutopilotDecision::Nothing(why) => self.ignore(&seen, &decided, why).await,
            AutopilotDecision::Silent(why) => self.be_silent(&seen, &decided, why).await,
            AutopilotDecision::Wait(pause) => Ok(Next::Postpone(pause)),
            AutopilotDecision::GoOnHandingOver => {
                let next = self.go_on_handing_over(&seen, String::new()).await?;
                // What the customer has written since was not decided about.
                let has_more = next == Next::Done && !decided.pending.is_empty();
                Ok(if has_more { Next::Postpone(Duration::ZERO) } else { next })
            }
            AutopilotDecision::HandOver(reason) => {
                let newest = newest(&decided);
                self.hand_over(&seen, newest, reason, String::new()).await
            }
            AutopilotDecision::Files | AutopilotDecision::Answer { .. } if self.budget_is_spent().await? => {
                let newest = newest(&decided);
                self.hand_over(&seen, newest, HandOverReason::BudgetSpent, String::new()).await
            }
            AutopilotDecision::Files | AutopilotDecision::Answer { .. } => self.answer(seen, decided).await,
        }
    }

    async fn ignore(&mut self, seen: &LoadedConversation, decided: &Decided, why: Ignored) -> Result<Next, Failed> {
        record::ignored(why);
        if let (Some(newest), true) = (decided.pending.last(), why != Ignored::Off) {
            self.handled(seen, *newest);
            self.keep().await?;
        }
        Ok(Next::Done)
    }

    async fn be_silent(&mut self, seen: &LoadedConversation, decided: &Decided, why: Silence) -> Result<Next, Failed> {
        // The person who answers changes what its brain remembers.
        self.pilot.live.forget(self.thread.as_str());
        self.memory.session = None;
        self.memory.leads.leave();
        if let (Some(first), Some(newest)) = (decided.pending.first(), decided.pending.last()) {
            self.handled(seen, *newest);
            self.conclude(MessageOutcome::Silent, why.name(), seen, *first).await?;
        }
        Ok(Next::Done)
    }

    async fn budget_is_spent(&self) -> Result<bool, Failed> {
        let limit = self.pilot.settings.rules.tokens_per_day;
        if limit == 0 {
            return Ok(false);
        }
        let counts = self.pilot.ctx().store.autopilot_counts(1).await?;
        let spent: i64 = counts.iter().map(|count| count.tokens).sum();
        Ok(u64::try_from(spent).unwrap_or(0) >= limit)
    }
}

fn newest(decided: &Decided) -> usize {
    decided.pending.last().copied().unwrap_or_default()
}

//! A person goes on: the customer is told, colleagues read a summary, and somebody gets the conversation, in this order. Each
//! step is noted before the next one, so a restart goes on where it was.

use super::attempt::{Attempt, Next, now_ms};
use super::decide::{self, AutopilotDecision};
use super::failed::Failed;
use super::leads::evidence::ShownInTurn;
use super::load::LoadedConversation;
use super::memory::{Handing, UnreadSummary};
use super::outbox::{self, AnswerPart, LOOK_EVERY, Post, Posted};
use super::reason::{HandOverReason, Ignored};
use super::record::MessageOutcome;
use super::settings::HandOverTo;
use super::{history, summary, texts};
use crate::handoff::{customer, thread};
use crate::records::owner;
use crate::tool::Ctx;
use domain::id::UserId;
use domain::language::Language;
use hubspot_client::{ActorId, Readers, Record};

/// The steps, in their order.
const TELL: u8 = 0;
const SUMMARISE: u8 = 1;
const ASSIGN: u8 = 2;
const DONE: u8 = 3;

/// The summary for colleagues, before it is written.
pub(super) struct Summary<'a> {
    pub(super) part: AnswerPart,
    /// The customer's message that began the hand-over.
    pub(super) trigger: &'a str,
    pub(super) reason: HandOverReason,
    /// It is not known whether the customer was told.
    pub(super) untold: bool,
}

impl Attempt<'_> {
    /// Begins to hand over, because of the customer's message at this place. `lead` is said to the customer first.
    pub(super) async fn hand_over(
        &mut self,
        seen: &LoadedConversation,
        place: usize,
        reason: HandOverReason,
        lead: String,
    ) -> Result<Next, Failed> {
        let trigger = seen.entries[place].id.clone();
        self.handled(seen, place);
        let matter = self.decide(seen, true).matter;
        self.collect_leads(seen, matter, &trigger, &[], &ShownInTurn::default());
        self.memory.handing =
            Some(Handing { reason: reason.name().to_owned(), trigger, step: TELL, untold: false, unread: false });
        self.keep().await?;
        self.go_on_handing_over(seen, lead).await
    }

    /// Takes the steps that are left.
    pub(super) async fn go_on_handing_over(&mut self, seen: &LoadedConversation, lead: String) -> Result<Next, Failed> {
        let Some(mut handing) = self.memory.handing.clone() else { return Ok(Next::Done) };
        self.claim.act();
        let reason = HandOverReason::named(&handing.reason);
        let ctx = self.step();
        let customer = self.customer(&ctx, seen).await?;
        let mut known = seen.ids();
        // Words that a turn has prepared are said at once: the conversation was looked at for them.
        if lead.is_empty() {
            self.unless_paused().await?;
        }
        if handing.step == TELL {
            handing.untold = !self.tell(&ctx, seen, &handing, reason, lead, customer.is_some(), &mut known).await?;
            self.step_done(&mut handing, SUMMARISE).await?;
        }
        if handing.step == SUMMARISE {
            self.unless_paused().await?;
            let (trigger, untold) = (handing.trigger.as_str(), handing.untold);
            let summary = Summary { part: AnswerPart::Summary, trigger, reason, untold };
            handing.unread = !self.summarise(&ctx, seen, summary, customer.as_ref(), &mut known).await?;
            self.step_done(&mut handing, ASSIGN).await?;
        }
        if handing.step == ASSIGN {
            self.unless_paused().await?;
            let has_somebody = self.replies() && self.assign(&ctx, seen, customer.as_ref()).await?;
            self.memory.unread = (handing.unread && !has_somebody).then(|| UnreadSummary {
                reason: handing.reason.clone(),
                trigger: handing.trigger.clone(),
                untold: handing.untold,
            });
            self.step_done(&mut handing, DONE).await?;
        }
        self.memory.handing = None;
        self.memory.session = None;
        self.pilot.live.forget(self.thread.as_str());
        if self.replies() {
            self.memory.handed_over_ms = Some(now_ms(&ctx));
        }
        let place = seen.entries.iter().position(|entry| entry.id == handing.trigger).unwrap_or_default();
        let outcome = if self.replies() { MessageOutcome::HandedOver } else { MessageOutcome::Drafted };
        self.conclude(outcome, reason.name(), seen, place).await?;
        crate::conversations::resource::announce(&ctx.changes, &self.thread);
        Ok(if self.memory.unread.is_some() { Next::Postpone(LOOK_EVERY) } else { Next::Done })
    }

    async fn step_done(&mut self, handing: &mut Handing, next: u8) -> Result<(), Failed> {
        handing.step = next;
        self.memory.handing = Some(handing.clone());
        self.keep().await
    }

    /// The contact, where the customer is one.
    pub(super) async fn customer(&self, ctx: &Ctx, seen: &LoadedConversation) -> Result<Option<Record>, Failed> {
        let Some(contact) = &seen.thread.contact_id else { return Ok(None) };
        match ctx.hubspot.contacts().by_id(contact, &customer::PROPERTIES).await {
            // The id may be one of a visitor who is no contact yet.
            Err(hubspot_client::Error::NotFound) => Ok(None),
            found => Ok(found?),
        }
    }

    /// Tells the customer; `false` if they were not told, or nobody knows. Nobody talks over a person who has come, and what
    /// may have been sent is not sent again.
    #[expect(clippy::too_many_arguments, reason = "each is a fact of this one step")]
    async fn tell(
        &self,
        ctx: &Ctx,
        seen: &LoadedConversation,
        handing: &Handing,
        reason: HandOverReason,
        lead: String,
        is_known: bool,
        known: &mut Vec<String>,
    ) -> Result<bool, Failed> {
        if !self.replies() || !reason.tells_customer() {
            return Ok(false);
        }
        let language = self.language(seen);
        let told = texts::handed_over(&self.pilot.settings, &ctx.hours, ctx.clock.now(), language, is_known);
        let text = [Some(lead), told].into_iter().flatten().filter(|part| !part.trim().is_empty());
        let text = text.collect::<Vec<_>>().join("\n\n");
        if text.is_empty() {
            return Ok(false);
        }
        let lock = ctx.hubspot.conversations().lock(&self.thread).await;
        let now = self.look_past_handing(ctx, seen).await?;
        let Some(now) = now else { return Ok(false) };
        let to = match self.to_customer(ctx, &now).await {
            Ok(to) => to,
            Err(Failed::Conversation(_)) => return Ok(false),
            Err(error) => return Err(error),
        };
        *known = now.ids();
        let post =
            Post { trigger: &handing.trigger, part: AnswerPart::HandedOver, to, text: &text, known: known.clone() };
        match outbox::post(ctx, &self.claim.get(), &now, post, lock).await? {
            Posted::Sent(id) => {
                known.push(id);
                Ok(true)
            }
            Posted::Unclear | Posted::Refused(_) => Ok(false),
            Posted::Lost => Err(Failed::Lost),
            Posted::NotSent(error) => Err(error.into()),
        }
    }

    /// The conversation as it is now; `None` if a person is at it.
    async fn look_past_handing(
        &self,
        ctx: &Ctx,
        seen: &LoadedConversation,
    ) -> Result<Option<LoadedConversation>, Failed> {
        let ours = self.pilot.own_messages(self.thread.as_str()).await?;
        let now = super::load::again(ctx, seen, &ours).await?.ok_or(Failed::Gone)?;
        let decision = self.decide_past_handing(&now);
        let is_persons =
            matches!(decision, AutopilotDecision::Silent(_) | AutopilotDecision::Nothing(Ignored::Answered));
        Ok((!is_persons).then_some(now))
    }

    /// Leaves the summary for colleagues; false if nobody knows whether HubSpot has it.
    pub(super) async fn summarise(
        &self,
        ctx: &Ctx,
        seen: &LoadedConversation,
        Summary { part, trigger, reason, untold }: Summary<'_>,
        customer: Option<&Record>,
        known: &mut Vec<String>,
    ) -> Result<bool, Failed> {
        let facts = summary::SummaryFacts {
            reason,
            customer: customer.map(summary::name),
            url: summary::contact_url(ctx, customer).await,
            language: self.language(seen),
            written: &self.memory.written,
            untold: untold && self.replies(),
            entries: &seen.entries,
        };
        let text = summary::of(&facts);
        let lock = ctx.hubspot.conversations().lock(&self.thread).await;
        let post = Post { trigger, part, to: Readers::Colleagues, text: &text, known: known.clone() };
        match outbox::post(ctx, &self.claim.get(), seen, post, lock).await? {
            Posted::Sent(id) => {
                known.push(id);
                Ok(true)
            }
            // An assignment tells them too; a second comment could be a double.
            Posted::Unclear => Ok(false),
            Posted::Refused(error) => {
                tracing::warn!(
                    "HubSpot refuses the comment for colleagues of a conversation that is handed over: {error}."
                );
                Ok(true)
            }
            Posted::Lost => Err(Failed::Lost),
            Posted::NotSent(error) => Err(error.into()),
        }
    }

    /// Gives the conversation to whom the settings say, unless somebody has it; false if nobody has it now.
    async fn assign(&self, ctx: &Ctx, seen: &LoadedConversation, customer: Option<&Record>) -> Result<bool, Failed> {
        let assigned = match &self.inbox.hand_over_to {
            HandOverTo::Nobody => Ok(seen.thread.assigned_to.clone()),
            HandOverTo::Owner => thread::assign(ctx, &seen.thread, customer).await,
            HandOverTo::User(user) => self.assign_to(ctx, seen, customer, user).await,
        };
        match assigned {
            Ok(assignee) => Ok(decide::is_person(&self.pilot.settings.rules, assignee.as_ref().map(ActorId::as_str))),
            Err(crate::handoff::error::Error::HubSpot(
                hubspot_client::Error::NotFound | hubspot_client::Error::Rejected { .. },
            )) => {
                tracing::warn!(
                    "A conversation that was handed over could not be assigned; its comment says that it waits."
                );
                Ok(false)
            }
            Err(crate::handoff::error::Error::HubSpot(error)) => Err(error.into()),
            Err(error) => {
                tracing::warn!(%error, "A conversation that was handed over could not be assigned; its comment says that it waits.");
                Ok(false)
            }
        }
    }

    async fn assign_to(
        &self,
        ctx: &Ctx,
        seen: &LoadedConversation,
        customer: Option<&Record>,
        user: &str,
    ) -> Result<Option<hubspot_client::ActorId>, crate::handoff::error::Error> {
        if let Some(owner) = thread::assign(ctx, &seen.thread, customer).await? {
            return Ok(Some(owner));
        }
        let id = match user.parse::<UserId>() {
            Ok(id) => Some(id),
            Err(_) => match owner::find(ctx, user).await {
                Ok(owner) => ctx.hubspot.owners().by_id(&owner).await?.and_then(|owner| owner.user_id),
                Err(_) => None,
            },
        };
        let Some(id) = id else {
            tracing::warn!("`hand_over_to` names a user whom HubSpot does not know; the conversation is nobody's.");
            return Ok(None);
        };
        ctx.hubspot.conversations().assign(&seen.thread.id, Some(&id)).await?;
        Ok(Some(hubspot_client::ActorId::agent(&id)))
    }

    fn language(&self, seen: &LoadedConversation) -> Language {
        if let Some(spoken) = history::language(&seen.entries, self.decide(seen, true).matter) {
            return spoken;
        }
        let known = self.memory.language.as_deref();
        Language::ALL
            .into_iter()
            .find(|language| Some(language.code()) == known)
            .unwrap_or(self.pilot.settings.language)
    }
}

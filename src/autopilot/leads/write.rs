//! Writes what a conversation has shown into its own contact, or tells what would be written, once. What was begun before a
//! crash goes on: the contact is read again, and only what is still as it was is written.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::comment::{self, LeadOutcome};
use super::gate::{self, LeadGate};
use super::plan::{self, LeadPlan};
use super::refusal::{self, AfterRefusal};
use super::rules::LeadSettings;
use super::told::ToldLeads;
use crate::autopilot::attempt::Attempt;
use crate::autopilot::decide::{self, Mode};
use crate::autopilot::failed::Failed;
use crate::autopilot::load::LoadedConversation;
use crate::autopilot::outbox::{self, AnswerPart, Post, Posted};
use crate::autopilot::record::{self, LeadEnd};
use crate::records::changes;
use crate::records::edit::Edits;
use crate::records::error::Error as RecordError;
use crate::tool::Ctx;
use domain::id::RecordId;
use hubspot_client::{Error, KeyLock, Object, Readers, Record};

/// Why values are told and not written.
const DRAFT: &str = "the inbox is only drafted for";
const DRY: &str = "`write` of `[leads]` is off";
const DRY_RUN: &str = "the server runs with `--dry-run`";
const CLOSED: &str = "the server's flags do not let contacts be changed without a person's word";

/// The values that an account's properties take, and the problems of those that none does.
struct ReadValues {
    edits: Edits,
    misfits: Vec<String>,
}

impl Attempt<'_> {
    /// Writes or tells the values that wait, if there are any. A refusal that no later try could change ends it, and the operator
    /// is told.
    pub(in crate::autopilot) async fn write_leads(&mut self, seen: &LoadedConversation) -> Result<(), Failed> {
        let Some(leads) = self.pilot.settings.leads.as_ref().filter(|_| !self.memory.leads.wanted.is_empty()) else {
            return Ok(());
        };
        match self.try_leads(leads, seen).await {
            Err(Failed::HubSpot(error)) => match refusal::after(&error, self.memory.leads.failures) {
                AfterRefusal::GiveUp(reason) => self.give_up(seen, reason, &error).await,
                AfterRefusal::Again { counts } => {
                    self.memory.leads.failures += u32::from(counts);
                    self.keep().await?;
                    Err(error.into())
                }
            },
            done => done,
        }
    }

    async fn try_leads(&mut self, leads: &LeadSettings, seen: &LoadedConversation) -> Result<(), Failed> {
        let ctx = self.step();
        let Some(contact) = self.contact(&ctx).await? else {
            // The next message that shows something may come when there is one.
            self.memory.leads.leave();
            return self.keep().await;
        };
        let values = self.values(&ctx).await?;
        let dry = self.is_dry(&ctx, leads);
        if self.plan(leads, seen, &contact, &values.edits, dry).is_empty() && values.misfits.is_empty() {
            return self.end_leads(None).await;
        }
        let lock = ctx.hubspot.conversations().lock(&self.thread).await;
        let (now, _) = self.look_again(&ctx, seen).await?;
        let plan = self.plan(leads, &now, &contact, &values.edits, dry);
        let (plan, misfits) = match self.gate(&now) {
            LeadGate::Open => (plan, values.misfits),
            LeadGate::Ended => (plan.ended(), vec![]),
            LeadGate::Shut => (LeadPlan::default(), vec![]),
        };
        if plan.is_empty() && misfits.is_empty() {
            return self.end_leads(None).await;
        }
        let outcome = match dry.filter(|_| !plan.write.is_empty()) {
            Some(why) => LeadOutcome::Dry(why),
            None => self.carry_out(&ctx, &contact, &plan, &values.edits).await?,
        };
        self.tell_leads(&ctx, &now, &comment::of(&plan, &outcome, &misfits), lock).await?;
        if !matches!(outcome, LeadOutcome::Refused(_)) {
            self.memory.leads.given_up = None;
        }
        self.end_leads(Some(end(&plan, &outcome))).await
    }

    /// The contact who has shown the values, with the properties that are wanted.
    async fn contact(&self, ctx: &Ctx) -> Result<Option<Record>, Failed> {
        let Ok(id) = self.memory.leads.contact.parse::<RecordId>() else { return Ok(None) };
        let wanted: Vec<&str> = self.memory.leads.wanted.keys().map(String::as_str).collect();
        Ok(ctx.hubspot.records(Object::Contacts).by_id(&id, &wanted).await?)
    }

    /// The wanted values as HubSpot stores them, and the problems of those that no property can take.
    async fn values(&self, ctx: &Ctx) -> Result<ReadValues, Failed> {
        let (mut edits, mut misfits) = (Edits::new(), vec![]);
        for (property, value) in &self.memory.leads.wanted {
            let one = Map::from_iter([(property.clone(), Value::from(value.as_str()))]);
            match changes::read(ctx, Object::Contacts, &one).await {
                Ok(read) => edits.extend(read),
                Err(RecordError::HubSpot(error)) => return Err(error.into()),
                Err(RecordError::Properties { problems, .. }) => {
                    misfits.extend(problems.iter().map(|one| comment::misfit(property, &one.problem, value)));
                }
                Err(error) => misfits.push(comment::misfit(property, &error.to_string(), value)),
            }
        }
        Ok(ReadValues { edits, misfits })
    }

    fn plan(
        &self,
        leads: &LeadSettings,
        seen: &LoadedConversation,
        contact: &Record,
        edits: &Edits,
        dry: Option<&str>,
    ) -> LeadPlan {
        let now: BTreeMap<String, String> =
            edits.keys().map(|name| (name.clone(), contact.get(name).unwrap_or_default().to_owned())).collect();
        // Several rules may want one property: a value stays unless all of them may replace it.
        let spares = |property: &str| leads.rules.iter().any(|rule| rule.property == property && !rule.replace);
        let all = leads.rules.iter().map(|rule| rule.property.as_str());
        let may_replace: Vec<&str> = all.filter(|property| !spares(property)).collect();
        let told = ToldLeads::of(&seen.entries);
        plan::of(edits, &now, &may_replace, self.memory.leads.before.as_ref(), &told).without(&told, dry.is_some())
    }

    fn gate(&self, now: &LoadedConversation) -> LeadGate {
        let situation = self.situation(now, true);
        let is_theirs = now.thread.contact_id.as_ref().is_some_and(|id| id.as_str() == self.memory.leads.contact);
        gate::of(self.inbox.mode, is_theirs, decide::taken(&situation), decide::is_given_away(&situation))
    }

    /// Writes the planned values. What was there before is noted first, under the claim.
    async fn carry_out(
        &mut self,
        ctx: &Ctx,
        contact: &Record,
        plan: &LeadPlan,
        edits: &Edits,
    ) -> Result<LeadOutcome, Failed> {
        if plan.write.is_empty() {
            return Ok(LeadOutcome::Written);
        }
        let mut before: BTreeMap<String, String> = self.memory.leads.before.take().unwrap_or_default();
        before.extend(plan.write.iter().map(|one| (one.property.clone(), one.before.clone())));
        self.memory.leads.before = Some(before);
        self.keep().await?;
        let to_send = plan
            .write
            .iter()
            .filter_map(|one| Some((one.property.clone(), edits.get(&one.property)?.to_send(&one.before))));
        let sent: BTreeMap<String, String> = to_send.collect();
        match ctx.hubspot.records(Object::Contacts).update(&contact.id, &sent).await {
            Ok(_) => Ok(LeadOutcome::Written),
            Err(error) => match refusal::after(&error, self.memory.leads.failures) {
                AfterRefusal::GiveUp(reason) => {
                    self.note_refusal(reason, &error);
                    Ok(LeadOutcome::Refused(error.to_string()))
                }
                AfterRefusal::Again { .. } => Err(error.into()),
            },
        }
    }

    /// The reason why nothing is written, if there is one.
    fn is_dry(&self, ctx: &Ctx, leads: &LeadSettings) -> Option<&'static str> {
        let policy = &ctx.call.policy;
        match () {
            () if self.inbox.mode != Mode::Reply => Some(DRAFT),
            () if !leads.write => Some(DRY),
            () if ctx.hubspot.is_dry_run() => Some(DRY_RUN),
            () if policy.permissions.read_only || policy.confirm_writes => Some(CLOSED),
            () => None,
        }
    }

    /// Leaves the comment, once: of one whose end is not known none is left again.
    async fn tell_leads(&self, ctx: &Ctx, now: &LoadedConversation, text: &str, lock: KeyLock) -> Result<(), Failed> {
        let trigger = self.memory.leads.trigger.as_str();
        let post = Post { trigger, part: AnswerPart::Lead, to: Readers::Colleagues, text, known: now.ids() };
        match outbox::post(ctx, &self.claim.get(), now, post, lock).await? {
            Posted::Sent(_) | Posted::Unclear | Posted::Refused(_) => Ok(()),
            Posted::Lost => Err(Failed::Lost),
            Posted::NotSent(error) => Err(error.into()),
        }
    }

    /// Ends the values that wait, and counts what became of them.
    async fn end_leads(&mut self, end: Option<LeadEnd>) -> Result<(), Failed> {
        self.memory.leads.end();
        self.keep().await?;
        if let Some(end) = end {
            let reason = self.memory.leads.given_up.as_deref().filter(|_| end == LeadEnd::GivenUp).unwrap_or_default();
            record::lead(&self.pilot.ctx().store, &self.row.inbox, end, reason).await;
        }
        Ok(())
    }

    /// Gives up values that HubSpot does not let be read or written. Colleagues are told of them, as far as that is possible.
    async fn give_up(&mut self, seen: &LoadedConversation, reason: &'static str, error: &Error) -> Result<(), Failed> {
        self.note_refusal(reason, error);
        let ctx = self.step();
        let lock = ctx.hubspot.conversations().lock(&self.thread).await;
        let (now, _) = self.look_again(&ctx, seen).await?;
        if self.gate(&now) == LeadGate::Open {
            let text = comment::given_up(&self.memory.leads.wanted, &format!("{error}."));
            match self.tell_leads(&ctx, &now, &text, lock).await {
                Ok(()) | Err(Failed::HubSpot(_)) => {}
                Err(failed) => return Err(failed),
            }
        }
        self.end_leads(Some(LeadEnd::GivenUp)).await
    }

    /// Notes why values are given up, for the operator: in the conversation's memory, and once in the log.
    fn note_refusal(&mut self, reason: &'static str, error: &Error) {
        self.memory.leads.given_up = Some(reason.to_owned());
        if self.pilot.is_first_refusal(reason) {
            tracing::warn!(
                reason,
                "A lead is given up: {error}. Its conversation says so in a comment; more of this reason are only counted."
            );
        }
    }
}

fn end(plan: &LeadPlan, outcome: &LeadOutcome) -> LeadEnd {
    match outcome {
        LeadOutcome::Written if plan.done.is_empty() && plan.write.is_empty() => LeadEnd::Kept,
        LeadOutcome::Written => LeadEnd::Written,
        LeadOutcome::Dry(_) => LeadEnd::Told,
        LeadOutcome::Refused(_) => LeadEnd::GivenUp,
    }
}

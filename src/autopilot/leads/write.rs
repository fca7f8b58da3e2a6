//! Writes what a conversation has shown into its own contact, or tells what would be written, once. What was begun before a
//! crash goes on: the contact is read again, and only what is still as it was is written.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::comment::{self, LeadOutcome};
use super::plan::{self, LeadPlan};
use super::rules::LeadSettings;
use crate::autopilot::attempt::Attempt;
use crate::autopilot::decide::Mode;
use crate::autopilot::failed::Failed;
use crate::autopilot::load::LoadedConversation;
use crate::autopilot::outbox::{self, AnswerPart, Post, Posted};
use crate::records::changes;
use crate::records::edit::Edits;
use crate::records::error::Error as RecordError;
use crate::tool::Ctx;
use hubspot_client::{Error, Object, Readers, Record};

/// Why values are told and not written.
const DRAFT: &str = "the inbox is only drafted for";
const DRY: &str = "`write` of `[leads]` is off";
const DRY_RUN: &str = "the server runs with `--dry-run`";
const CLOSED: &str = "the server's flags do not let contacts be changed without a person's word";

impl Attempt<'_> {
    /// Writes or tells the values that wait, if there are any.
    pub(in crate::autopilot) async fn write_leads(&mut self, seen: &LoadedConversation) -> Result<(), Failed> {
        let Some(leads) = self.pilot.settings.leads.as_ref().filter(|_| !self.memory.leads.wanted.is_empty()) else {
            return Ok(());
        };
        let ctx = self.pilot.step();
        let Some(contact) = self.contact(&ctx, seen).await? else {
            // The next message that shows something may come when there is one.
            self.memory.leads.leave();
            return self.keep().await;
        };
        let (edits, misfits) = self.edits(&ctx).await?;
        let now: BTreeMap<String, String> =
            edits.keys().map(|name| (name.clone(), contact.get(name).unwrap_or_default().to_owned())).collect();
        // Several rules may want one property: a value stays unless all of them may replace it.
        let spares = |property: &str| leads.rules.iter().any(|rule| rule.property == property && !rule.replace);
        let all = leads.rules.iter().map(|rule| rule.property.as_str());
        let may_replace: Vec<&str> = all.filter(|property| !spares(property)).collect();
        let plan = plan::of(&edits, &now, &may_replace, &self.memory.leads);
        let outcome = self.carry_out(&ctx, leads, &contact, &plan, &edits).await?;
        if !plan.is_empty() || !misfits.is_empty() {
            self.tell_leads(&ctx, seen, &comment::of(&plan, &outcome, &misfits)).await?;
        }
        let written: Vec<&str> = match outcome {
            LeadOutcome::Written => plan.done.iter().chain(&plan.write).map(|one| one.property.as_str()).collect(),
            LeadOutcome::Dry(_) | LeadOutcome::Refused(_) => {
                plan.done.iter().map(|one| one.property.as_str()).collect()
            }
        };
        self.memory.leads.told(&written);
        self.keep().await
    }

    /// The thread's own contact, with the properties that are wanted.
    async fn contact(&self, ctx: &Ctx, seen: &LoadedConversation) -> Result<Option<Record>, Failed> {
        let Some(id) = &seen.thread.contact_id else { return Ok(None) };
        let wanted: Vec<&str> = self.memory.leads.wanted.keys().map(String::as_str).collect();
        Ok(ctx.hubspot.records(Object::Contacts).by_id(id, &wanted).await?)
    }

    /// The wanted values as HubSpot stores them, and the problems of those that no property can take.
    async fn edits(&self, ctx: &Ctx) -> Result<(Edits, Vec<String>), Failed> {
        let (mut edits, mut misfits) = (Edits::new(), vec![]);
        for (property, value) in &self.memory.leads.wanted {
            let one = Map::from_iter([(property.clone(), Value::from(value.as_str()))]);
            match changes::read(ctx, Object::Contacts, &one).await {
                Ok(read) => edits.extend(read),
                Err(RecordError::HubSpot(error)) => return Err(error.into()),
                Err(RecordError::Properties { problems, .. }) => {
                    misfits.extend(problems.iter().map(|one| format!("{property} stays: {}", one.problem)));
                }
                Err(error) => misfits.push(format!("{property} stays: {error}")),
            }
        }
        Ok((edits, misfits))
    }

    /// Writes the planned values, unless nothing may be written. What was there before is noted first, under the claim.
    async fn carry_out(
        &mut self,
        ctx: &Ctx,
        leads: &LeadSettings,
        contact: &Record,
        plan: &LeadPlan,
        edits: &Edits,
    ) -> Result<LeadOutcome, Failed> {
        if let Some(why) = self.is_dry(ctx, leads) {
            return Ok(LeadOutcome::Dry(why));
        }
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
            Err(error @ (Error::Rejected { .. } | Error::NotFound | Error::ScopeMissing { .. })) => {
                Ok(LeadOutcome::Refused(error.to_string()))
            }
            Err(error) => Err(error.into()),
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
    async fn tell_leads(&self, ctx: &Ctx, seen: &LoadedConversation, text: &str) -> Result<(), Failed> {
        let lock = ctx.hubspot.conversations().lock(&self.thread).await;
        let trigger = self.memory.leads.trigger.as_str();
        let post = Post { trigger, part: AnswerPart::Lead, to: Readers::Colleagues, text, known: seen.ids() };
        match outbox::post(ctx, &self.claim.get(), seen, post, lock).await? {
            Posted::Sent(_) | Posted::Unclear | Posted::Refused(_) => Ok(()),
            Posted::Lost => Err(Failed::Lost),
            Posted::NotSent(error) => Err(error.into()),
        }
    }
}

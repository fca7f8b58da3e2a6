//! `log_activity`: logs a note or a message on a contact or ticket.

use chrono::{DateTime, FixedOffset, SecondsFormat, TimeDelta, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::handoff::mark;
use crate::records::{contact, note, property_value, record_url, ticket};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::contact_key::ContactKey;
use domain::id::RecordId;
use hubspot_client::{Activity, ActivityKind, Object};

const CHANNEL: &str = "hs_communication_channel_type";

/// The time by which the caller's clock may be ahead of ours.
const CLOCK_DRIFT_MAX: TimeDelta = TimeDelta::minutes(5);

/// Log a note, or a message that went over a channel, on a contact, a ticket or both. Nothing is sent to anybody.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LogActivity {
    /// What to keep, for example `Customer confirmed the spare part fits.`
    #[schemars(length(min = 1))]
    text: String,
    /// The contact's id or e-mail address, for example `sarah@gmail.com`.
    contact: Option<ContactKey>,
    /// The ticket's id, for example `33190415288`.
    ticket_id: Option<RecordId>,
    /// How it was said, for example `SMS` or `WhatsApp`; without it, it is a note.
    #[schemars(length(max = 255))]
    channel: Option<String>,
    /// When, with offset, for example `2026-11-22T09:30:00-05:00`; now unless said.
    at: Option<DateTime<FixedOffset>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Logged {
    activity_id: RecordId,
    /// `note` or `communication`.
    kind: &'static str,
    /// HubSpot's name of the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_id: Option<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_id: Option<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// The account does not know the channel, so this is a note; these it knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_unknown: Option<Vec<String>>,
    /// HubSpot's answer was lost and the activity was found to exist: it was logged once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
}

impl Tool for LogActivity {
    const NAME: &'static str = "log_activity";
    const TITLE: &'static str = "Log a note or a message";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read", "crm.objects.contacts.write"];
    const CUSTOMERS: Option<CustomerUse> =
        CustomerUse::claimed(Subject::ContactOrTicket("contact", "ticket_id"), &["text"], &[], &["kind", "at"]);
    type Output = Logged;

    async fn call(self, ctx: &Ctx) -> Result<Logged, ToolError> {
        let body = note::checked("text", Some(&self.text))?.ok_or_else(|| ToolError::input("text", "it is empty"))?;
        let body = mark::internal(body, &ctx.call.policy.handoff.mark);
        let now = ctx.clock.now();
        if self.at.is_some_and(|at| at.with_timezone(&Utc) > now + CLOCK_DRIFT_MAX) {
            let problem = "it is not over yet: what is logged has happened; for what is to come use `create_task`";
            return Err(ToolError::input("at", problem));
        }
        let (contact_id, ticket_id) = self.on(ctx).await?;
        let mut on: Vec<_> = contact_id.iter().map(|id| (Object::Contacts, id.clone())).collect();
        on.extend(ticket_id.iter().map(|id| (Object::Tickets, id.clone())));
        let Some(first) = (!on.is_empty()).then(|| on.remove(0)) else {
            return Err(ToolError::input("contact", "send `contact`, `ticket_id` or both: it belongs to somebody"));
        };
        let (kind, channel_unknown) = kind(ctx, self.channel.as_deref()).await?;
        let at = self.at.map_or(now, |at| at.with_timezone(&Utc));
        let activity = Activity { on: first, also_on: on, body, at, owner: None, kind, file_ids: vec![] };
        let logged = ctx.hubspot.activities().log(&activity).await?;
        let (kind, object, channel) = match activity.kind {
            ActivityKind::Note => ("note", Object::Notes, None),
            ActivityKind::Communication { channel_type } => {
                ("communication", Object::Communications, Some(channel_type))
            }
        };
        Ok(Logged {
            kind,
            channel,
            at: at.to_rfc3339_opts(SecondsFormat::Secs, true),
            contact_id,
            ticket_id,
            url: record_url::url(ctx, object, &logged.value).await,
            activity_id: logged.value.id,
            channel_unknown,
            recovered: logged.recovered,
        })
    }
}

impl LogActivity {
    /// The ids of the contact and the ticket, which are checked to exist.
    async fn on(&self, ctx: &Ctx) -> Result<(Option<RecordId>, Option<RecordId>), ToolError> {
        let contact = match &self.contact {
            Some(key) => Some(contact::live(ctx, key, &["email"]).await?.record.id),
            None => None,
        };
        let ticket = match &self.ticket_id {
            Some(id) => Some(ticket::live(ctx, id, &[]).await?.id),
            None => None,
        };
        Ok((contact, ticket))
    }
}

/// The kind of activity: a communication if the account knows the channel, else a note, since HubSpot would refuse the
/// channel. The second part lists the known channels in that case.
async fn kind(ctx: &Ctx, channel: Option<&str>) -> Result<(ActivityKind, Option<Vec<String>>), ToolError> {
    let Some(asked) = channel.filter(|channel| !channel.trim().is_empty()) else {
        return Ok((ActivityKind::Note, None));
    };
    let all = ctx.hubspot.properties().of(Object::Communications.name()).await?;
    let property = all.iter().find(|property| property.name == CHANNEL);
    match property.and_then(|property| property_value::option(property, asked)) {
        Some(option) => Ok((ActivityKind::Communication { channel_type: option.value.clone() }, None)),
        None => Ok((
            ActivityKind::Note,
            Some(property.map(|property| property_value::listed(property, &asked.into())).unwrap_or_default()),
        )),
    }
}

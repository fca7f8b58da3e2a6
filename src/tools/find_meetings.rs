//! Says when a customer's appointments are.

use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::booking::slot;
use crate::crm::contact_key::ContactKey;
use crate::crm::id::{OwnerId, RecordId};
use crate::desk::contact;
use crate::hubspot::{Meeting, Record};
use crate::tool::{Ctx, Effect, Tool, ToolError};

/// Meetings of one kind, coming or past, that are shown.
const SHOWN_MAX: usize = 20;
/// Where HubSpot keeps the contact's own zone, written like `america_slash_new_york`.
const ZONE: &str = "hs_timezone";

/// Find a customer's meetings: those to come, soonest first, and those past, latest first.
///
/// For "when is my appointment?". A meeting cannot be moved or cancelled through HubSpot's API: the customer does that by
/// the links in their invitation, or the representative does it in HubSpot.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindMeetings {
    /// The contact's id or e-mail address, for example `sarah@gmail.com`.
    contact: ContactKey,
    /// The zone to show times in, for example `America/New_York`; without it the contact's own, or UTC.
    time_zone: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Meetings {
    contact_id: RecordId,
    /// The zone of every time here.
    time_zone: String,
    /// Soonest first.
    coming: Vec<Shown>,
    /// Latest first.
    past: Vec<Shown>,
    /// There are more meetings than are shown.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    more: bool,
    /// What to tell a customer who wants to move or cancel a meeting.
    changes: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Shown {
    meeting_id: RecordId,
    /// With its offset.
    start: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    /// As HubSpot has it: `SCHEDULED`, `COMPLETED`, `RESCHEDULED`, `NO_SHOW` or `CANCELED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    /// The representative's owner id.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<OwnerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    /// The meeting's own link.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

const CHANGES: &str = "HubSpot's API cannot move or cancel a meeting. The customer can, by the links in the invitation \
                       they got by e-mail; the representative can, in HubSpot.";

impl Tool for FindMeetings {
    const NAME: &'static str = "find_meetings";
    const TITLE: &'static str = "Find a customer's meetings";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read"];
    type Output = Meetings;

    async fn call(self, ctx: &Ctx) -> Result<Meetings, ToolError> {
        let wanted = self.time_zone.as_deref().map(slot::zone).transpose()?;
        let contact = contact::live(ctx, &self.contact, &[ZONE]).await?.record;
        let zone = wanted.or_else(|| own_zone(&contact)).unwrap_or(Tz::UTC);
        let (meetings, more) = ctx.hubspot.meetings().of_contact(&contact.id).await?;
        let now = ctx.clock.now();
        let is_past = |meeting: &&Meeting| meeting.end.unwrap_or(meeting.start) <= now;
        let (past, coming): (Vec<&Meeting>, Vec<&Meeting>) = meetings.iter().partition(is_past);
        let more = more || past.len() > SHOWN_MAX || coming.len() > SHOWN_MAX;
        Ok(Meetings {
            contact_id: contact.id,
            time_zone: zone.name().to_owned(),
            coming: coming.into_iter().take(SHOWN_MAX).map(|meeting| Shown::of(meeting, zone)).collect(),
            past: past.into_iter().rev().take(SHOWN_MAX).map(|meeting| Shown::of(meeting, zone)).collect(),
            more,
            changes: CHANGES,
        })
    }
}

impl Shown {
    fn of(meeting: &Meeting, zone: Tz) -> Shown {
        Shown {
            meeting_id: meeting.id.clone(),
            start: meeting.start.with_timezone(&zone).to_rfc3339(),
            end: meeting.end.map(|end| end.with_timezone(&zone).to_rfc3339()),
            outcome: meeting.outcome.clone(),
            owner_id: meeting.owner_id.clone(),
            title: meeting.title.clone(),
            location: meeting.location.clone(),
            url: meeting.url.clone(),
        }
    }
}

fn own_zone(contact: &Record) -> Option<Tz> {
    slot::zone(&contact.get(ZONE)?.replace("_slash_", "/")).ok()
}

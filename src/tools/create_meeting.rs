//! Books a meeting.

use chrono::TimeDelta;
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::booking::offer::{self, Offer};
use crate::booking::{pick, slot};
use crate::crm::code::Code;
use crate::crm::email::Email;
use crate::crm::id::RecordId;
use crate::crm::interval::Interval;
use crate::crm::when::{self, Start};
use crate::hubspot::{self, Booking, Created, NewBooking};
use crate::tool::{Ctx, Effect, Tool, ToolError};

/// Book a meeting between a customer and their representative.
///
/// Call it only with a start that the customer chose from `check_available`. Availability is read again before it
/// books; a time that is not free gives `UNAVAILABLE_ERROR` with the nearest free ones. Repeat the `understood` day,
/// time and zone to the customer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateMeeting {
    /// The customer's first name, for example `Sarah`.
    cus_fname: String,
    /// The customer's last name, for example `Mark`.
    cus_lname: String,
    /// The customer's e-mail address, for example `sarah@gmail.com`; the invitation goes there.
    cus_email: Email,
    /// The day, best as `2026-12-01`.
    meeting_date: String,
    /// The start in the customer's zone, best as `13:00`; `1pm` is read too.
    meeting_start_time: String,
    /// The length in minutes, one of the link's, for example `30`.
    duration: u32,
    /// The meeting link from `check_available`, for example `richtech/veronica-chen`.
    slug: String,
    /// The customer's time zone, for example `America/New_York`.
    time_zone: String,
    /// Busy times to keep clear of, beside HubSpot's own, for example `[{"start": 1796140800000, "end": 1796144400000}]`.
    bt_slots_ux: Option<Vec<slot::Unix>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Confirmation {
    /// With its offset, in the customer's zone.
    start: String,
    end: String,
    time_zone: String,
    /// The start for people: repeat it to the customer.
    understood: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_id: Option<RecordId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calendar_event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conference_url: Option<String>,
    /// HubSpot's answer was lost and the meeting was found to exist: it was booked once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
}

impl Tool for CreateMeeting {
    const NAME: &'static str = "create_meeting";
    const TITLE: &'static str = "Book a meeting";
    const EFFECT: Effect = Effect::Create;
    const SCOPES: &'static [&'static str] = &["scheduler.meetings.meeting-link.read", "crm.objects.contacts.write"];
    type Output = Confirmation;

    async fn call(self, ctx: &Ctx) -> Result<Confirmation, ToolError> {
        let zone = slot::zone(&self.time_zone)?;
        let now = ctx.clock.now();
        let start =
            when::start(&self.meeting_date, &self.meeting_start_time, zone, now).map_err(slot::not_understood)?;
        let meeting =
            slot::lasting(&start, self.duration).ok_or_else(|| ToolError::input("duration", "it is too long"))?;
        let taken = slot::intervals(self.bt_slots_ux.as_deref().unwrap_or_default(), "bt_slots_ux")?;
        let offer = self.offer(ctx, zone, meeting).await?;
        slot::offered(Some(self.duration), &offer)?;
        let free = offer.free(self.duration);
        if !pick::exactly(free, meeting, &taken) {
            return Err(unavailable(&start, pick::nearest(free, meeting, &taken), zone));
        }
        match ctx.hubspot.scheduler().book(&self.booking(meeting, zone)).await {
            Ok(booked) => Ok(Confirmation::of(booked, &start, meeting, zone)),
            Err(hubspot::Error::SlotTaken) => self.taken_meanwhile(ctx, &start, meeting, &taken).await,
            Err(error) => Err(error.into()),
        }
    }
}

impl CreateMeeting {
    async fn offer(&self, ctx: &Ctx, zone: Tz, meeting: Interval) -> Result<Offer, ToolError> {
        let offer = offer::read(&ctx.hubspot, &self.slug, zone, meeting.end_ms() + slot::DAY_MS).await?;
        offer.ok_or_else(|| slot::no_link(&self.slug))
    }

    /// What is free is asked once more: the slot was, a moment ago.
    async fn taken_meanwhile(
        &self,
        ctx: &Ctx,
        start: &Start,
        meeting: Interval,
        taken: &[Interval],
    ) -> Result<Confirmation, ToolError> {
        let zone = start.at.timezone();
        let offer = self.offer(ctx, zone, meeting).await?;
        Err(unavailable(start, pick::nearest(offer.free(self.duration), meeting, taken), zone))
    }

    fn booking(&self, meeting: Interval, zone: Tz) -> NewBooking {
        NewBooking {
            slug: self.slug.clone(),
            first_name: self.cus_fname.trim().to_owned(),
            last_name: self.cus_lname.trim().to_owned(),
            email: self.cus_email.clone(),
            start_ms: meeting.start_ms(),
            duration_ms: meeting.end_ms() - meeting.start_ms(),
            zone,
            form_answers: vec![],
            likely_user_ids: vec![],
            consents: vec![],
            guests: vec![],
        }
    }
}

fn unavailable(start: &Start, nearest: Vec<Interval>, zone: Tz) -> ToolError {
    let hint = match nearest.is_empty() {
        true => "no free time is near: ask the customer for another day and call `check_available`",
        false => "offer the customer one of `alternatives`, and book that",
    };
    let message = format!("the representative is not available at {}", start.understood());
    ToolError::new(Code::Unavailable, message, hint).with("alternatives", slot::shown(&nearest, zone))
}

impl Confirmation {
    fn of(booked: Created<Booking>, start: &Start, meeting: Interval, zone: Tz) -> Confirmation {
        let end = start.at + TimeDelta::milliseconds(meeting.end_ms() - meeting.start_ms());
        let Created { value: booking, recovered } = booked;
        Confirmation {
            start: start.at.to_rfc3339(),
            end: end.to_rfc3339(),
            time_zone: zone.name().to_owned(),
            understood: start.understood(),
            subject: booking.subject,
            location: booking.location,
            contact_id: booking.contact_id,
            calendar_event_id: booking.calendar_event_id,
            conference_url: booking.conference_url,
            recovered,
        }
    }
}

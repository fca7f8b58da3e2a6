//! `create_meeting`: books a meeting.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::meetings::availability::{self, Availability, AvailabilityQuery};
use crate::meetings::booking_form::{self, CompletedForm};
use crate::meetings::confirmation::{self, BookingProposal};
use crate::meetings::customer::{BookingCustomer, CustomerNames, NamePolicy};
use crate::meetings::existing::Existing;
use crate::meetings::{look_alike, meeting_link, slot, slot_search};
use crate::records::diff::TextChange;
use crate::records::{excerpt, note};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::policy::BookingConsent;
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::code::Code;
use domain::dates::{self, Start};
use domain::email::Email;
use domain::id::{OwnerId, RecordId};
use domain::interval::Interval;
use domain::time_zone::{self, rules::ZoneRules, zone::Zone};
use hubspot_client::{self, Booking, Created, LinkKind, Meeting, NewBooking, Object};

/// The property of a meeting with its description.
const DESCRIPTION: &str = "hs_meeting_body";
const TOPIC_LOST: &str = "the meeting is booked: its `topic` was not kept; keep it with `log_activity`";

/// Book a meeting between a customer and their representative.
///
/// Only with a start that the customer chose from `check_available`; a time that is not free gives the nearest free ones.
/// Repeat the `understood` day, time and zone. The same start for the same address is booked once. HubSpot writes
/// `form_fields` to the contact: `contact_changes` tells.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateMeeting {
    /// The customer's first name, for example `Sarah`; HubSpot's is kept if it has one.
    #[schemars(length(max = 255))]
    cus_fname: String,
    /// The last name, for example `Mark`; likewise.
    #[schemars(length(max = 255))]
    cus_lname: String,
    /// Their e-mail address, for example `sarah@gmail.com`.
    cus_email: Email,
    /// The day, best as `2026-12-01`.
    #[schemars(length(max = 200))]
    meeting_date: String,
    /// The start in the customer's zone, best as `13:00`.
    #[schemars(length(max = 200))]
    meeting_start_time: String,
    /// In minutes, for example `30`.
    duration: u32,
    /// From `check_available`, for example `richtech/veronica-chen`.
    #[schemars(length(max = 255))]
    slug: String,
    /// The customer's time zone, for example `America/New_York`.
    #[schemars(length(max = 100))]
    time_zone: String,
    /// More busy times in unix milliseconds, for example `[{"start": 1796140800000, "end": 1796144400000}]`.
    #[serde(default)]
    bt_slots_ux: Vec<slot::Unix>,
    /// Answers to `form_fields` by name, for example `{"company": "Acme"}`; `known` ones are not needed.
    #[serde(default)]
    form_fields: BTreeMap<String, String>,
    /// The ids of the `consents` that the customer agreed to, for example `["12345"]`.
    #[serde(default)]
    #[schemars(inner(length(max = 255)))]
    consents: Vec<String>,
    /// Who else is invited, for example `["tom@acme.com"]`.
    #[serde(default)]
    guest_emails: Vec<Email>,
    /// What it is about, for example `Renting two robots`.
    #[schemars(length(max = 65536))]
    topic: Option<String>,
    /// `true` if the customer says that their name changed.
    #[serde(default)]
    update_name: bool,
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
    /// Nobody had this address: HubSpot added a contact.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    contact_created: bool,
    /// HubSpot's name of the customer, which was kept although another one was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_kept: Option<String>,
    /// The properties of the contact that the booking changed, by internal name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    contact_changes: BTreeMap<String, TextChange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    calendar_event_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conference_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
    /// HubSpot's answer was lost and the meeting was found to exist: it was booked once.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    recovered: bool,
    /// The customer had this meeting already; nothing was booked now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already_booked: bool,
    /// Likewise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    already: bool,
    /// With whom, if it was booked already.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<OwnerId>,
}

/// The meeting that the customer has with somebody else at this time, as data of the error.
#[derive(Debug, Serialize)]
struct OtherMeeting {
    start: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<OwnerId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
}

impl Tool for CreateMeeting {
    const NAME: &'static str = "create_meeting";
    const TITLE: &'static str = "Book a meeting";
    const EFFECT: Effect = Effect::Book;
    const SCOPES: &'static [&'static str] =
        &["scheduler.meetings.meeting-link.read", "crm.objects.contacts.read", "crm.objects.contacts.write"];
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::claimed(
        Subject::Address("cus_email"),
        &[
            "cus_fname",
            "cus_lname",
            "meeting_date",
            "meeting_start_time",
            "duration",
            "slug",
            "time_zone",
            "consents",
            "topic",
        ],
        &["form_fields"],
        &["start", "end", "time_zone", "understood", "location", "conference_url", "warning"],
    );
    type Output = Confirmation;

    async fn call(self, ctx: &Ctx) -> Result<Confirmation, ToolError> {
        let request = self.request(ctx.clock.now(), ctx.zone_rules)?;
        let availability = self.availability(ctx, &request).await?;
        if availability.offline {
            return Err(hubspot_client::Error::CalendarOffline.into());
        }
        availability.duration(Some(self.duration))?;
        let settings = &availability.settings;
        let customer = BookingCustomer::new(&ctx.hubspot, &self.cus_email, settings);
        // Held until the booking is answered: a second call for the same customer and time finds the first one's meeting.
        let turn = ctx.hubspot.scheduler().lock_booking(&self.cus_email, request.meeting.start_ms()).await;
        let tells = Tells::to(ctx);
        if let Some(existing) = self.instead(&customer, &request, &availability, tells).await? {
            return Ok(existing);
        }
        let known = if tells == Tells::OfMeetings { customer.known().await? } else { None };
        let form = booking_form::complete(settings, &self.form_fields, &self.consents, known)?;
        booking_form::check_guests(settings, &self.guest_emails)?;
        let is_new = tells == Tells::OfMeetings && customer.is_unknown().await?;
        if is_new {
            look_alike::check(ctx, &self.cus_email, &request.names).await?;
        }
        let settled = customer.settle(ctx, request.names.clone(), self.name_policy(), &form.answers).await?;
        let names = settled.names;
        if self.asks(ctx) {
            let proposal = BookingProposal {
                slug: self.slug.trim(),
                minutes: self.duration,
                understood: &request.start.understood(),
                start_ms: request.meeting.start_ms(),
                names: &names,
                email: &self.cus_email,
                guests: &self.guest_emails,
                form: &form,
                settings,
            };
            confirmation::ask(ctx, &proposal).await?;
        }
        let email = customer.address().await?;
        match ctx.hubspot.scheduler().book(&self.booking(&request, names, form, email), turn).await {
            Ok(booked) => Ok(Confirmation {
                warning: request.keep_topic(ctx, &booked.value).await.err().map(|NotKept| TOPIC_LOST),
                name_kept: settled.kept.as_deref().map(excerpt::line),
                contact_changes: settled.changes,
                contact_created: is_new,
                ..request.confirm(booked)
            }),
            Err(hubspot_client::Error::SlotTaken) => self.after_conflict(ctx, customer, &request).await,
            Err(error) => Err(error.into()),
        }
    }
}

/// The topic of a booking does not stand in HubSpot.
struct NotKept;

/// The part of the calendars that the caller may learn of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tells {
    /// The meetings that the customer has as well.
    OfMeetings,
    /// Only free times: the address may be anybody's.
    OfFreeTimes,
}

impl Tells {
    fn to(ctx: &Ctx) -> Tells {
        if ctx.call.caller.on_behalf_of.is_unproved() { Tells::OfFreeTimes } else { Tells::OfMeetings }
    }
}

/// The arguments, read once.
struct MeetingRequest {
    names: CustomerNames,
    /// As HTML.
    topic: Option<String>,
    start: Start,
    zone: Zone,
    meeting: Interval,
    /// The day of the start.
    day: Interval,
    /// Busy times that the caller knows of.
    taken: Vec<Interval>,
    now: DateTime<Utc>,
}

impl CreateMeeting {
    fn request(&self, now: DateTime<Utc>, rules: ZoneRules) -> Result<MeetingRequest, ToolError> {
        let names = CustomerNames::read(&self.cus_fname, &self.cus_lname)?;
        let topic = note::checked("topic", self.topic.as_deref())?;
        if self.slug.trim().is_empty() {
            return Err(ToolError::input("slug", "it is empty; `check_available` tells the representative's"));
        }
        let zone = time_zone::parse(&self.time_zone, rules)?;
        let start = dates::parse_start(&self.meeting_date, &self.meeting_start_time, zone, now)?;
        let too_long = || ToolError::input("duration", "it is not a length of a meeting in minutes");
        let meeting = slot::lasting(&start, self.duration).ok_or_else(too_long)?;
        let day = start.day().ok_or_else(|| ToolError::input("meeting_date", "it is too far away"))?;
        let taken = slot::intervals(&self.bt_slots_ux).map_err(|error| ToolError::input("bt_slots_ux", error))?;
        Ok(MeetingRequest { names, topic, start, zone, meeting, day, taken, now })
    }

    fn name_policy(&self) -> NamePolicy {
        if self.update_name { NamePolicy::Update } else { NamePolicy::Keep }
    }

    /// Reads the availability around the requested time, as far as is needed to book it or to offer alternatives.
    async fn availability(&self, ctx: &Ctx, request: &MeetingRequest) -> Result<Availability, ToolError> {
        let enough = |read: &Availability| {
            let free = read.free(self.duration);
            read.duration(Some(self.duration)).is_err()
                || slot_search::exactly(free, request.meeting, &request.taken)
                || request.alternatives(free).len() >= slot_search::ALTERNATIVES_MIN
        };
        let slug = self.slug.trim();
        let today = request.now.with_timezone(&request.zone).date_naive();
        let query = AvailabilityQuery { slug, zone: request.zone, today, day: request.start.at.date_naive() };
        let availability = availability::read(&ctx.hubspot, query, enough).await?;
        Ok(availability.ok_or_else(|| meeting_link::unknown(slug))?)
    }

    /// The answer in place of a booking: the meeting that the customer has already, or that the time is not free.
    async fn instead(
        &self,
        customer: &BookingCustomer<'_>,
        request: &MeetingRequest,
        availability: &Availability,
        tells: Tells,
    ) -> Result<Option<Confirmation>, ToolError> {
        let free = slot_search::exactly(availability.free(self.duration), request.meeting, &request.taken);
        let unavailable = || request.unavailable(Code::Unavailable, availability, self.duration);
        if tells == Tells::OfFreeTimes {
            return if free { Ok(None) } else { Err(unavailable()) };
        }
        // A round robin stays free while any of its users is: only the contact's meetings show an earlier booking.
        if free && availability.settings.kind != LinkKind::RoundRobin {
            return Ok(None);
        }
        match customer.existing(self.slug.trim(), request.meeting).await {
            Ok(Existing::Same { meeting, contact_id }) => Ok(Some(Confirmation {
                name_kept: customer.kept(&request.names).await,
                ..request.confirm_again(meeting, contact_id)
            })),
            Ok(Existing::Other(meeting)) if !free => Err(unavailable().with("customer_has", request.other(meeting))),
            // Even if the customer's meetings cannot be read, this time cannot be booked.
            _ if !free => Err(unavailable()),
            Ok(_) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The slot was taken since it was read: by another call of the same customer, or by somebody else. In the second
    /// case the availability is read again for alternatives.
    async fn after_conflict(
        &self,
        ctx: &Ctx,
        customer: BookingCustomer<'_>,
        request: &MeetingRequest,
    ) -> Result<Confirmation, ToolError> {
        if Tells::to(ctx) == Tells::OfMeetings
            && let Ok(Existing::Same { meeting, contact_id }) =
                customer.existing_now(self.slug.trim(), request.meeting).await
        {
            return Ok(request.confirm_again(meeting, contact_id));
        }
        let availability = self.availability(ctx, request).await?;
        Err(request.unavailable(Code::SlotTaken, &availability, self.duration))
    }

    /// A client that cannot ask does not get here where a person has to agree to every booking.
    fn asks(&self, ctx: &Ctx) -> bool {
        match ctx.call.policy.confirm_bookings {
            BookingConsent::NotAsked => false,
            BookingConsent::IfPossible => ctx.call.can_ask,
            BookingConsent::Required => true,
        }
    }

    fn booking(&self, request: &MeetingRequest, names: CustomerNames, form: CompletedForm, email: Email) -> NewBooking {
        NewBooking {
            slug: self.slug.trim().to_owned(),
            first_name: names.first,
            last_name: names.last,
            email,
            start_ms: request.meeting.start_ms(),
            duration_ms: request.meeting.end_ms() - request.meeting.start_ms(),
            zone: request.zone,
            form_answers: form.answers,
            likely_user_ids: vec![],
            consents: form.consents,
            guests: self.guest_emails.clone(),
        }
    }
}

impl MeetingRequest {
    fn alternatives(&self, free: &[Interval]) -> Vec<Interval> {
        slot_search::alternatives(free, self.meeting, self.day, &self.taken)
    }

    fn unavailable(&self, code: Code, availability: &Availability, duration: u32) -> ToolError {
        let near = self.alternatives(availability.free(duration));
        let hint = match near.is_empty() {
            true => {
                "no free time is near: ask the customer for another day and call `check_available`, or let the \
                 representative find one with `create_task`"
            }
            false => "offer the customer one of `alternatives`, and book that",
        };
        let meanwhile = if code == Code::SlotTaken { " any more" } else { "" };
        let message = format!("the representative is not available at {}{meanwhile}", self.start.understood());
        ToolError::new(code, message, hint).with("alternatives", slot::begins(&near, self.zone))
    }

    /// Writes the topic into the description of the booked meeting. The scheduler takes none, so it is the record of the
    /// meeting on the contact's timeline that has it.
    async fn keep_topic(&self, ctx: &Ctx, booking: &Booking) -> Result<(), NotKept> {
        let Some(topic) = &self.topic else { return Ok(()) };
        let description = BTreeMap::from([(DESCRIPTION.to_owned(), topic.clone())]);
        let meetings = ctx.hubspot.records(Object::Meetings);
        if ctx.hubspot.is_dry_run() {
            // There is no meeting to look for.
            return meetings.update(&RecordId::from(0), &description).await.map(drop).map_err(|_| NotKept);
        }
        let contact = booking.contact_id.as_ref().ok_or(NotKept)?;
        let (all, _) = ctx.hubspot.meetings().of_contact(contact).await.map_err(|_| NotKept)?;
        let booked = all.into_iter().rev().find(|meeting| meeting.occupies(self.meeting)).ok_or(NotKept)?;
        meetings.update(&booked.id, &description).await.map(drop).map_err(|_| NotKept)
    }

    fn other(&self, meeting: Meeting) -> OtherMeeting {
        OtherMeeting {
            start: meeting.start.with_timezone(&self.zone).to_rfc3339(),
            owner_id: meeting.owner_id,
            title: meeting.title.as_deref().map(excerpt::line),
        }
    }

    fn confirm(&self, booked: Created<Booking>) -> Confirmation {
        let Created { value: booking, recovered } = booked;
        Confirmation {
            subject: booking.subject.as_deref().map(excerpt::line),
            location: booking.location.as_deref().map(excerpt::line),
            contact_id: booking.contact_id,
            calendar_event_id: booking.calendar_event_id,
            conference_url: booking.conference_url,
            recovered,
            ..self.confirmation()
        }
    }

    fn confirm_again(&self, meeting: Meeting, contact_id: RecordId) -> Confirmation {
        Confirmation {
            subject: meeting.title.as_deref().map(excerpt::line),
            location: meeting.location.as_deref().map(excerpt::line),
            contact_id: Some(contact_id),
            owner_id: meeting.owner_id,
            conference_url: meeting.url,
            already_booked: true,
            already: true,
            ..self.confirmation()
        }
    }

    fn confirmation(&self) -> Confirmation {
        Confirmation {
            start: self.start.at.to_rfc3339(),
            end: slot::text(self.meeting.end_ms(), self.zone),
            time_zone: self.zone.name().to_owned(),
            understood: self.start.understood(),
            subject: None,
            location: None,
            contact_id: None,
            contact_created: false,
            owner_id: None,
            name_kept: None,
            contact_changes: BTreeMap::new(),
            warning: None,
            calendar_event_id: None,
            conference_url: None,
            recovered: false,
            already_booked: false,
            already: false,
        }
    }
}

//! Shows when a representative is free.

use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::booking::offer::{self, Offer};
use crate::booking::{pick, slot};
use crate::crm::code::Code;
use crate::crm::id::OwnerId;
use crate::crm::when::{self, Day};
use crate::hubspot::MeetingLink;
use crate::tool::{Ctx, Effect, Tool, ToolError};
use crate::tools::find_owner_by_owner_id;

/// Show a representative's free and busy times on one day, in the customer's time zone.
///
/// Call it before `create_meeting`, which needs the `slug` and one of the `available_slots`. Ask the customer for
/// their time zone. When the day has no free time, choose another day with the customer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckAvailable {
    /// The representative's owner id from `find_owner_id_by_contact_id`, for example `117001`.
    owner_id: OwnerId,
    /// The customer's time zone, for example `America/New_York`.
    time_zone: String,
    /// The day the customer wants, best as `2026-12-01`; words such as `next Tuesday` are read too.
    meeting_date: String,
    /// The length of the meeting in minutes, for example `30`; without it the link's shortest.
    duration: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Availability {
    /// The day as it was understood, for example `2026-12-01`.
    date: String,
    /// The same for people: repeat it to the customer.
    understood: String,
    /// The zone of every time here.
    time_zone: String,
    /// The meeting link, for `create_meeting`.
    slug: String,
    /// The length of the slots in minutes.
    duration: u32,
    /// The lengths in minutes that this link offers.
    durations: Vec<u32>,
    /// Times that can be booked.
    available_slots: Vec<slot::Slot>,
    /// Times that are taken.
    busy_time_slots: Vec<slot::Slot>,
    /// The free times in unix milliseconds.
    available_slots_unix: Vec<slot::Unix>,
    /// The taken times in unix milliseconds.
    busy_time_slots_unix: Vec<slot::Unix>,
}

impl Tool for CheckAvailable {
    const NAME: &'static str = "check_available";
    const TITLE: &'static str = "Show a representative's free times";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["crm.objects.owners.read", "scheduler.meetings.meeting-link.read"];
    type Output = Availability;

    async fn call(self, ctx: &Ctx) -> Result<Availability, ToolError> {
        let zone = slot::zone(&self.time_zone)?;
        let day = when::day(&self.meeting_date, zone, ctx.clock.now()).map_err(slot::not_understood)?;
        let link = default_link(ctx, &self.owner_id).await?;
        let offer = offer::read(&ctx.hubspot, &link.slug, zone, slot::of_day(day.date, zone).end_ms()).await?;
        let offer = offer.ok_or_else(|| slot::no_link(&link.slug))?;
        let duration = slot::offered(self.duration, &offer)?;
        Ok(Availability::of(&day, zone, &offer, duration))
    }
}

/// The representative's default link, or their first.
async fn default_link(ctx: &Ctx, owner_id: &OwnerId) -> Result<MeetingLink, ToolError> {
    let owner = ctx.hubspot.owners().by_id(owner_id).await?;
    let owner = owner.ok_or_else(|| find_owner_by_owner_id::missing(owner_id))?;
    let links = match &owner.user_id {
        Some(user_id) => ctx.hubspot.scheduler().links(user_id).await?,
        None => return Err(unfound()),
    };
    let chosen = links.iter().find(|link| link.default).or(links.first());
    chosen.cloned().ok_or_else(unfound)
}

fn unfound() -> ToolError {
    let hint = "open a ticket instead, so that the representative calls the customer";
    ToolError::new(Code::MeetingLinkUnfound, "the representative does not have a meeting link", hint)
}

impl Availability {
    fn of(day: &Day, zone: Tz, offer: &Offer, duration: u32) -> Availability {
        let whole_day = slot::of_day(day.date, zone);
        let free = pick::starting_in(offer.free(duration), whole_day);
        let busy = pick::busy_in(&offer.busy, whole_day);
        Availability {
            date: day.date.to_string(),
            understood: day.understood(),
            time_zone: zone.name().to_owned(),
            slug: offer.slug.clone(),
            duration,
            durations: offer.durations(),
            available_slots: slot::shown(&free, zone),
            busy_time_slots: slot::shown(&busy, zone),
            available_slots_unix: slot::unix(&free),
            busy_time_slots_unix: slot::unix(&busy),
        }
    }
}

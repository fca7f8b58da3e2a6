//! `check_available`: the free times of a representative on one day.

use chrono::DateTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::meetings::availability::{self, Availability, AvailabilityQuery};
use crate::meetings::{booking_form, busy, meeting_link, slot, slot_search};
use crate::tool::customer_use::CustomerUse;
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::dates::{self, Day};
use domain::interval::Interval;
use domain::owner_key::OwnerKey;
use domain::time_zone::{self, zone::Zone};
use hubspot_client;

/// The starts that are shown by default: enough for a customer to choose from, and a short answer.
const STARTS_USUAL: usize = 8;
/// The most starts that are shown; a day of quarter hours has some thirty.
const STARTS_MAX: usize = 40;
/// The later starts that are shown when the day has none.
const NEXT_STARTS: usize = 5;

/// Show when a representative is free on one day, in the customer's time zone.
///
/// Call it before `create_meeting`, which needs the `slug` and one of the `available_slots`. Ask the customer for
/// their time zone. When the day has no free time, offer the `next_free_slots`. What `form_fields` and `consents` ask
/// for as required has to be asked of the customer before booking.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckAvailable {
    /// The representative's owner id from `find_owner_id_by_contact_id`, for example `117001`, or their e-mail address or name.
    owner_id: OwnerKey,
    /// The customer's time zone, for example `America/New_York`.
    #[schemars(length(max = 100))]
    time_zone: String,
    /// The day the customer wants, best as `2026-12-01`; words such as `next Tuesday` are read too. With a time, as
    /// `2026-12-01 15:00`, the starts nearest to it are shown; with a part of the day, as `Tuesday afternoon`, those
    /// in it.
    #[schemars(length(max = 200))]
    meeting_date: String,
    /// The length of the meeting in minutes, for example `30`; without it the link's shortest.
    duration: Option<u32>,
    /// Another of the representative's meeting links than the default one, from `links`, for example
    /// `richtech/site-visit`.
    #[schemars(length(max = 255))]
    slug: Option<String>,
    /// Show what follows this start: the `next_after` of the answer before, for example `2026-12-01T13:00:00-05:00`.
    #[schemars(length(max = 60))]
    after: Option<String>,
    /// How many starts to show at once, up to 40, for example `20`; 8 unless said.
    limit: Option<usize>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct FreeTimes {
    /// The day as it was understood, for example `2026-12-01`.
    date: String,
    /// The same for people, with weekday, zone and offset: repeat it to the customer.
    understood: String,
    /// The part of the day that `meeting_date` named: only starts in it are in `available_slots`.
    #[serde(skip_serializing_if = "Option::is_none")]
    limited_to: Option<slot::Slot>,
    /// The zone of every time here.
    time_zone: String,
    /// The meeting link, for `create_meeting`.
    slug: String,
    /// The length of the meeting in minutes.
    duration: u32,
    /// The lengths in minutes that this link offers.
    durations: Vec<u32>,
    /// When a meeting of that length can start; the day may have more, see `next_after`.
    available_slots: Vec<slot::Begin>,
    /// Times that are taken.
    busy_time_slots: Vec<slot::Slot>,
    /// The free starts in unix milliseconds.
    available_slots_unix: Vec<slot::UnixBegin>,
    /// The taken times in unix milliseconds.
    busy_time_slots_unix: Vec<slot::Unix>,
    /// More starts follow on this day, which are free as well: call again with this as `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_after: Option<String>,
    /// The day, or the part of it that was asked for, has no free start; these are the nearest ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    next_free_slots: Vec<slot::Begin>,
    /// Where `meeting_date` named a time as well: whether a meeting can start then.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_time_is_free: Option<bool>,
    /// The questions of the booking form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    form_fields: Vec<booking_form::FormQuestion>,
    /// The consents that the customer is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consents: Vec<booking_form::ConsentRequest>,
    /// The most guests of a booking.
    guests_max: u32,
    /// All meeting links of the representative.
    links: Vec<meeting_link::LinkView>,
}

impl Tool for CheckAvailable {
    const NAME: &'static str = "check_available";
    const TITLE: &'static str = "Show a representative's free times";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["crm.objects.owners.read", "scheduler.meetings.meeting-link.read"];
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::anybody(
        &["owner_id", "time_zone", "meeting_date", "duration", "slug", "after", "limit"],
        &[
            "date",
            "understood",
            "limited_to",
            "time_zone",
            "slug",
            "duration",
            "durations",
            "available_slots",
            "available_slots_unix",
            "next_after",
            "next_free_slots",
            "asked_time_is_free",
            "form_fields",
            "consents",
            "links",
        ],
    );
    type Output = FreeTimes;

    async fn call(self, ctx: &Ctx) -> Result<FreeTimes, ToolError> {
        let zone = time_zone::parse(&self.time_zone, ctx.zone_rules)?;
        let now = ctx.clock.now();
        let day = dates::parse_day(&self.meeting_date, zone, now)?;
        let whole_day = day.interval().ok_or_else(|| ToolError::input("meeting_date", "it is too far away"))?;
        let page = self.page()?;
        let links = meeting_link::of_owner(&ctx.hubspot, &self.owner_id).await?;
        let chosen = meeting_link::choose(&links, self.slug.as_deref())?;
        let today = now.with_timezone(&zone).date_naive();
        let query = AvailabilityQuery { slug: &chosen.slug, zone, today, day: day.date };
        let enough = |read: &Availability| {
            read.duration(self.duration).map_or(true, |minutes| is_settled(read, minutes, whole_day))
        };
        let availability = availability::read(&ctx.hubspot, query, enough).await?;
        let availability = availability.ok_or_else(|| meeting_link::unknown(&chosen.slug))?;
        if availability.offline {
            return Err(hubspot_client::Error::CalendarOffline.into());
        }
        let duration = availability.duration(self.duration)?;
        Ok(Shown { day: &day, whole_day, zone, availability: &availability, duration, page }
            .free_times(meeting_link::views(&links)))
    }
}

impl CheckAvailable {
    fn page(&self) -> Result<Page, ToolError> {
        let limit = self.limit.unwrap_or(STARTS_USUAL);
        if !(1..=STARTS_MAX).contains(&limit) {
            return Err(ToolError::input("limit", format_args!("it is {limit} and must be from 1 to {STARTS_MAX}")));
        }
        Ok(Page { after_ms: self.after.as_deref().map(instant_ms).transpose()?, limit })
    }
}

/// The page of a day's starts that is shown.
struct Page {
    after_ms: Option<i64>,
    limit: usize,
}

/// True if the day has a free start or enough starts after it are known.
fn is_settled(availability: &Availability, minutes: u32, day: Interval) -> bool {
    let free = availability.free(minutes);
    !slot_search::starting_in(free, day).is_empty()
        || slot_search::following(free, day.end_ms(), NEXT_STARTS).len() == NEXT_STARTS
}

fn instant_ms(text: &str) -> Result<i64, ToolError> {
    let instant = DateTime::parse_from_rfc3339(text.trim());
    let unreadable = |_| ToolError::input("after", "it is not the `next_after` of an answer before");
    instant.map(|at| at.timestamp_millis()).map_err(unreadable)
}

/// The parts of the result.
struct Shown<'a> {
    day: &'a Day,
    whole_day: Interval,
    zone: Zone,
    availability: &'a Availability,
    duration: u32,
    page: Page,
}

impl Shown<'_> {
    fn free_times(&self, links: Vec<meeting_link::LinkView>) -> FreeTimes {
        let slots = self.availability.free(self.duration);
        let limits = self.day.limits();
        let of_day = slot_search::starting_in(slots, limits.unwrap_or(self.whole_day));
        let (free, more) = self.of_page(&of_day);
        let next = if of_day.is_empty() { self.nearest(slots) } else { vec![] };
        let taken = busy::within(&self.availability.busy(), self.whole_day);
        let last = free.last().filter(|_| more);
        FreeTimes {
            date: self.day.date.to_string(),
            understood: self.day.understood(),
            limited_to: limits.and_then(|limits| slot::shown(&[limits], self.zone).pop()),
            time_zone: self.zone.name().to_owned(),
            slug: self.availability.slug.clone(),
            duration: self.duration,
            durations: self.availability.durations(),
            available_slots: slot::begins(&free, self.zone),
            busy_time_slots: slot::shown(&taken, self.zone),
            available_slots_unix: slot::unix_begins(&free),
            busy_time_slots_unix: slot::unix(&taken),
            next_after: last.map(|slot| slot::text(slot.start_ms(), self.zone)),
            next_free_slots: slot::begins(&next, self.zone),
            asked_time_is_free: self.asked_time_is_free(&of_day),
            form_fields: booking_form::questions(&self.availability.settings),
            consents: booking_form::consent_requests(&self.availability.settings),
            guests_max: self.availability.settings.guests_max,
            links,
        }
    }

    /// The starts to show, and true if more follow.
    fn of_page(&self, of_day: &[Interval]) -> (Vec<Interval>, bool) {
        match (self.page.after_ms, self.day.start_ms()) {
            (None, Some(wanted_ms)) => slot_search::around(of_day, wanted_ms, self.page.limit),
            (after_ms, _) => slot_search::page(of_day, after_ms, self.page.limit),
        }
    }

    /// The starts to offer where none fits: those of the day that are nearest to its part, then the following ones.
    fn nearest(&self, slots: &[Interval]) -> Vec<Interval> {
        let of_day = slot_search::starting_in(slots, self.whole_day);
        let from_ms = self.day.limits().unwrap_or(self.whole_day).start_ms();
        let (mut nearest, _) = slot_search::around(&of_day, from_ms, NEXT_STARTS);
        nearest.extend(slot_search::following(slots, self.whole_day.end_ms(), NEXT_STARTS - nearest.len()));
        nearest
    }

    fn asked_time_is_free(&self, free: &[Interval]) -> Option<bool> {
        let start_ms = self.day.start_ms()?;
        Some(free.iter().any(|slot| slot.start_ms() == start_ms))
    }
}

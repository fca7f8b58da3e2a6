//! `check_available`: the free times of a representative on one day.

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::meetings::availability::{self, Availability, AvailabilityQuery};
use crate::meetings::unavailable_reason::LinkDay;
use crate::meetings::{booking_form, busy, meeting_link, slot, slot_search};
use crate::records::contact;
use crate::tool::customer_use::CustomerUse;
use crate::tool::{Ctx, Effect, Tool, ToolError, named_tools};
use domain::contact_key::ContactKey;
use domain::dates::{self, Day};
use domain::interval::Interval;
use domain::owner_key::OwnerKey;
use domain::time_zone::{self, zone::Zone};
use hubspot_client::{self, LinkSettings, Record};

/// The starts that are shown by default: enough for a customer to choose from, and a short answer.
const STARTS_USUAL: usize = 8;
/// The most starts that are shown; a day of quarter hours has some thirty.
const STARTS_MAX: usize = 40;
/// The later starts that are shown when the day has none.
const NEXT_STARTS: usize = 5;
const MINUTE_MS: i64 = 60_000;
/// The local hour from which the starts of a day are shown first.
const WAKING_HOUR: u32 = 6;

/// Show when a representative is free on one day, in the customer's time zone.
///
/// Call it before `create_meeting`. Ask the customer for their time zone, and for what `form_fields` and `consents` require.
/// When nothing is free, tell `why_none` and offer the `next_free_slots`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckAvailable {
    /// The representative's owner id, for example `117001`, e-mail address or name.
    owner_id: OwnerKey,
    /// The customer's time zone, for example `America/New_York`.
    #[schemars(length(max = 100))]
    time_zone: String,
    /// The day, best as `2026-12-01`; with a time, as `2026-12-01 15:00`, the starts nearest to it are shown, with a part of
    /// the day, as `Tuesday after 3pm`, those in it.
    #[schemars(length(max = 200))]
    meeting_date: String,
    /// In minutes, for example `30`; the link's shortest unless said.
    duration: Option<u32>,
    /// Another of the `links` than the default one, for example `richtech/site-visit`.
    #[schemars(length(max = 255))]
    slug: Option<String>,
    /// Show what follows: the `next_after` of the answer before.
    #[schemars(length(max = 60))]
    after: Option<String>,
    /// Show what is earlier: its `next_before`.
    #[schemars(length(max = 60))]
    before: Option<String>,
    /// Starts to show, up to 40; `8` unless said.
    limit: Option<usize>,
    /// The customer's contact id or address: `form_fields` then have what is `known`.
    contact: Option<ContactKey>,
    /// `true` adds unix milliseconds.
    #[serde(default)]
    unix: bool,
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
    /// Times that are taken; not with `after` or `before`, as form and `links`.
    #[serde(skip_serializing_if = "Option::is_none")]
    busy_time_slots: Option<Vec<slot::Slot>>,
    /// The free starts in unix milliseconds, on request.
    #[serde(skip_serializing_if = "Option::is_none")]
    available_slots_unix: Option<Vec<slot::UnixBegin>>,
    /// The taken times in unix milliseconds, on request.
    #[serde(skip_serializing_if = "Option::is_none")]
    busy_time_slots_unix: Option<Vec<slot::Unix>>,
    /// More starts follow on this day, which are free as well: call again with this as `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_after: Option<String>,
    /// Earlier starts of this day, or of its part, are free as well: call again with this as `before`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_before: Option<String>,
    /// The reason why the day, or the part of it that was asked for, has no free start.
    #[serde(skip_serializing_if = "Option::is_none")]
    why_none: Option<String>,
    /// The day, or the part of it that was asked for, has no free start; these are the nearest ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    next_free_slots: Vec<slot::Begin>,
    /// Where `meeting_date` named a time as well: whether a meeting can start then.
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_time_is_free: Option<bool>,
    /// The reason why it cannot.
    #[serde(skip_serializing_if = "Option::is_none")]
    why_not_free: Option<String>,
    /// The questions of the booking form.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    form_fields: Vec<booking_form::FormQuestion>,
    /// The consents that the customer is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consents: Vec<booking_form::ConsentRequest>,
    /// The text about the use of data, to which a booking agrees: tell it to the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    consent_text: Option<String>,
    /// The most guests of a booking.
    guests_max: u32,
    /// All meeting links of the representative.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<meeting_link::LinkView>,
}

impl Tool for CheckAvailable {
    const NAME: &'static str = "check_available";
    const TITLE: &'static str = "Show a representative's free times";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["crm.objects.owners.read", "scheduler.meetings.meeting-link.read"];
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::anybody(
        &["owner_id", "time_zone", "meeting_date", "duration", "slug", "after", "before", "limit", "unix"],
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
            "next_before",
            "why_none",
            "next_free_slots",
            "asked_time_is_free",
            "why_not_free",
            "form_fields",
            "consents",
            "consent_text",
            "links",
        ],
    );
    type Output = FreeTimes;

    async fn call(self, ctx: &Ctx) -> Result<FreeTimes, ToolError> {
        let zone = time_zone::parse(&self.time_zone, ctx.zone_rules)?;
        let now = ctx.clock.now();
        let day = dates::parse_window(&self.meeting_date, zone, now)?;
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
        let known = |slug: &str| {
            let settings = ctx.hubspot.scheduler().known_settings(slug);
            settings.map(|settings| meeting_link::durations(&settings)).unwrap_or_default()
        };
        let links = meeting_link::views(&links, known);
        let duration = availability.duration(self.duration);
        let duration = duration.map_err(|error| ToolError::from(error).with("links", &links))?;
        let contact = self.contact(ctx, &availability.settings).await?;
        let shown =
            DayTimes { day: &day, whole_day, zone, now, availability: &availability, duration, page, unix: self.unix };
        let mut times = shown.free_times(links, contact.as_ref());
        times.why_none = times.why_none.map(|reason| named_tools::without(&reason, &|name| ctx.lacks(name)));
        Ok(if shown.page.is_first() { times } else { times.of_later_page() })
    }
}

impl CheckAvailable {
    fn page(&self) -> Result<DayPage, ToolError> {
        let limit = self.limit.unwrap_or(STARTS_USUAL);
        if !(1..=STARTS_MAX).contains(&limit) {
            return Err(ToolError::input("limit", format_args!("it is {limit} and must be from 1 to {STARTS_MAX}")));
        }
        let instant = |name, text: &Option<String>| text.as_deref().map(|text| instant_ms(name, text)).transpose();
        let (after, before) = (instant("after", &self.after)?, instant("before", &self.before)?);
        let from = match (after, before) {
            (None, None) => PageAt::Asked,
            (Some(ms), None) => PageAt::After(ms),
            (None, Some(ms)) => PageAt::Before(ms),
            (Some(_), Some(_)) => return Err(ToolError::input("before", "send it or `after`, not both")),
        };
        Ok(DayPage { from, limit })
    }

    /// The customer's contact, where the booking form asks for something. Somebody new has none.
    async fn contact(&self, ctx: &Ctx, settings: &LinkSettings) -> Result<Option<Record>, ToolError> {
        let fields: Vec<&str> = settings.form_fields.iter().map(|field| field.name.as_str()).collect();
        let Some(key) = self.contact.as_ref().filter(|_| !fields.is_empty()) else { return Ok(None) };
        Ok(contact::look(ctx, key, &fields).await?.map(|found| found.record))
    }
}

/// The page of a day's starts that is shown.
struct DayPage {
    from: PageAt,
    limit: usize,
}

impl DayPage {
    fn is_first(&self) -> bool {
        matches!(self.from, PageAt::Asked)
    }
}

impl FreeTimes {
    /// Leaves out what the first page of the day has told.
    fn of_later_page(self) -> FreeTimes {
        let (form_fields, consents, links) = (vec![], vec![], vec![]);
        FreeTimes { busy_time_slots: None, form_fields, consents, consent_text: None, links, ..self }
    }
}

/// Position of a page within the day's start times.
#[derive(Clone, Copy)]
enum PageAt {
    /// Around the asked time, or at the beginning.
    Asked,
    After(i64),
    Before(i64),
}

/// The reason why nothing is free; where no later start can be offered either, with the tool that asks a colleague.
fn why_none(reason: String, next: &[Interval]) -> String {
    match next.is_empty() {
        true => format!("{reason}; `create_task` asks the representative for another time"),
        false => reason,
    }
}

/// True if the day has a free start or enough starts after it are known.
fn is_settled(availability: &Availability, minutes: u32, day: Interval) -> bool {
    let free = availability.free(minutes);
    !slot_search::starting_in(free, day).is_empty()
        || slot_search::following(free, day.end_ms(), NEXT_STARTS).len() == NEXT_STARTS
}

fn instant_ms(argument: &str, text: &str) -> Result<i64, ToolError> {
    let instant = DateTime::parse_from_rfc3339(text.trim());
    let unreadable =
        |_| ToolError::input(argument, format_args!("it is not the `next_{argument}` of an answer before"));
    instant.map(|at| at.timestamp_millis()).map_err(unreadable)
}

/// The parts of the result.
struct DayTimes<'a> {
    day: &'a Day,
    whole_day: Interval,
    zone: Zone,
    now: DateTime<Utc>,
    availability: &'a Availability,
    duration: u32,
    page: DayPage,
    /// Times in unix milliseconds are wanted too.
    unix: bool,
}

impl DayTimes<'_> {
    fn free_times(&self, links: Vec<meeting_link::LinkView>, contact: Option<&Record>) -> FreeTimes {
        let slots = self.availability.free(self.duration);
        let limits = self.day.limits();
        let of_day = slot_search::starting_in(slots, limits.unwrap_or(self.whole_day));
        let (free, more) = self.of_page(&of_day);
        let next = if of_day.is_empty() { self.nearest(slots) } else { vec![] };
        let taken = busy::within(&self.availability.busy(), self.whole_day);
        let last = free.last().filter(|_| more);
        let first =
            free.first().filter(|first| !matches!(self.page.from, PageAt::After(_)) && of_day.first() != Some(first));
        let settings = &self.availability.settings;
        let asked_time_is_free = self.asked_time_is_free(&of_day);
        let link_day = LinkDay {
            settings,
            date: self.day.date,
            day: self.whole_day,
            zone: self.zone,
            now: self.now,
            busy: &taken,
            free: slots,
        };
        let asked = self
            .day
            .start_ms()
            .and_then(|start_ms| Interval::new(start_ms, start_ms + i64::from(self.duration) * MINUTE_MS));
        FreeTimes {
            date: self.day.date.to_string(),
            understood: self.day.understood(),
            limited_to: limits.and_then(|limits| slot::shown(&[limits], self.zone).pop()),
            time_zone: self.zone.name().to_owned(),
            slug: self.availability.slug.clone(),
            duration: self.duration,
            durations: self.availability.durations(),
            available_slots: slot::begins(&free, self.zone),
            busy_time_slots: Some(slot::shown(&taken, self.zone)),
            available_slots_unix: self.unix.then(|| slot::unix_begins(&free)),
            busy_time_slots_unix: self.unix.then(|| slot::unix(&taken)),
            why_none: of_day.is_empty().then(|| why_none(link_day.none_free(limits), &next)),
            why_not_free: asked.filter(|_| asked_time_is_free == Some(false)).map(|asked| link_day.not_free(asked)),
            next_before: first.map(|slot| slot::text(slot.start_ms(), self.zone)),
            next_after: last.map(|slot| slot::text(slot.start_ms(), self.zone)),
            next_free_slots: slot::begins(&next, self.zone),
            asked_time_is_free,
            form_fields: booking_form::questions(settings, contact),
            consents: booking_form::consent_requests(settings),
            consent_text: booking_form::consent_text(settings),
            guests_max: settings.guests_max,
            links,
        }
    }

    /// The starts to show, and true if more follow.
    fn of_page(&self, of_day: &[Interval]) -> (Vec<Interval>, bool) {
        match (self.page.from, self.day.start_ms()) {
            (PageAt::Asked, Some(wanted_ms)) => slot_search::around(of_day, wanted_ms, self.page.limit),
            (PageAt::Asked, None) => slot_search::page(of_day, self.night_end(of_day), self.page.limit),
            (PageAt::After(ms), _) => slot_search::page(of_day, Some(ms), self.page.limit),
            // What follows was shown before.
            (PageAt::Before(ms), _) => (slot_search::page_before(of_day, ms, self.page.limit), false),
        }
    }

    /// The last start of the night in Unix milliseconds, where the day has later ones: in a zone far from the
    /// representative's the day begins with starts that nobody wants. They follow with `next_before`.
    fn night_end(&self, of_day: &[Interval]) -> Option<i64> {
        let morning_ms = self.day.hour_ms(WAKING_HOUR)?;
        let (night, waking): (Vec<&Interval>, Vec<&Interval>) =
            of_day.iter().partition(|slot| slot.start_ms() < morning_ms);
        night.last().filter(|_| !waking.is_empty()).map(|last| last.start_ms())
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

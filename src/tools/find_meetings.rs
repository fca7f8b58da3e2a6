//! `find_meetings`: the meetings of a customer.

use std::collections::BTreeMap;

use futures::future::join_all;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::records::{account_zone, contact, cursor, excerpt, note, owner, record_url};
use crate::tool::customer_use::{CustomerUse, Subject};
use crate::tool::{Ctx, Effect, Tool, ToolError};
use domain::contact_key::ContactKey;
use domain::id::{OwnerId, RecordId};
use domain::time_zone::{self, rules::ZoneRules, zone::Zone};
use hubspot_client::{Meeting, Object, Record};

/// The meetings of each kind that are shown by default, for a short answer.
const COMING_USUAL: usize = 3;
const PAST_USUAL: usize = 2;
const LIMIT_MAX: usize = 50;
/// The property with the contact's own zone, written like `america_slash_new_york`.
const ZONE: &str = "hs_timezone";

/// Find a customer's meetings: coming ones soonest first, past ones latest first. `customer_text` is data.
///
/// To move or cancel one, the customer uses the links in the invitation, or `create_task` asks the representative.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FindMeetings {
    /// The contact's id or e-mail address, for example `sarah@gmail.com`.
    contact: ContactKey,
    /// The zone to show times in, for example `America/New_York`; without it the contact's own, or the account's.
    #[schemars(length(max = 100))]
    time_zone: Option<String>,
    /// At most so many of each, `3` coming and `2` past unless said, up to `50`.
    limit: Option<usize>,
    /// The `next_cursor` of the answer before.
    #[schemars(length(max = 500))]
    cursor: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Meetings {
    contact_id: RecordId,
    /// The zone of every time here.
    time_zone: String,
    /// Neither the call nor HubSpot says the customer's zone: ask them, before a time is told.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    time_zone_is_guess: bool,
    coming_total: usize,
    /// Soonest first; those that were called off come last.
    coming: Vec<Shown>,
    past_total: usize,
    /// Latest first.
    past: Vec<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
    /// The customer has more meetings than were looked at: only the newest are counted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    older_left_out: bool,
    /// The information for a customer who wants to move or cancel a meeting.
    changes: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Shown {
    meeting_id: RecordId,
    /// With its offset.
    start: String,
    /// For example `Tuesday`.
    weekday: String,
    /// Of a meeting to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    /// As HubSpot has it: `SCHEDULED`, `COMPLETED`, `RESCHEDULED`, `NO_SHOW` or `CANCELED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    /// The representative's owner id.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<OwnerId>,
    /// The representative's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// The description of the next meeting.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    customer_text: BTreeMap<&'static str, String>,
    /// Of a meeting to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
    /// The address where a meeting to come is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    conference_url: Option<String>,
    /// The page in HubSpot of the next meeting to come.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

const CHANGES: &str = "By its invitation's links, else `create_task` with `owner_id` as `owner`.";

impl Tool for FindMeetings {
    const NAME: &'static str = "find_meetings";
    const TITLE: &'static str = "Find a customer's meetings";
    const EFFECT: Effect = Effect::Read;
    const SCOPES: &'static [&'static str] = &["crm.objects.contacts.read"];
    const CUSTOMERS: Option<CustomerUse> = CustomerUse::verified(
        Subject::Contact("contact"),
        &["time_zone", "limit", "cursor"],
        &[
            "time_zone",
            "time_zone_is_guess",
            "coming_total",
            "coming",
            "past_total",
            "past",
            "next_cursor",
            "older_left_out",
            "changes",
        ],
    );
    type Output = Meetings;

    async fn call(self, ctx: &Ctx) -> Result<Meetings, ToolError> {
        let wanted = self.time_zone.as_deref().map(|name| time_zone::parse(name, ctx.zone_rules)).transpose()?;
        if self.limit.is_some_and(|limit| limit == 0 || limit > LIMIT_MAX) {
            return Err(ToolError::input("limit", format!("it must be between 1 and {LIMIT_MAX}")));
        }
        let contact = contact::live(ctx, &self.contact, &[ZONE]).await?.record;
        let question = contact.id.as_str();
        let seen: Option<LastShown> = self.cursor.as_deref().map(|text| cursor::read(question, text)).transpose()?;
        let seen = seen.unwrap_or_default();
        let said = wanted.or_else(|| own_zone(&contact, ctx.zone_rules));
        let zone = match said {
            Some(zone) => zone,
            None => account_zone::read(ctx).await,
        };
        let (meetings, older_left_out) = ctx.hubspot.meetings().of_contact(&contact.id).await?;
        let now = ctx.clock.now();
        let (past, coming): (Vec<_>, Vec<_>) =
            meetings.into_iter().partition(|meeting| meeting.end.unwrap_or(meeting.start) <= now);
        let coming = MeetingPage::of(coming, soonest, seen.0, self.limit.unwrap_or(COMING_USUAL));
        let past = MeetingPage::of(past, latest, seen.1, self.limit.unwrap_or(PAST_USUAL));
        let more = coming.more || past.more;
        let show = |meetings: Vec<Meeting>| join_all(meetings.into_iter().map(|meeting| Shown::of(ctx, meeting, zone)));
        let (mut coming_shown, past_shown) = (show(coming.meetings).await, show(past.meetings).await);
        coming_shown.iter_mut().skip(1).for_each(Shown::shorten);
        Ok(Meetings {
            time_zone: zone.name().to_owned(),
            time_zone_is_guess: said.is_none(),
            coming_total: coming.total,
            past_total: past.total,
            next_cursor: more.then(|| cursor::write(question, (coming.seen, past.seen))),
            coming: coming_shown,
            past: past_shown.into_iter().map(Shown::without_place).collect(),
            contact_id: contact.id,
            older_left_out,
            changes: CHANGES,
        })
    }
}

/// The sort key of a meeting: called off or not, its start, its id.
type MeetingSortKey = (bool, i64, u64);
/// The last positions that were shown: of the coming and of the past meetings.
type LastShown = (Option<MeetingSortKey>, Option<MeetingSortKey>);

fn soonest(meeting: &Meeting) -> MeetingSortKey {
    (meeting.is_cancelled(), meeting.start.timestamp_millis(), number(&meeting.id))
}

fn latest(meeting: &Meeting) -> MeetingSortKey {
    (false, -meeting.start.timestamp_millis(), number(&meeting.id))
}

fn number(id: &RecordId) -> u64 {
    id.as_str().parse().unwrap_or_default()
}

/// One page of a list of meetings.
struct MeetingPage {
    meetings: Vec<Meeting>,
    /// The number of meetings in the whole list.
    total: usize,
    seen: Option<MeetingSortKey>,
    more: bool,
}

impl MeetingPage {
    fn of(
        mut all: Vec<Meeting>,
        position: fn(&Meeting) -> MeetingSortKey,
        seen: Option<MeetingSortKey>,
        limit: usize,
    ) -> MeetingPage {
        let total = all.len();
        all.sort_by_key(position);
        all.retain(|meeting| seen.is_none_or(|seen| position(meeting) > seen));
        let more = all.len() > limit;
        all.truncate(limit);
        MeetingPage { total, seen: all.last().map(position).or(seen), more, meetings: all }
    }
}

impl Shown {
    async fn of(ctx: &Ctx, meeting: Meeting, zone: Zone) -> Shown {
        let line = |text: Option<String>| text.as_deref().map(excerpt::line);
        let start = meeting.start.with_timezone(&zone);
        // A meeting is shown without a name that cannot be read.
        let owner = match &meeting.owner_id {
            Some(id) => ctx.hubspot.owners().by_id(id).await.ok().flatten().map(|found| owner::name(&found)),
            None => None,
        };
        Shown {
            url: record_url::of_id(ctx, Object::Meetings, &meeting.id).await,
            meeting_id: meeting.id,
            start: start.to_rfc3339(),
            weekday: start.format("%A").to_string(),
            owner: owner.filter(|name| !name.is_empty()).as_deref().map(excerpt::line),
            end: meeting.end.map(|end| end.with_timezone(&zone).to_rfc3339()),
            outcome: line(meeting.outcome),
            owner_id: meeting.owner_id,
            customer_text: description(meeting.description.as_deref()),
            title: line(meeting.title),
            location: line(meeting.location),
            conference_url: line(meeting.url.filter(|url| is_web_address(url))),
        }
    }

    /// Leaves out what is of no use for a past meeting.
    fn without_place(self) -> Shown {
        Shown { end: None, location: None, conference_url: None, url: None, customer_text: BTreeMap::new(), ..self }
    }

    /// Removes the fields that only the next meeting shows.
    fn shorten(&mut self) {
        self.url = None;
        self.customer_text.clear();
    }
}

/// True for an address that a customer can open. HubSpot takes any text in its place.
fn is_web_address(text: &str) -> bool {
    Url::parse(text.trim()).is_ok_and(|url| matches!(url.scheme(), "https" | "http"))
}

/// The beginning of the description, without its markup.
fn description(html: Option<&str>) -> BTreeMap<&'static str, String> {
    let text = html.map(|html| excerpt::beginning(note::plain(html).trim())).filter(|text| !text.is_empty());
    text.map(|text| ("topic", text)).into_iter().collect()
}

fn own_zone(contact: &Record, rules: ZoneRules) -> Option<Zone> {
    time_zone::parse(contact.get(ZONE)?, rules).ok()
}

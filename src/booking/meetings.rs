//! What a customer has booked: the meetings on their contact.

use chrono::{DateTime, Utc};
use futures::future::try_join_all;

use crate::crm::id::{OwnerId, RecordId};
use crate::crm::interval::Interval;
use crate::hubspot::{self, HubSpot, Object, Record};

/// Of a contact's meetings the newest so many are read: one batch of HubSpot's.
pub const MEETINGS_MAX: usize = 100;
const START: &str = "hs_meeting_start_time";
const END: &str = "hs_meeting_end_time";
const TITLE: &str = "hs_meeting_title";
const OUTCOME: &str = "hs_meeting_outcome";
const LOCATION: &str = "hs_meeting_location";
const URL: &str = "hs_meeting_external_url";
const OWNER: &str = "hubspot_owner_id";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    pub id: RecordId,
    pub start: DateTime<Utc>,
    /// HubSpot knows meetings without an end.
    pub end: Option<DateTime<Utc>>,
    pub title: Option<String>,
    /// `SCHEDULED`, `COMPLETED`, `RESCHEDULED`, `NO_SHOW` or `CANCELED`.
    pub outcome: Option<String>,
    pub location: Option<String>,
    pub url: Option<String>,
    pub owner_id: Option<OwnerId>,
}

/// The contact's meetings in the order of their starts, and whether there are more than were read.
pub async fn of_contact(hubspot: &HubSpot, contact: &RecordId) -> Result<(Vec<Meeting>, bool), hubspot::Error> {
    let mut ids = hubspot.associations().of(Object::Contacts, contact, Object::Meetings).await?;
    ids.sort_by_key(|id| std::cmp::Reverse(id.as_str().parse::<u64>().unwrap_or(0)));
    ids.dedup();
    let more = ids.len() > MEETINGS_MAX;
    ids.truncate(MEETINGS_MAX);
    let records = hubspot.records(Object::Meetings);
    let properties = [START, END, TITLE, OUTCOME, LOCATION, URL, OWNER];
    let read = try_join_all(ids.iter().map(|id| records.by_id(id, &properties))).await?;
    let mut meetings: Vec<_> = read.into_iter().flatten().filter_map(|record| Meeting::of(&record)).collect();
    meetings.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
    Ok((meetings, more))
}

/// Their meeting that takes exactly this time, unless it was called off.
pub fn at(meetings: &[Meeting], wanted: Interval) -> Option<&Meeting> {
    let called_off = |meeting: &Meeting| matches!(meeting.outcome.as_deref(), Some("CANCELED" | "RESCHEDULED"));
    let same = |meeting: &Meeting| {
        let end = meeting.end.map_or(wanted.end_ms(), |end| end.timestamp_millis());
        meeting.start.timestamp_millis() == wanted.start_ms() && end == wanted.end_ms()
    };
    meetings.iter().find(|meeting| same(meeting) && !called_off(meeting))
}

impl Meeting {
    fn of(record: &Record) -> Option<Meeting> {
        let text = |name: &str| record.get(name).map(str::to_owned);
        Some(Meeting {
            id: record.id.clone(),
            start: record.get(START).and_then(instant)?,
            end: record.get(END).and_then(instant),
            title: text(TITLE),
            outcome: text(OUTCOME),
            location: text(LOCATION),
            url: text(URL),
            owner_id: record.get(OWNER).and_then(|id| id.parse().ok()),
        })
    }
}

/// ISO 8601 or unix milliseconds.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    text.parse().ok().or_else(|| DateTime::from_timestamp_millis(text.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meeting(start: &str, end: Option<&str>, outcome: &str) -> Meeting {
        Meeting {
            id: RecordId::from(1),
            start: start.parse().unwrap(),
            end: end.map(|end| end.parse().unwrap()),
            title: None,
            outcome: Some(outcome.into()),
            location: None,
            url: None,
            owner_id: None,
        }
    }

    #[test]
    fn a_meeting_is_found_at_its_own_time_alone() {
        let ms = |text: &str| text.parse::<DateTime<Utc>>().unwrap().timestamp_millis();
        let wanted = Interval::new(ms("2026-12-01T18:00:00Z"), ms("2026-12-01T18:30:00Z")).unwrap();
        let table = [
            ("2026-12-01T18:00:00Z", Some("2026-12-01T18:30:00Z"), "SCHEDULED", true),
            ("2026-12-01T18:00:00Z", None, "SCHEDULED", true),
            ("2026-12-01T18:00:00Z", Some("2026-12-01T19:00:00Z"), "SCHEDULED", false),
            ("2026-12-01T18:15:00Z", Some("2026-12-01T18:30:00Z"), "SCHEDULED", false),
            ("2026-12-01T18:00:00Z", Some("2026-12-01T18:30:00Z"), "CANCELED", false),
        ];
        for (start, end, outcome, found) in table {
            assert_eq!(at(&[meeting(start, end, outcome)], wanted).is_some(), found, "{start} {end:?} {outcome}");
        }
    }
}

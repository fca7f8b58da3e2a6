//! Meetings, as they stand on the contacts who booked them.

use chrono::{DateTime, Utc};
use futures::future::try_join_all;

use crate::HubSpot;
use crate::error::Error;
use crate::object::Object;
use crate::record::Record;
use domain::id::{OwnerId, RecordId};
use domain::interval::Interval;

/// Of a contact's meetings the newest so many are read: one batch of HubSpot's.
const MEETINGS_MAX: usize = 100;
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
    /// With whom it is.
    pub owner_id: Option<OwnerId>,
}

#[derive(Debug)]
pub struct Meetings<'a>(pub(crate) &'a HubSpot);

impl Meetings<'_> {
    /// The contact's meetings in the order of their starts, and whether there are more than were read.
    pub async fn of_contact(&self, contact: &RecordId) -> Result<(Vec<Meeting>, bool), Error> {
        let (records, more) = self.records_of(contact).await?;
        let mut meetings: Vec<_> = records.iter().filter_map(Meeting::of).collect();
        meetings.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
        Ok((meetings, more))
    }

    /// The same as HubSpot has them, newest first.
    pub(crate) async fn records_of(&self, contact: &RecordId) -> Result<(Vec<Record>, bool), Error> {
        let mut ids = self.0.associations().of(Object::Contacts, contact, Object::Meetings).await?;
        ids.sort_by_key(|id| std::cmp::Reverse(id.as_str().parse::<u64>().unwrap_or(0)));
        ids.dedup();
        let more = ids.len() > MEETINGS_MAX;
        ids.truncate(MEETINGS_MAX);
        let records = self.0.records(Object::Meetings);
        let properties = [START, END, TITLE, OUTCOME, LOCATION, URL, OWNER];
        let read = try_join_all(ids.iter().map(|id| records.by_id(id, &properties))).await?;
        Ok((read.into_iter().flatten().collect(), more))
    }
}

impl Meeting {
    /// Whether it takes exactly this time, and was not called off.
    pub fn occupies(&self, wanted: Interval) -> bool {
        let end_ms = self.end.map_or(wanted.end_ms(), |end| end.timestamp_millis());
        let same = self.start.timestamp_millis() == wanted.start_ms() && end_ms == wanted.end_ms();
        same && !self.is_cancelled()
    }

    /// One that was moved stands beside the one it was moved to.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.outcome.as_deref(), Some("CANCELED" | "RESCHEDULED"))
    }

    /// `None` for one without a start.
    pub(crate) fn of(record: &Record) -> Option<Meeting> {
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
    fn a_meeting_takes_its_own_time_alone() {
        let ms = |text: &str| text.parse::<DateTime<Utc>>().unwrap().timestamp_millis();
        let wanted = Interval::new(ms("2026-12-01T18:00:00Z"), ms("2026-12-01T18:30:00Z")).unwrap();
        let table = [
            ("2026-12-01T18:00:00Z", Some("2026-12-01T18:30:00Z"), "SCHEDULED", true),
            ("2026-12-01T18:00:00Z", None, "SCHEDULED", true),
            ("2026-12-01T18:00:00Z", Some("2026-12-01T19:00:00Z"), "SCHEDULED", false),
            ("2026-12-01T18:15:00Z", Some("2026-12-01T18:30:00Z"), "SCHEDULED", false),
            ("2026-12-01T18:00:00Z", Some("2026-12-01T18:30:00Z"), "CANCELED", false),
        ];
        for (start, end, outcome, takes) in table {
            assert_eq!(meeting(start, end, outcome).occupies(wanted), takes, "{start} {end:?} {outcome}");
        }
    }
}

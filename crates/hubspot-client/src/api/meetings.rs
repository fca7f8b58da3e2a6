//! Meetings on the timelines of the contacts who booked them.

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::future::try_join_all;

use crate::api::associations::AssociationsState;
use crate::api::records::RecordsState;
use crate::error::Error;
use crate::object::Object;
use crate::record::Record;
use crate::transport::call_scope::CallScope;
use domain::id::{OwnerId, RecordId};
use domain::interval::Interval;

/// The number of a contact's newest meetings that are read: one batch of HubSpot's.
const MEETINGS_MAX: usize = 100;
const START: &str = "hs_meeting_start_time";
const END: &str = "hs_meeting_end_time";
const TITLE: &str = "hs_meeting_title";
const OUTCOME: &str = "hs_meeting_outcome";
const LOCATION: &str = "hs_meeting_location";
const URL: &str = "hs_meeting_external_url";
const OWNER: &str = "hubspot_owner_id";
const DESCRIPTION: &str = "hs_meeting_body";
const PROPERTIES: [&str; 8] = [START, END, TITLE, OUTCOME, LOCATION, URL, OWNER, DESCRIPTION];

/// A meeting (HubSpot, meetings API).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// HubSpot's id of the record.
    pub id: RecordId,
    /// The instant of the start.
    pub start: DateTime<Utc>,
    /// The instant of the end. Some meetings in HubSpot have none.
    pub end: Option<DateTime<Utc>>,
    /// Title, as the calendar shows it.
    pub title: Option<String>,
    /// HubSpot's `hs_meeting_outcome`: `SCHEDULED`, `COMPLETED`, `RESCHEDULED`, `NO_SHOW` or `CANCELED`.
    pub outcome: Option<String>,
    /// The place, or the address of a video conference.
    pub location: Option<String>,
    /// The address of the calendar's event.
    pub url: Option<String>,
    /// The representative with whom it is.
    pub owner_id: Option<OwnerId>,
    /// The description in HTML.
    pub description: Option<String>,
}

/// The meetings of contacts.
#[derive(Debug)]
pub struct Meetings<'a> {
    pub(crate) state: &'a MeetingsState,
    pub(crate) scope: &'a CallScope,
}

/// The records and associations from which meetings are read.
pub(crate) struct MeetingsState {
    records: Arc<RecordsState>,
    associations: Arc<AssociationsState>,
}

impl MeetingsState {
    pub(crate) fn new(records: Arc<RecordsState>, associations: Arc<AssociationsState>) -> MeetingsState {
        MeetingsState { records, associations }
    }

    /// Reads the records of a contact's meetings, newest first; true if there are more than were read.
    pub(crate) async fn records_of(&self, scope: &CallScope, contact: &RecordId) -> Result<(Vec<Record>, bool), Error> {
        let mut ids = self.associations.of(scope, Object::Contacts, contact, Object::Meetings).await?;
        ids.sort_by_key(|id| Reverse(id.as_str().parse::<u64>().unwrap_or(0)));
        ids.dedup();
        let more = ids.len() > MEETINGS_MAX;
        ids.truncate(MEETINGS_MAX);
        let reads = ids.iter().map(|id| self.records.by_id(scope, Object::Meetings, id, &PROPERTIES));
        Ok((try_join_all(reads).await?.into_iter().flatten().collect(), more))
    }
}

opaque_debug!(MeetingsState);

impl Meetings<'_> {
    /// Reads a contact's 100 newest meetings in the order of their starts; true if there are more.
    pub async fn of_contact(&self, contact: &RecordId) -> Result<(Vec<Meeting>, bool), Error> {
        let (records, more) = self.state.records_of(self.scope, contact).await?;
        let mut meetings: Vec<_> = records.iter().filter_map(Meeting::of).collect();
        meetings.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
        Ok((meetings, more))
    }
}

impl Meeting {
    /// True if the meeting has exactly this start and end and is not cancelled.
    pub fn occupies(&self, wanted: Interval) -> bool {
        let end_ms = self.end.map_or(wanted.end_ms(), |end| end.timestamp_millis());
        let same = self.start.timestamp_millis() == wanted.start_ms() && end_ms == wanted.end_ms();
        same && !self.is_cancelled()
    }

    /// True for a meeting that was cancelled or moved. HubSpot keeps a moved one beside its successor.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.outcome.as_deref(), Some("CANCELED" | "RESCHEDULED"))
    }

    /// Reads a meeting; `None` if it has no start.
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
            description: text(DESCRIPTION),
        })
    }
}

/// Reads an instant, in ISO 8601 or in Unix milliseconds.
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
            description: None,
        }
    }

    #[test]
    fn a_meeting_occupies_only_its_own_time() {
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

//! The clocks of all zones in the coming years, by which zones are told apart.

use jiff::civil::date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, civil::Date};

use super::iana::ZoneName;

/// The years in which clocks are compared: no earlier ones, because clocks that used to differ are of no interest.
/// Three years show every yearly rule, and hold no law that is not passed.
const YEARS: (Date, Date) = (date(2027, 1, 1), date(2030, 1, 1));

/// The changes of every zone's clocks: the instant and the offset from then on, in seconds.
pub(super) struct Clocks(Vec<Vec<(i64, i32)>>);

impl Clocks {
    /// Reads the clocks of all names, in their order.
    pub(super) fn of(zones: impl Iterator<Item = &'static TimeZone>) -> Clocks {
        let instant = |day: Date| Offset::UTC.to_timestamp(day.into()).unwrap_or_default();
        Clocks(zones.map(|zone| changes(zone, instant(YEARS.0), instant(YEARS.1))).collect())
    }

    /// Returns true if both zones show the same time all along.
    pub(super) fn same(&self, one: ZoneName, other: ZoneName) -> bool {
        self.0[one.index()] == self.0[other.index()]
    }

    /// The different offsets of a zone, in seconds east of UTC.
    pub(super) fn offsets(&self, name: ZoneName) -> Vec<i32> {
        let mut offsets: Vec<i32> = self.0[name.index()].iter().map(|(_, offset)| *offset).collect();
        offsets.sort_unstable();
        offsets.dedup();
        offsets
    }
}

/// The offset at `start`, and those of the changes until `end`, each with its instant in Unix seconds.
fn changes(zone: &TimeZone, start: Timestamp, end: Timestamp) -> Vec<(i64, i32)> {
    let mut changes = vec![(start.as_second(), zone.to_offset(start).seconds())];
    for change in zone.following(start).take_while(|change| change.timestamp() < end) {
        let offset = change.offset().seconds();
        // Laws also change the name of a time alone.
        if changes.last().is_none_or(|(_, before)| *before != offset) {
            changes.push((change.timestamp().as_second(), offset));
        }
    }
    changes
}

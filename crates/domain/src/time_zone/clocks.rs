//! The clocks of all zones in the coming years, by which zones are told apart.

use jiff::civil::date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, civil::Date};

use super::iana::ZoneName;

/// The years in which clocks are compared: no earlier ones, because clocks that used to differ are of no interest.
/// Three years show every yearly rule, and hold no law that is not passed.
const YEARS: (Date, Date) = (date(2027, 1, 1), date(2030, 1, 1));

/// The years whose offsets labels still show: operating systems and web forms keep an offset long after a law changed it.
const LABEL_YEARS: (Date, Date) = (date(2015, 1, 1), YEARS.1);

/// The changes of every zone's clocks: the instant and the offset from then on, in seconds.
pub(super) struct Clocks(Vec<Vec<(i64, i32)>>);

impl Clocks {
    /// Reads the clocks of all names, in their order.
    pub(super) fn of(zones: impl Iterator<Item = &'static TimeZone>) -> Clocks {
        Clocks(zones.map(|zone| changes(zone, YEARS)).collect())
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

/// Returns true if labels may show the offset for the zone: it had it in recent years.
pub(super) fn had_offset(zone: &TimeZone, seconds: i32) -> bool {
    changes(zone, LABEL_YEARS).iter().any(|(_, offset)| *offset == seconds)
}

/// The winters whose offset the names of times stand for: the last before several laws of 2026, and the first after.
const WINTERS: [Date; 2] = [date(2026, 1, 15), date(2027, 1, 15)];

/// Returns the offsets in recent Januaries, in seconds east of UTC.
pub(super) fn winter_offsets(zone: &TimeZone) -> Vec<i32> {
    let instants = WINTERS.iter().map(|day| Offset::UTC.to_timestamp((*day).into()).unwrap_or_default());
    instants.map(|at| zone.to_offset(at).seconds()).collect()
}

/// The offset at the start of the years, and those of the changes until their end, each with its instant in Unix seconds.
fn changes(zone: &TimeZone, years: (Date, Date)) -> Vec<(i64, i32)> {
    let instant = |day: Date| -> Timestamp { Offset::UTC.to_timestamp(day.into()).unwrap_or_default() };
    let (start, end) = (instant(years.0), instant(years.1));
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

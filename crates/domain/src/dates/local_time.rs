//! Local time as an instant. Clock changes skip some hours and repeat others.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};

use super::error::Reason;
use super::format;
use crate::interval::Interval;
use crate::time_zone::zone::Zone;

/// The longest clock change.
const CHANGE_MINUTES_MAX: i64 = 24 * 60;

/// Returns the instant of a local time in a zone. Of two instants in a repeated hour, `fits` selects one.
pub(super) fn instant(
    local: NaiveDateTime,
    zone: Zone,
    fits: impl Fn(&DateTime<Zone>) -> bool,
) -> Result<DateTime<Zone>, Reason> {
    let shown = match zone.from_local_datetime(&local) {
        LocalResult::None => return Err(skipped(local, zone)),
        LocalResult::Single(at) => vec![at],
        LocalResult::Ambiguous(first, second) => vec![first, second],
    };
    let fitting: Vec<DateTime<Zone>> = shown.into_iter().filter(fits).collect();
    match fitting[..] {
        [] => Err(Reason::OtherZone(zone.name().to_owned())),
        [at] => Ok(at),
        [first, second, ..] => Err(Reason::Doubled {
            zone: zone.name().to_owned(),
            first: first.to_rfc3339(),
            second: second.to_rfc3339(),
        }),
    }
}

/// Returns the interval of a day.
pub(super) fn whole_day(date: NaiveDate, zone: Zone) -> Option<Interval> {
    Interval::new(begin(date, zone)?, begin(date.succ_opt()?, zone)?)
}

/// Returns the middle of a day.
pub(super) fn noon(date: NaiveDate, zone: Zone) -> Option<DateTime<Zone>> {
    zone.from_local_datetime(&date.and_hms_opt(12, 0, 0)?).earliest()
}

/// Returns the interval of some hours of a day.
pub(super) fn hours(date: NaiveDate, hours: std::ops::Range<u32>, zone: Zone) -> Option<Interval> {
    let at = |hour: u32| first_from(date.and_time(NaiveTime::MIN) + TimeDelta::hours(hour.into()), zone);
    Interval::new(at(hours.start)?, at(hours.end)?)
}

/// The first instant of a day in Unix milliseconds, which is not midnight where clocks skip it.
fn begin(date: NaiveDate, zone: Zone) -> Option<i64> {
    first_from(date.and_time(NaiveTime::MIN), zone)
}

/// The first instant in Unix milliseconds at which clocks show this local time or a later one.
fn first_from(local: NaiveDateTime, zone: Zone) -> Option<i64> {
    let mut minutes = (0..CHANGE_MINUTES_MAX).map(|count| local + TimeDelta::minutes(count));
    minutes.find_map(|local| zone.from_local_datetime(&local).earliest()).map(|at| at.timestamp_millis())
}

fn skipped(local: NaiveDateTime, zone: Zone) -> Reason {
    let missing = |at: &NaiveDateTime| zone.from_local_datetime(at).earliest().is_none();
    let minutes = |step: i64| {
        (0..CHANGE_MINUTES_MAX)
            .map(move |count| local + TimeDelta::minutes(count * step))
            .take_while(move |at| missing(at))
    };
    let from = minutes(-1).last().unwrap_or(local);
    let to = minutes(1).last().unwrap_or(local) + TimeDelta::minutes(1);
    Reason::Skipped { zone: zone.name().to_owned(), from: format::time(from.time()), to: format::time(to.time()) }
}

//! What a clock on the wall shows, as an instant: some hours it skips and some it shows twice.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

use super::error::Reason;
use super::format;
use crate::interval::Interval;

/// No clock change is longer than a day.
const CHANGE_MINUTES_MAX: i64 = 24 * 60;

/// The one instant at which clocks in the zone show this, of those that fit what else was said.
pub(super) fn instant(
    local: NaiveDateTime,
    zone: Tz,
    fits: impl Fn(&DateTime<Tz>) -> bool,
) -> Result<DateTime<Tz>, Reason> {
    let shown = match zone.from_local_datetime(&local) {
        LocalResult::None => return Err(skipped(local, zone)),
        LocalResult::Single(at) => vec![at],
        LocalResult::Ambiguous(first, second) => vec![first, second],
    };
    let fitting: Vec<DateTime<Tz>> = shown.into_iter().filter(fits).collect();
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

/// A day from its first to its last instant.
pub(super) fn whole_day(date: NaiveDate, zone: Tz) -> Option<Interval> {
    Interval::new(begin(date, zone)?, begin(date.succ_opt()?, zone)?)
}

/// The first instant of a day, in unix milliseconds: not always midnight.
fn begin(date: NaiveDate, zone: Tz) -> Option<i64> {
    let midnight = date.and_time(NaiveTime::MIN);
    let mut minutes = (0..CHANGE_MINUTES_MAX).map(|count| midnight + TimeDelta::minutes(count));
    minutes.find_map(|local| zone.from_local_datetime(&local).earliest()).map(|at| at.timestamp_millis())
}

fn skipped(local: NaiveDateTime, zone: Tz) -> Reason {
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

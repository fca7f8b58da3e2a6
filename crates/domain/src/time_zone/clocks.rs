//! The clocks of all zones in the coming years, by which zones are told apart.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::iana::ZoneName;
use super::zone::Zone;

/// The years in which clocks are compared: no earlier ones, because clocks that used to differ are of no interest.
const FIRST_YEAR: i32 = 2027;
/// Three years show every yearly rule, and hold no law that is not passed.
const YEARS: i32 = 3;

/// The changes of every zone's clocks: the instant and the offset from then on, in seconds.
pub(super) struct Clocks(Vec<Vec<(i64, i32)>>);

impl Clocks {
    pub(super) fn of(zones: impl Iterator<Item = Zone>) -> Clocks {
        let (start, end) = (new_year(FIRST_YEAR), new_year(FIRST_YEAR + YEARS));
        Clocks(zones.map(|zone| zone.changes(start, end)).collect())
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

fn new_year(year: i32) -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::super::rules::ZoneRules;
    use super::*;

    #[test]
    fn zones_are_the_same_if_their_clocks_are() {
        let table = [
            ("America/New_York", "America/Detroit", true),
            ("America/New_York", "Europe/London", false),
            ("America/Denver", "America/Phoenix", false),
            ("Europe/Athens", "Asia/Beirut", false), // on the same days, at other hours
            ("Europe/Athens", "Europe/Kyiv", true),
            ("Asia/Almaty", "Asia/Qyzylorda", true),
        ];
        let name = |text| ZoneName::parse(text).unwrap();
        for (one, other, same) in table {
            assert_eq!(ZoneRules::embedded().clocks().same(name(one), name(other)), same, "{one} {other}");
        }
    }

    #[test]
    fn a_zone_has_the_offsets_of_its_seasons() {
        let offsets = |name| ZoneRules::embedded().clocks().offsets(ZoneName::parse(name).unwrap());
        assert_eq!(offsets("America/New_York"), [-5 * 3600, -4 * 3600]);
        assert_eq!(offsets("America/Vancouver"), [-7 * 3600]);
        assert_eq!(offsets("Asia/Kolkata"), [5 * 3600 + 1800]);
    }
}

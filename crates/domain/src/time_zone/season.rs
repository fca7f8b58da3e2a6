//! Names of a zone's time in one season: `EST` is five hours behind UTC in July, too, when nobody in New York keeps it.

use chrono::{FixedOffset, Offset, Utc};

use super::iana::ZoneName;
use super::rules::ZoneRules;

const STANDARD: [&str; 14] =
    ["akst", "ast", "aest", "acst", "cet", "cst", "eet", "est", "hst", "mst", "nst", "nzst", "pst", "wet"];
const SUMMER: [&str; 15] =
    ["adt", "aedt", "acdt", "akdt", "bst", "cdt", "cest", "edt", "eest", "idt", "mdt", "ndt", "nzdt", "pdt", "west"];

/// The time of a zone in a part of the year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Season {
    /// The time without a clock change for the summer.
    Standard,
    /// The time in summer.
    Summer,
}

impl Season {
    /// Returns the season that a name in lower case says, such as `edt` and `eastern standard time`.
    pub(crate) fn of(name: &str) -> Option<Season> {
        let ends = |endings: [&str; 2]| endings.iter().any(|ending| name.ends_with(ending));
        match name {
            _ if STANDARD.contains(&name) || ends([" standard time", " standard"]) => Some(Season::Standard),
            _ if SUMMER.contains(&name) || ends([" daylight time", " summer time"]) => Some(Season::Summer),
            _ => None,
        }
    }

    /// Returns the offset of the zone in the season; a zone without seasons has one.
    pub(crate) fn offset(self, name: ZoneName, rules: ZoneRules) -> FixedOffset {
        let offsets = rules.clocks().offsets(name);
        let seconds = match self {
            Season::Standard => offsets.first(),
            Season::Summer => offsets.last(),
        };
        seconds.and_then(|seconds| FixedOffset::east_opt(*seconds)).unwrap_or(Utc.fix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_season_has_one_offset() {
        let table = [
            ("est", "America/New_York", Some(-5)),
            ("edt", "America/New_York", Some(-4)),
            ("eastern standard time", "America/New_York", Some(-5)),
            ("british summer time", "Europe/London", Some(1)),
            ("nzdt", "Pacific/Auckland", Some(13)),
            ("mst", "America/Phoenix", Some(-7)),
            ("eastern time", "America/New_York", None),
        ];
        for (words, zone, hours) in table {
            let zone = ZoneName::parse(zone).unwrap();
            let offset = Season::of(words).map(|season| season.offset(zone, ZoneRules::embedded()));
            assert_eq!(offset.map(|offset| offset.local_minus_utc() / 3600), hours, "{words}");
        }
    }
}

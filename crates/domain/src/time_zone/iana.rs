//! Lookup by IANA name.

use chrono_tz::Tz;

/// Returns the zone with this IANA name, such as `america/new_york`, in any case.
pub(crate) fn by_iana_name(name: &str) -> Option<Tz> {
    Tz::from_str_insensitive(name).ok()
}

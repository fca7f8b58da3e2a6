//! Ids of 32 hexadecimal digits, as messages and visitors of a chat have them. They come from counters, so that every
//! run gives the same ids.

use crate::seeded_random::mix;

/// Returns the id of a number within a kind of things.
pub(crate) fn hex_id(kind: u64, number: u64) -> String {
    let high = mix(number.wrapping_add(kind << 48));
    format!("{high:016x}{:016x}", mix(high ^ number))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_hexadecimal_and_differ() {
        let ids: BTreeSet<_> = (0..3).flat_map(|kind| (0..1_000).map(move |number| hex_id(kind, number))).collect();
        assert_eq!(ids.len(), 3_000);
        assert!(ids.iter().all(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())));
    }
}

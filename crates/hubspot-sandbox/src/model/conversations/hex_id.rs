//! Ids of 32 hexadecimal digits, as messages and visitors of a chat have them. They come from counters, so that every run
//! gives the same ids.

/// Returns the id of a number within a kind of things.
pub(crate) fn hex_id(kind: u64, number: u64) -> String {
    let high = mix(number.wrapping_add(kind << 48));
    format!("{high:016x}{:016x}", mix(high ^ number))
}

/// Mixes the bits of a number (SplitMix64), so that neighbours look unrelated.
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
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

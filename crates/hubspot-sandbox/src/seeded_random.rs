//! Numbers that look random and are the same in every run.

/// Mixes the bits of a number (SplitMix64), so that neighbours look unrelated.
pub(crate) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// A source of chance that begins with a seed.
#[derive(Clone, Debug)]
pub(crate) struct SeededRandom(u64);

impl SeededRandom {
    pub(crate) fn new(seed: u64) -> SeededRandom {
        SeededRandom(mix(seed))
    }

    /// Says yes in this share of all cases, in percent.
    pub(crate) fn percent(&mut self, share: u8) -> bool {
        self.below(100) < u64::from(share)
    }

    /// Returns a number below `end`, or 0 if there is none.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = mix(self.0);
        self.0.checked_rem(end).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_kept_and_a_seed_repeats_itself() {
        let drawn = |seed| {
            let mut chance = SeededRandom::new(seed);
            (0..10_000).map(|_| chance.percent(25)).collect::<Vec<_>>()
        };
        let yes = drawn(1).into_iter().filter(|yes| *yes).count();
        assert!((2_300..2_700).contains(&yes), "{yes}");
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        assert!(!SeededRandom::new(1).percent(0) && SeededRandom::new(1).percent(100));
        assert_eq!(SeededRandom::new(1).below(0), 0);
    }
}

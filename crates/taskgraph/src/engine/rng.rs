//! Chance with a seed: the same walk takes the same ways.

/// The next number of a seeded row (SplitMix64, Steele and others 2014).
fn draw(seed: u64, draws: u64) -> u64 {
    let mut z = seed.wrapping_add(draws.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Which of these weights is drawn. When all are 0 the first is. `weights` must not be empty.
pub(super) fn choose(seed: u64, draws: u64, weights: &[f64]) -> usize {
    let total: f64 = weights.iter().sum();
    // 53 bits are what an f64 holds exactly.
    let mut point = (draw(seed, draws) >> 11) as f64 / (1_u64 << 53) as f64 * total;
    for (position, weight) in weights.iter().enumerate() {
        if point < *weight {
            return position;
        }
        point -= weight;
    }
    weights.iter().position(|weight| *weight > 0.0).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_kept_and_a_seed_repeats_itself() {
        let row = |seed| (0..4_000).map(|draws| choose(seed, draws, &[1.0, 0.0, 3.0])).collect::<Vec<_>>();
        let drawn = row(7);
        assert_eq!(drawn, row(7));
        assert_ne!(drawn, row(8));
        let count = |wanted| drawn.iter().filter(|position| **position == wanted).count();
        assert_eq!(count(1), 0);
        assert!((900..1_100).contains(&count(0)), "{}", count(0));
        assert_eq!(choose(7, 0, &[0.0, 0.0]), 0);
        assert!(choose(7, 0, &[f64::MAX, f64::MAX]) < 2, "a sum without end still chooses one");
    }
}

//! Random numbers from a seed, so that a run can be repeated.

/// Returns number `draws` of the sequence of this seed (SplitMix64, Steele et al. 2014).
fn draw(seed: u64, draws: u64) -> u64 {
    let mut z = seed.wrapping_add(draws.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Draws a position by weight, or 0 if all weights are 0. `weights` must not be empty.
pub(super) fn choose(seed: u64, draws: u64, weights: &[f64]) -> usize {
    let total: f64 = weights.iter().sum();
    // An f64 holds 53 bits exactly.
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
    fn draws_follow_the_weights_and_repeat_with_the_seed() {
        let sequence = |seed| (0..4_000).map(|draws| choose(seed, draws, &[1.0, 0.0, 3.0])).collect::<Vec<_>>();
        let drawn = sequence(7);
        assert_eq!(drawn, sequence(7));
        assert_ne!(drawn, sequence(8));
        let count = |wanted| drawn.iter().filter(|position| **position == wanted).count();
        assert_eq!(count(1), 0);
        assert!((900..1_100).contains(&count(0)), "{}", count(0));
        assert_eq!(choose(7, 0, &[0.0, 0.0]), 0);
        assert!(choose(7, 0, &[f64::MAX, f64::MAX]) < 2, "an infinite sum still gives a position");
    }
}

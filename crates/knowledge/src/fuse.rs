//! Two rankings of the same things as one, by reciprocal ranks (Cormack, Clarke and Büttcher, 2009): what both put high
//! comes first, and scores of different kinds never meet.

use std::{collections::HashMap, hash::Hash};

/// How slowly the worth of a rank falls; the paper's value, which is not sensitive.
const FLATNESS: f32 = 60.0;

/// The things of both rankings, best first, with their fused scores. Ties go to the first ranking.
pub(super) fn fuse<T: Copy + Eq + Hash>(one: &[T], other: &[T]) -> Vec<(f32, T)> {
    let mut scores: HashMap<T, f32> = HashMap::new();
    let mut order: Vec<T> = Vec::new();
    for ranking in [one, other] {
        for (rank, thing) in (1_u16..).zip(ranking) {
            let score = scores.entry(*thing).or_insert_with(|| {
                order.push(*thing);
                0.0
            });
            *score += 1.0 / (FLATNESS + f32::from(rank));
        }
    }
    let mut fused: Vec<(f32, T)> = order.into_iter().map(|thing| (scores[&thing], thing)).collect();
    fused.sort_by(|one, other| other.0.total_cmp(&one.0));
    fused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(one: &[u8], other: &[u8]) -> Vec<u8> {
        fuse(one, other).into_iter().map(|(_, thing)| thing).collect()
    }

    #[test]
    fn what_both_rankings_hold_comes_first() {
        assert_eq!(order(&[1, 2, 3], &[4, 3]), [3, 1, 4, 2]);
        assert_eq!(order(&[1, 2], &[]), [1, 2]);
        assert_eq!(order(&[], &[1, 2]), [1, 2]);
        assert!(order(&[], &[]).is_empty());
    }
}

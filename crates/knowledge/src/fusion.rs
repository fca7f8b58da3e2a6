//! Reciprocal rank fusion (Cormack, Clarke and Büttcher, 2009): merges two rankings by the ranks alone, so that scores
//! of different kinds need not be comparable.

use std::{collections::HashMap, hash::Hash};

/// The constant `k` of the formula `1 / (k + rank)`, with the value of the paper. The result hardly depends on it.
const RANK_CONSTANT: f32 = 60.0;

/// Merges two rankings, each best first. Of items with equal scores the one from the first ranking comes first.
pub(crate) fn reciprocal_rank_fusion<T: Copy + Eq + Hash>(one: &[T], other: &[T]) -> Vec<(f32, T)> {
    let mut scores: HashMap<T, f32> = HashMap::new();
    let mut order: Vec<T> = Vec::new();
    for ranking in [one, other] {
        for (rank, item) in (1_u16..).zip(ranking) {
            let score = scores.entry(*item).or_insert_with(|| {
                order.push(*item);
                0.0
            });
            *score += 1.0 / (RANK_CONSTANT + f32::from(rank));
        }
    }
    let mut fused: Vec<(f32, T)> = order.into_iter().map(|item| (scores[&item], item)).collect();
    fused.sort_by(|one, other| other.0.total_cmp(&one.0));
    fused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(one: &[u8], other: &[u8]) -> Vec<u8> {
        reciprocal_rank_fusion(one, other).into_iter().map(|(_, item)| item).collect()
    }

    #[test]
    fn items_in_both_rankings_come_first() {
        assert_eq!(order(&[1, 2, 3], &[4, 3]), [3, 1, 4, 2]);
        assert_eq!(order(&[1, 2], &[]), [1, 2]);
        assert_eq!(order(&[], &[1, 2]), [1, 2]);
        assert!(order(&[], &[]).is_empty());
    }
}

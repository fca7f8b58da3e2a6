//! The numbers that several runs give together. Pure.

/// The chance that `k` runs chosen out of `n`, of which `passed` have passed, have all passed: C(passed, k) / C(n, k).
/// `None` if there are fewer than `k` runs.
pub fn pass_hat(passed: usize, n: usize, k: usize) -> Option<f64> {
    if k == 0 || k > n {
        return None;
    }
    let chance = |at: usize| passed.saturating_sub(at) as f64 / (n - at) as f64;
    Some((0..k).map(chance).product())
}

/// The mean.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The standard error of the mean of values that are independent of each other, such as the rates of scenarios.
pub fn standard_error(values: &[f64]) -> Option<f64> {
    let mean = mean(values).filter(|_| values.len() > 1)?;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    Some((squares / (values.len() - 1) as f64 / values.len() as f64).sqrt())
}

/// The smallest value that at least this share of the values does not pass.
pub fn percentile(values: &[f64], share: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_k_runs_pass_less_often_than_one() {
        for (passed, n, k, chance) in [
            (4, 4, 4, Some(1.0)),
            (3, 4, 1, Some(0.75)),
            (3, 4, 2, Some(0.5)),
            (3, 4, 3, Some(0.25)),
            (3, 4, 4, Some(0.0)),
            (0, 4, 1, Some(0.0)),
            (1, 1, 2, None),
            (1, 1, 0, None),
        ] {
            let found = pass_hat(passed, n, k);
            let is_equal = match (found, chance) {
                (Some(found), Some(chance)) => (found - chance).abs() < 1e-9,
                (found, chance) => found == chance,
            };
            assert!(is_equal, "{passed} of {n}, {k}: {found:?}");
        }
    }

    #[test]
    fn means_errors_and_percentiles_are_those_of_the_books() {
        assert_eq!(mean(&[1.0, 0.0]), Some(0.5));
        assert_eq!(mean(&[]), None);
        assert_eq!(standard_error(&[1.0, 0.0]), Some(0.5));
        assert_eq!(standard_error(&[1.0]), None);
        assert_eq!(percentile(&[3.0, 1.0, 2.0, 10.0], 0.5), Some(2.0));
        assert_eq!(percentile(&[3.0, 1.0, 2.0, 10.0], 0.9), Some(10.0));
        assert_eq!(percentile(&[], 0.9), None);
    }
}

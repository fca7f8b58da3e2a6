//! Half-open intervals of time, so that one meeting may start at the instant when another ends.

/// The time from `start` (inclusive) to `end` (exclusive), in Unix milliseconds. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Interval {
    start: i64,
    end: i64,
}

impl Interval {
    /// Creates an interval, or `None` if `start_ms` is not before `end_ms`.
    pub fn new(start_ms: i64, end_ms: i64) -> Option<Interval> {
        (start_ms < end_ms).then_some(Interval { start: start_ms, end: end_ms })
    }

    /// Returns the first millisecond of the interval.
    pub fn start_ms(self) -> i64 {
        self.start
    }

    /// Returns the first millisecond after the interval.
    pub fn end_ms(self) -> i64 {
        self.end
    }

    /// Returns `true` if the intervals have at least one millisecond in common.
    pub fn overlaps(self, other: Interval) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Returns `true` if `instant_ms` lies in the interval. Its end does not.
    pub fn contains(self, instant_ms: i64) -> bool {
        self.start <= instant_ms && instant_ms < self.end
    }

    /// Returns the time that lies in both intervals.
    pub fn intersection(self, other: Interval) -> Option<Interval> {
        Interval::new(self.start.max(other.start), self.end.min(other.end))
    }
}

/// Returns the union of the intervals as the fewest possible intervals, sorted by start: those that overlap or touch
/// are merged.
pub fn union(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.sort_unstable();
    let mut merged: Vec<Interval> = Vec::with_capacity(intervals.len());
    for next in intervals {
        match merged.last_mut() {
            Some(last) if next.start <= last.end => last.end = last.end.max(next.end),
            _ => merged.push(next),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The model that the intervals are compared with has one bool per minute.
    const MINUTES: i64 = 120;

    fn minutes(intervals: &[Interval]) -> Vec<bool> {
        (0..MINUTES).map(|minute| intervals.iter().any(|interval| interval.contains(minute))).collect()
    }

    fn interval() -> impl Strategy<Value = Interval> {
        (0..MINUTES, 0..MINUTES).prop_filter_map("empty", |(start, end)| Interval::new(start, end))
    }

    #[test]
    fn an_empty_or_backward_interval_does_not_exist() {
        assert_eq!(Interval::new(5, 5), None);
        assert_eq!(Interval::new(6, 5), None);
    }

    #[test]
    fn back_to_back_is_free_and_anything_inside_is_not() {
        let meeting = Interval::new(60, 120).unwrap();
        assert!(!meeting.overlaps(Interval::new(120, 150).unwrap()));
        assert!(!meeting.overlaps(Interval::new(30, 60).unwrap()));
        assert!(meeting.overlaps(Interval::new(75, 90).unwrap()));
        assert!(meeting.overlaps(Interval::new(0, 200).unwrap()));
    }

    proptest! {
        #[test]
        fn overlap_and_intersection_are_those_of_the_minutes(a in interval(), b in interval()) {
            let (ours, theirs) = (minutes(&[a]), minutes(&[b]));
            let shared: Vec<bool> = ours.iter().zip(&theirs).map(|(x, y)| *x && *y).collect();
            prop_assert_eq!(a.overlaps(b), shared.contains(&true));
            prop_assert_eq!(minutes(a.intersection(b).as_slice()), shared);
        }

        #[test]
        fn a_union_keeps_every_minute_and_leaves_gaps_between(all in prop::collection::vec(interval(), 0..12)) {
            let merged = union(all.clone());
            prop_assert_eq!(minutes(&merged), minutes(&all));
            prop_assert!(merged.windows(2).all(|pair| pair[0].end_ms() < pair[1].start_ms()));
        }
    }
}

//! Search for free slots: an exact one, the nearest ones, and pages of a day. Decisions without I/O.

use domain::interval::Interval;

/// The most alternatives that are offered when the wanted slot is not free.
pub const ALTERNATIVES_MAX: usize = 5;
/// The number of alternatives below which the next month is read.
pub const ALTERNATIVES_MIN: usize = 3;

/// The free slots that start within `day`, in order.
pub fn starting_in(slots: &[Interval], day: Interval) -> Vec<Interval> {
    let starting = slots.iter().copied().filter(|slot| day.contains(slot.start_ms()));
    in_order(starting.collect())
}

/// The first free slots that start at `from_ms` or later.
pub fn following(slots: &[Interval], from_ms: i64, count: usize) -> Vec<Interval> {
    let mut following = in_order(slots.iter().copied().filter(|slot| slot.start_ms() >= from_ms).collect());
    following.truncate(count);
    following
}

/// True if `wanted` is a free slot and no interval of `taken` overlaps it.
pub fn exactly(slots: &[Interval], wanted: Interval, taken: &[Interval]) -> bool {
    slots.contains(&wanted) && !taken.iter().any(|taken| taken.overlaps(wanted))
}

/// The slots to offer in place of `wanted`, in order: the nearest of its day, then those of the next days, and slots before
/// its day only if there are not enough.
pub fn alternatives(slots: &[Interval], wanted: Interval, day: Interval, taken: &[Interval]) -> Vec<Interval> {
    let free = |slot: &&Interval| **slot != wanted && !taken.iter().any(|taken| taken.overlaps(**slot));
    let rank = |slot: &Interval| {
        let start_ms = slot.start_ms();
        let away = match start_ms {
            start_ms if day.contains(start_ms) => 0,
            start_ms if start_ms >= day.end_ms() => 1,
            _ => 2,
        };
        (away, start_ms.abs_diff(wanted.start_ms()), start_ms)
    };
    let mut ranked: Vec<_> = slots.iter().filter(free).copied().collect();
    ranked.sort_unstable_by_key(rank);
    ranked.dedup();
    let enough = ranked.iter().filter(|slot| rank(slot).0 < 2).count().max(ALTERNATIVES_MIN);
    ranked.truncate(enough.min(ALTERNATIVES_MAX));
    in_order(ranked)
}

/// The first `count` slots after `after_ms`, and true if more follow.
pub fn page(slots: &[Interval], after_ms: Option<i64>, count: usize) -> (Vec<Interval>, bool) {
    let left: Vec<_> = slots.iter().copied().filter(|slot| after_ms.is_none_or(|ms| slot.start_ms() > ms)).collect();
    (left.iter().copied().take(count).collect(), left.len() > count)
}

/// The last `count` slots before `before_ms`.
pub fn page_before(slots: &[Interval], before_ms: i64, count: usize) -> Vec<Interval> {
    let end = slots.partition_point(|slot| slot.start_ms() < before_ms);
    slots[end.saturating_sub(count)..end].to_vec()
}

/// The `count` slots that start nearest to `wanted_ms`, and true if more follow; the slots are in order.
pub fn around(slots: &[Interval], wanted_ms: i64, count: usize) -> (Vec<Interval>, bool) {
    let away = |slot: &Interval| slot.start_ms().abs_diff(wanted_ms);
    // A window is too early while its first slot is further away than the slot behind it.
    let too_early = |window: &[Interval]| away(&window[0]) > away(&window[count]);
    let first = slots.windows(count + 1).take_while(|window| too_early(window)).count();
    let shown = slots.iter().copied().skip(first).take(count).collect();
    (shown, slots.len() > first + count)
}

fn in_order(mut slots: Vec<Interval>) -> Vec<Interval> {
    slots.sort_unstable();
    slots.dedup();
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(start: i64) -> Interval {
        between(start, start + 30)
    }

    fn between(start: i64, end: i64) -> Interval {
        Interval::new(start, end).unwrap()
    }

    fn starts(slots: &[Interval]) -> Vec<i64> {
        slots.iter().map(|slot| slot.start_ms()).collect()
    }

    #[test]
    fn back_to_back_is_free_and_anything_inside_is_not() {
        let slots = [slot(0), slot(30), slot(60)];
        assert!(exactly(&slots, slot(30), &[between(0, 30), between(60, 90)]));
        for taken in [between(29, 31), between(35, 40), between(59, 60), between(0, 90)] {
            assert!(!exactly(&slots, slot(30), &[taken]), "{taken:?}");
        }
        assert!(!exactly(&slots, slot(15), &[]), "it is not offered");
    }

    #[test]
    fn the_nearest_to_a_wanted_time_are_shown() {
        let slots: Vec<_> = (0..6).map(|number| slot(number * 100)).collect();
        let table = [
            (0, 2, vec![0, 100], true),
            (-50, 2, vec![0, 100], true),
            (260, 2, vec![200, 300], true),
            (300, 3, vec![200, 300, 400], true),
            (900, 2, vec![400, 500], false),
            (250, 9, vec![0, 100, 200, 300, 400, 500], false),
        ];
        for (wanted, count, shown, more) in table {
            let around = around(&slots, wanted, count);
            assert_eq!((starts(&around.0), around.1), (shown, more), "{count} around {wanted}");
        }
        assert_eq!(super::around(&[], 0, 3), (vec![], false));
    }

    #[test]
    fn the_slots_before_one_are_the_last_ones() {
        let slots: Vec<_> = (0..5).map(|number| slot(number * 100)).collect();
        for (before, count, shown) in
            [(300, 2, vec![100, 200]), (50, 2, vec![0]), (0, 2, vec![]), (900, 9, vec![0, 100, 200, 300, 400])]
        {
            assert_eq!(starts(&page_before(&slots, before, count)), shown, "{count} before {before}");
        }
    }

    #[test]
    fn the_same_day_comes_first_and_then_the_next_days() {
        let days: Vec<_> =
            [-1_i64, 0, 1].iter().flat_map(|day| [9, 10, 16].map(|hour| slot((day * 24 + hour) * 60))).collect();
        let day = between(0, 24 * 60);
        let near = alternatives(&days, slot(12 * 60), day, &[]);
        assert_eq!(starts(&near), [9 * 60, 10 * 60, 16 * 60, 33 * 60, 34 * 60]);
        let near = alternatives(&days, slot(10 * 60), day, &[between(9 * 60, 9 * 60 + 1)]);
        assert_eq!(starts(&near), [16 * 60, 33 * 60, 34 * 60, 40 * 60]);
    }

    #[test]
    fn slots_before_the_day_are_offered_only_if_others_are_too_few() {
        let slots = [slot(-300), slot(-200), slot(-100), slot(50)];
        let near = alternatives(&slots, slot(60), between(0, 200), &[]);
        assert_eq!(starts(&near), [-200, -100, 50]);
        assert_eq!(alternatives(&[], slot(0), between(0, 100), &[]), []);
    }

    #[test]
    fn a_day_has_the_slots_that_start_in_it() {
        let day = between(100, 200);
        assert_eq!(starts(&starting_in(&[slot(190), slot(99), slot(100), slot(200)], day)), [100, 190]);
        assert_eq!(starts(&following(&[slot(5), slot(190), slot(210), slot(220)], 190, 2)), [190, 210]);
    }

    #[test]
    fn long_days_come_in_pages_that_leave_nothing_out() {
        let slots: Vec<_> = (0..10).map(|n| slot(n * 10)).collect();
        let (mut seen, mut after) = (vec![], None);
        loop {
            let (page, more) = page(&slots, after, 4);
            seen.extend(page);
            after = seen.last().map(|slot| slot.start_ms());
            if !more {
                break;
            }
        }
        assert_eq!(seen, slots);
    }
}

//! Which free time is meant, and which others are near: decisions without I/O.

use crate::crm::interval::Interval;

/// How many other times are offered when the wanted one is not free.
pub const ALTERNATIVES_MAX: usize = 5;

/// The free slots that start within `day`, in order.
pub fn starting_in(slots: &[Interval], day: Interval) -> Vec<Interval> {
    let mut starting: Vec<_> = slots.iter().copied().filter(|slot| day.contains(slot.start_ms())).collect();
    starting.sort_unstable();
    starting.dedup();
    starting
}

/// What is taken of `day`: cut to it, merged, in order.
pub fn busy_in(busy: &[Interval], day: Interval) -> Vec<Interval> {
    crate::crm::interval::merged(busy.iter().filter_map(|busy| busy.cut(day)).collect())
}

/// The slot that is exactly `wanted`, unless one of `taken` lies in it.
pub fn exactly(slots: &[Interval], wanted: Interval, taken: &[Interval]) -> bool {
    slots.contains(&wanted) && !taken.iter().any(|taken| taken.overlaps(wanted))
}

/// The free slots whose start is nearest to `wanted`, nearest first chosen, earliest first told.
pub fn nearest(slots: &[Interval], wanted: Interval, taken: &[Interval]) -> Vec<Interval> {
    let free = |slot: &&Interval| **slot != wanted && !taken.iter().any(|taken| taken.overlaps(**slot));
    let mut near: Vec<_> = slots.iter().filter(free).copied().collect();
    near.sort_unstable_by_key(|slot| (slot.start_ms().abs_diff(wanted.start_ms()), slot.start_ms()));
    near.dedup();
    near.truncate(ALTERNATIVES_MAX);
    near.sort_unstable();
    near
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(start: i64) -> Interval {
        Interval::new(start, start + 30).unwrap()
    }

    fn between(start: i64, end: i64) -> Interval {
        Interval::new(start, end).unwrap()
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
    fn the_nearest_are_told_in_order() {
        let slots: Vec<_> = (0..10).map(|hour| slot(hour * 60)).collect();
        let near = nearest(&slots, slot(300), &[between(240, 241)]);
        assert_eq!(near.iter().map(|slot| slot.start_ms()).collect::<Vec<_>>(), [120, 180, 360, 420, 480]);
        assert_eq!(nearest(&[], slot(0), &[]), []);
    }

    #[test]
    fn a_day_takes_what_starts_in_it_and_cuts_what_reaches_into_it() {
        let day = between(100, 200);
        assert_eq!(starting_in(&[slot(190), slot(99), slot(100), slot(200)], day), [slot(100), slot(190)]);
        assert_eq!(
            busy_in(&[between(50, 110), between(105, 120), between(180, 300)], day),
            [between(100, 120), between(180, 200)]
        );
    }
}

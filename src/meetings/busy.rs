//! The busy times of a meeting link, from those of its users. Decisions without I/O.

use domain::interval::{Interval, union};
use hubspot_client::LinkKind;

/// The busy times of a link, merged and in order: those of any user, or for a round robin those that all users share,
/// since one free user is enough there.
pub fn of_link(kind: LinkKind, people: impl Iterator<Item = Vec<Interval>>) -> Vec<Interval> {
    let people = people.map(union);
    match kind {
        LinkKind::RoundRobin => people.reduce(|all, one| shared(&all, &one)).unwrap_or_default(),
        _ => union(people.flatten().collect()),
    }
}

/// The intersection of two merged lists.
fn shared(a: &[Interval], b: &[Interval]) -> Vec<Interval> {
    a.iter().flat_map(|a| b.iter().filter_map(|b| a.intersection(*b))).collect()
}

/// The busy times within `day`: cut to it, merged, in order.
pub fn within(busy: &[Interval], day: Interval) -> Vec<Interval> {
    union(busy.iter().filter_map(|busy| busy.intersection(day)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn between(start: i64, end: i64) -> Interval {
        Interval::new(start, end).unwrap()
    }

    #[test]
    fn a_group_is_busy_with_any_user_and_a_round_robin_with_all() {
        let people = || [vec![between(0, 10), between(20, 30)], vec![between(5, 25)]].into_iter();
        assert_eq!(of_link(LinkKind::Group, people()), [between(0, 30)]);
        assert_eq!(of_link(LinkKind::RoundRobin, people()), [between(5, 10), between(20, 25)]);
        assert_eq!(of_link(LinkKind::RoundRobin, std::iter::empty()), []);
    }

    #[test]
    fn overnight_and_long_absences_are_cut_to_the_day() {
        let busy = [between(50, 110), between(105, 120), between(180, 300)];
        assert_eq!(within(&busy, between(100, 200)), [between(100, 120), between(180, 200)]);
        assert_eq!(within(&[between(0, 1_000)], between(100, 200)), [between(100, 200)]);
    }

    proptest! {
        /// Against a model that looks at every minute.
        #[test]
        fn every_minute_is_as_busy_as_its_people(
            people in prop::collection::vec(prop::collection::vec((0_i64..90, 1_i64..30), 0..6), 1..4),
        ) {
            let people: Vec<Vec<Interval>> =
                people.iter().map(|one| one.iter().map(|(start, length)| between(*start, start + length)).collect()).collect();
            let is_busy = |one: &Vec<Interval>, minute| one.iter().any(|busy| busy.contains(minute));
            let group = of_link(LinkKind::Group, people.iter().cloned());
            let robin = of_link(LinkKind::RoundRobin, people.iter().cloned());
            for minute in 0..120 {
                prop_assert_eq!(is_busy(&group, minute), people.iter().any(|one| is_busy(one, minute)));
                prop_assert_eq!(is_busy(&robin, minute), people.iter().all(|one| is_busy(one, minute)));
            }
        }
    }
}

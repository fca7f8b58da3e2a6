//! Chooses the session to end when there is no room for another.

use std::cmp::Reverse;
use std::collections::HashMap;

use tokio::time::Instant;

use crate::tool::caller::CallerId;

/// The sessions that one caller may have at least, where so many are allowed in all.
const OF_ONE_LEAST: usize = 16;

/// The sessions that one caller may have, of this many in all: half of them.
pub(super) fn of_one_caller(sessions_max: usize) -> usize {
    (sessions_max / 2).max(sessions_max.min(OF_ONE_LEAST)).max(1)
}

/// The least recently used session of a caller with more than `most`.
pub(super) fn least_recently_used_of<'a, Id: Clone + 'a>(
    caller: &CallerId,
    most: usize,
    held: impl Iterator<Item = EvictionCandidate<'a, Id>> + Clone,
) -> Option<Id> {
    let own = held.filter(|(_, owner, _)| *owner == Some(caller));
    let last = (own.clone().count() > most).then(|| own.min_by_key(|(_, _, used)| *used)).flatten();
    last.map(|(id, _, _)| id.clone())
}

/// One session: its id, its caller if known, and the time of its last use.
pub(super) type EvictionCandidate<'a, Id> = (&'a Id, Option<&'a CallerId>, Instant);

/// The least recently used session of the caller with the most sessions, so that a caller that opens many ends its own.
pub(super) fn least_recently_used<'a, Id: Clone + 'a>(
    held: impl Iterator<Item = EvictionCandidate<'a, Id>> + Clone,
) -> Option<Id> {
    let name = |caller: Option<&'a CallerId>| caller.map(|caller| &*caller.0);
    let mut counts = HashMap::<_, usize>::new();
    for (_, caller, _) in held.clone() {
        *counts.entry(name(caller)).or_default() += 1;
    }
    let last = held.max_by_key(|(_, caller, used)| (counts[&name(*caller)], Reverse(*used)));
    last.map(|(id, _, _)| id.clone())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn one_caller_has_half_of_the_sessions() {
        for (all, own) in [(1_000, 500), (40, 20), (20, 16), (3, 3), (1, 1)] {
            assert_eq!(of_one_caller(all), own, "{all}");
        }
        let start = Instant::now();
        let [one, many] = ["one", "many"].map(|name| CallerId(name.into()));
        let held = [(1, Some(&one), start), (2, Some(&many), start + Duration::from_secs(1)), (3, Some(&many), start)];
        let last = |caller, most| {
            least_recently_used_of(caller, most, held.iter().map(|(id, owner, used)| (id, *owner, *used)))
        };
        assert_eq!((last(&many, 1), last(&many, 2), last(&one, 1)), (Some(3), None, None));
    }

    #[test]
    fn the_caller_with_the_most_sessions_loses_its_oldest() {
        let start = Instant::now();
        let [one, many] = ["one", "many"].map(|name| CallerId(name.into()));
        let evicted = |held: &[(u32, Option<&CallerId>, u64)]| {
            least_recently_used(
                held.iter().map(|(id, caller, second)| (id, *caller, start + Duration::from_secs(*second))),
            )
        };
        assert_eq!(evicted(&[]), None);
        assert_eq!(evicted(&[(1, Some(&one), 1), (2, Some(&many), 3), (3, Some(&many), 2)]), Some(3));
        assert_eq!(
            evicted(&[(1, Some(&one), 1), (2, Some(&many), 2)]),
            Some(1),
            "among callers with the same number, the oldest session"
        );
        assert_eq!(
            evicted(&[(1, Some(&one), 1), (2, None, 3), (3, None, 2)]),
            Some(3),
            "sessions without a caller count as one caller's"
        );
    }
}

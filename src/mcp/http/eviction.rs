//! Chooses the session to end when there is no room for another.

use std::cmp::Reverse;
use std::collections::HashMap;

use tokio::time::Instant;

use crate::tool::caller::CallerId;

/// One session: its id, its caller if known, and the time of its last use.
pub(super) type SessionUse<'a, Id> = (&'a Id, Option<&'a CallerId>, Instant);

/// The least recently used session of the caller with the most sessions, so that a caller that opens many ends its own.
pub(super) fn least_recently_used<'a, Id: Clone + 'a>(
    held: impl Iterator<Item = SessionUse<'a, Id>> + Clone,
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

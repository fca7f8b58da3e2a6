//! Who makes way when there is no room for another session.

use std::cmp::Reverse;
use std::collections::HashMap;

use tokio::time::Instant;

use crate::tool::call_context::CallerId;

/// What is known of one session: its id, whose it is as far as that is known, and when it was used last.
pub(super) type Held<'a, Id> = (&'a Id, Option<&'a CallerId>, Instant);

/// Of the caller that holds the most, the session that was not used for longest: whoever opens many ends their own.
pub(super) fn least_recently_used<'a, Id: Clone + 'a>(held: impl Iterator<Item = Held<'a, Id>> + Clone) -> Option<Id> {
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
    fn whoever_holds_the_most_loses_their_oldest() {
        let start = Instant::now();
        let [one, many] = ["one", "many"].map(|name| CallerId(name.into()));
        let way = |held: &[(u32, Option<&CallerId>, u64)]| {
            least_recently_used(
                held.iter().map(|(id, caller, second)| (id, *caller, start + Duration::from_secs(*second))),
            )
        };
        assert_eq!(way(&[]), None);
        assert_eq!(way(&[(1, Some(&one), 1), (2, Some(&many), 3), (3, Some(&many), 2)]), Some(3));
        assert_eq!(way(&[(1, Some(&one), 1), (2, Some(&many), 2)]), Some(1), "of equals the oldest of all");
        assert_eq!(way(&[(1, Some(&one), 1), (2, None, 3), (3, None, 2)]), Some(3), "nobody's yet are one's too");
    }
}

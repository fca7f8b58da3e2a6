//! Room for what conversations hold in memory: the idle ones end so that others can go on, the one first that nobody has used
//! for longest. Pure.

/// The reason why there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// This address has too many conversations.
    OfAddress,
    /// There are too many in all.
    InAll,
    /// The conversations of this address hold too much.
    BytesOfAddress,
    /// All conversations together hold too much.
    BytesInAll,
}

/// The most bytes that conversations may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteLimits {
    /// All of them together.
    pub in_all: usize,
    /// Those of one address, or of one member of staff.
    pub of_owner: usize,
}

/// A conversation, as far as it counts here.
#[derive(Clone, Copy, Debug)]
pub struct HeldConversation<K> {
    /// The key under which it is found.
    pub key: K,
    /// The bytes that it holds.
    pub bytes: usize,
    /// It has the owner for whom room is made.
    pub is_own: bool,
    /// The seconds since it was used; `None` for one that may not end.
    pub idle_seconds: Option<u64>,
}

/// The conversations that have to end so that the owner may hold `more` bytes.
///
/// # Errors
/// [`Full`]: what may end is not enough.
pub fn ending<K: Copy + PartialEq>(
    held: &[HeldConversation<K>],
    more: usize,
    limits: ByteLimits,
) -> Result<Vec<K>, Full> {
    let sum = |all: &mut dyn Iterator<Item = &HeldConversation<K>>| all.map(|one| one.bytes).sum::<usize>();
    let own = sum(&mut held.iter().filter(|one| one.is_own));
    let missing_own = (own + more).saturating_sub(limits.of_owner);
    let missing = (sum(&mut held.iter()) + more).saturating_sub(limits.in_all);
    if missing_own == 0 && missing == 0 {
        return Ok(vec![]);
    }
    let mut idle: Vec<_> = held.iter().filter(|one| one.idle_seconds.is_some()).collect();
    idle.sort_by_key(|one| std::cmp::Reverse(one.idle_seconds));
    let mut ended: Vec<&HeldConversation<K>> = vec![];
    let own = idle.iter().copied().filter(|one| one.is_own);
    if !end_until(&mut ended, own, missing_own) {
        return Err(Full::BytesOfAddress);
    }
    if !end_until(&mut ended, idle.iter().copied(), missing) {
        return Err(Full::BytesInAll);
    }
    Ok(ended.into_iter().map(|one| one.key).collect())
}

/// Ends these, one after the other, until so many bytes are free; false if they are not enough.
fn end_until<'a, K: PartialEq>(
    ended: &mut Vec<&'a HeldConversation<K>>,
    idle: impl Iterator<Item = &'a HeldConversation<K>>,
    missing: usize,
) -> bool {
    let mut free: usize = ended.iter().map(|one| one.bytes).sum();
    for one in idle {
        if free >= missing {
            break;
        }
        if !ended.iter().any(|other| other.key == one.key) {
            free += one.bytes;
            ended.push(one);
        }
    }
    free >= missing
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: ByteLimits = ByteLimits { in_all: 100, of_owner: 40 };

    fn one(key: char, bytes: usize, is_own: bool, idle_seconds: Option<u64>) -> HeldConversation<char> {
        HeldConversation { key, bytes, is_own, idle_seconds }
    }

    #[test]
    fn the_oldest_idle_ones_end_and_no_more_than_needed() {
        let held = [
            one('a', 20, true, Some(70)),
            one('b', 15, true, Some(90)),
            one('c', 30, false, Some(80)),
            one('d', 25, false, None),
        ];
        for (more, ended) in [
            (5, Ok(vec![])),
            (6, Ok(vec!['b'])),
            (20, Ok(vec!['b'])),
            (21, Ok(vec!['b', 'a'])),
            (40, Ok(vec!['b', 'a'])),
            (41, Err(Full::BytesOfAddress)),
        ] {
            assert_eq!(ending(&held, more, LIMITS), ended, "{more}");
        }
    }

    #[test]
    fn what_is_in_use_is_never_ended_for_others() {
        let held = [one('a', 60, false, None), one('b', 30, false, Some(61))];
        assert_eq!(ending(&held, 10, LIMITS), Ok(vec![]));
        assert_eq!(ending(&held, 40, LIMITS), Ok(vec!['b']));
        let held = [one('a', 80, false, None), one('b', 10, false, Some(61))];
        assert_eq!(ending(&held, 30, LIMITS), Err(Full::BytesInAll));
    }
}

//! The leases that this process holds, for whoever asks how it is.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// The leases that this process holds, as far as it relies on them. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct HeldLeases(Arc<Mutex<HashMap<String, HeldLease>>>);

#[derive(Clone, Copy, Debug)]
struct HeldLease {
    fence: i64,
    good_until: Instant,
}

impl HeldLeases {
    /// Notes a lease that was taken or renewed.
    pub(super) fn note(&self, name: &str, fence: i64, good_until: Instant) {
        let now = Instant::now();
        let mut held = self.held();
        held.retain(|_, lease| lease.good_until > now);
        held.insert(name.to_owned(), HeldLease { fence, good_until });
    }

    /// Forgets a lease that was given back or lost, unless a newer one of its name is held.
    pub(super) fn forget(&self, name: &str, fence: i64) {
        let mut held = self.held();
        if held.get(name).is_some_and(|lease| lease.fence == fence) {
            held.remove(name);
        }
    }

    /// Their number by their kind: the name up to the first `:` or `/`.
    pub(super) fn count(&self) -> BTreeMap<String, usize> {
        let now = Instant::now();
        let mut counts = BTreeMap::new();
        for (name, _) in self.held().iter().filter(|(_, lease)| lease.good_until > now) {
            *counts.entry(kind(name).to_owned()).or_default() += 1;
        }
        counts
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn held(&self) -> MutexGuard<'_, HashMap<String, HeldLease>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The kind of a lease. A login is named by its digest, which is nobody's business.
fn kind(name: &str) -> &str {
    let kind = name.split([':', '/']).next().unwrap_or_default();
    if kind.starts_with("hubspot-login-") { "login" } else { kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_without_the_ids_of_anybody() {
        for (name, expected) in [
            ("poll:481939", "poll"),
            ("handoff", "handoff"),
            ("handoff conversation/7", "handoff conversation"),
            ("hubspot-login-0a1b2c", "login"),
        ] {
            assert_eq!(kind(name), expected);
        }
    }
}

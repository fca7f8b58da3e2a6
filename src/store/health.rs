//! The health of the store: whether its database answers, which version its tables have, and which leases are held here.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::Store;
use super::error::Error;
use super::leases::Lease;
use super::migrations;

/// The versions of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The newest migration that was done.
    pub version: i64,
    /// The newest one that this program knows.
    pub known: i64,
    /// The oldest one that a program must know to use the tables.
    pub needs: i64,
}

impl Schema {
    /// The fit of this program and the tables.
    pub fn fit(&self) -> Fit {
        match *self {
            Schema { needs, known, .. } if needs > known => Fit::TooNew,
            Schema { version, known, .. } if version < known => Fit::TooOld,
            Schema { .. } => Fit::Good,
        }
    }
}

/// The fit of a program and the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The program may use them.
    Good,
    /// A newer release has changed them so that this program may not use them any more.
    TooNew,
    /// They lack a migration, as after an older backup was restored under a running program.
    TooOld,
}

impl Store {
    /// Asks the database for the versions of its tables; an error if it does not answer.
    pub async fn schema(&self) -> Result<Schema, Error> {
        self.run(|database| async move { migrations::look(&mut *database.pool.acquire().await?).await }).await
    }

    /// The number of leases that this process holds, by their kind: the name up to the first `:` or `/`.
    pub fn held_leases(&self) -> BTreeMap<String, usize> {
        self.shared.held.count()
    }
}

/// The leases that this process holds, as far as it relies on them.
#[derive(Clone, Debug, Default)]
pub(super) struct HeldLeases(Arc<Mutex<HashMap<String, (i64, Instant)>>>);

impl HeldLeases {
    /// Notes a lease that was taken or renewed.
    pub(super) fn note(&self, lease: &Lease) {
        let now = Instant::now();
        let mut held = self.held();
        held.retain(|_, (_, until)| *until > now);
        held.insert(lease.name().to_owned(), (lease.fence(), lease.good_until()));
    }

    /// Forgets a lease that was given back or lost, unless a newer one of its name is held.
    pub(super) fn forget(&self, lease: &Lease) {
        let mut held = self.held();
        if held.get(lease.name()).is_some_and(|(fence, _)| *fence == lease.fence()) {
            held.remove(lease.name());
        }
    }

    fn count(&self) -> BTreeMap<String, usize> {
        let now = Instant::now();
        let mut counts = BTreeMap::new();
        for name in self.held().iter().filter(|(_, (_, until))| *until > now).map(|(name, _)| name) {
            let kind = name.split([':', '/']).next().unwrap_or_default();
            // A login is named by its digest, which is nobody's business.
            let kind = if kind.starts_with("hubspot-login-") { "login" } else { kind };
            *counts.entry(kind.to_owned()).or_default() += 1;
        }
        counts
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn held(&self) -> MutexGuard<'_, HashMap<String, (i64, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_fit_a_program_that_knows_them_and_is_allowed_to_use_them() {
        for (version, known, needs, fit) in [
            (12, 12, 1, Fit::Good),
            (13, 12, 1, Fit::Good),
            (13, 12, 12, Fit::Good),
            (13, 12, 13, Fit::TooNew),
            (11, 12, 1, Fit::TooOld),
        ] {
            assert_eq!(Schema { version, known, needs }.fit(), fit, "{version} {known} {needs}");
        }
    }
}

//! The ids of claims that have begun a conversation: a claim is good for one, so that nobody who finds it can use it again.
//!
//! Each process remembers its own, and the store those of all replicas. Replicas whose store cannot be used believe no claim
//! meanwhile; a process alone goes on with what it remembers.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::claim::{LEEWAY_SECONDS, Refused, VerifiedClaim};
use crate::store::Store;
use crate::store::single_use::{SingleUse, UseOutcome};

/// The ids that are remembered until their claims expire. Beyond them no claim is believed.
const IDS_MAX: usize = 50_000;
/// The seconds for which the same address may use one again: a browser repeats a start of which the answer was lost.
const REPEAT_SECONDS_MAX: i64 = 60;

/// The owner of all ids in the store.
const OWNER: &str = "claim";

/// The ids that were used.
#[derive(Debug, Default)]
pub struct ClaimIds {
    used: Mutex<HashMap<[u8; 32], ClaimUse>>,
}

/// The first use of an id.
#[derive(Clone, Copy, Debug)]
struct ClaimUse {
    address: IpAddr,
    /// Seconds since 1970.
    at: i64,
    /// The end of the claim.
    until: i64,
}

impl ClaimUse {
    fn is_over(&self, now: i64) -> bool {
        self.until <= now
    }

    fn may_repeat(&self, address: IpAddr, now: i64) -> bool {
        self.address == address && now - self.at <= REPEAT_SECONDS_MAX
    }
}

impl ClaimIds {
    /// Uses a claim from an address, once for all replicas of the store.
    ///
    /// # Errors
    /// [`Refused::Used`] for one that was used before, [`Refused::TooMany`] if no more ids can be remembered,
    /// [`Refused::Untold`] if replicas use the store and it failed.
    pub async fn use_up(
        &self,
        store: &Store,
        claim: &VerifiedClaim,
        address: IpAddr,
        now: DateTime<Utc>,
    ) -> Result<(), Refused> {
        if !store.location().is_shared() {
            return self.use_here(claim, address, now);
        }
        let left = claim.expires.saturating_add(LEEWAY_SECONDS).saturating_sub(now.timestamp());
        let used = SingleUse {
            owner: OWNER.to_owned(),
            value: claim.id.clone(),
            by: address.to_string(),
            life: Duration::from_secs(left.try_into().unwrap_or_default()),
            repeat: Duration::from_secs(REPEAT_SECONDS_MAX as u64),
            of_owner_max: IDS_MAX as i64,
        };
        match store.use_once(used).await {
            // What was used here while the store of a process alone had failed is not good again.
            Ok(UseOutcome::First | UseOutcome::Repeat) => self.use_here(claim, address, now),
            Ok(UseOutcome::Again) => Err(Refused::Used),
            Ok(UseOutcome::TooMany) => Err(Refused::TooMany),
            Err(_) if store.location().is_for_replicas() => Err(Refused::Untold),
            Err(_) => self.use_here(claim, address, now),
        }
    }

    /// Uses it in this process.
    fn use_here(&self, claim: &VerifiedClaim, address: IpAddr, now: DateTime<Utc>) -> Result<(), Refused> {
        let now = now.timestamp();
        // Consistent after every statement, so a poisoned lock does not matter.
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let key: [u8; 32] = Sha256::digest(&claim.id).into();
        if let Some(first) = used.get(&key).filter(|first| !first.is_over(now)) {
            return if first.may_repeat(address, now) { Ok(()) } else { Err(Refused::Used) };
        }
        if used.len() >= IDS_MAX {
            used.retain(|_, first| !first.is_over(now));
        }
        if used.len() >= IDS_MAX {
            return Err(Refused::TooMany);
        }
        used.insert(key, ClaimUse { address, at: now, until: claim.expires.saturating_add(LEEWAY_SECONDS) });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(id: &str) -> VerifiedClaim {
        VerifiedClaim { address: "sarah@gmail.com".parse().unwrap(), id: id.to_owned(), expires: 600 }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    const HOME: &str = "10.0.0.1";

    fn used(ids: &ClaimIds, id: &str, address: &str, seconds: i64) -> Result<(), Refused> {
        ids.use_here(&claim(id), address.parse().unwrap(), at(seconds))
    }

    #[test]
    fn an_id_is_good_once_until_its_claim_expires() {
        let ids = ClaimIds::default();
        for (id, address, seconds, verdict) in [
            ("a", HOME, 0, Ok(())),
            ("a", "10.0.0.2", 1, Err(Refused::Used)),
            ("a", HOME, REPEAT_SECONDS_MAX, Ok(())),
            ("a", HOME, REPEAT_SECONDS_MAX + 1, Err(Refused::Used)),
            ("b", "10.0.0.2", 1, Ok(())),
            ("a", HOME, 600 + LEEWAY_SECONDS - 1, Err(Refused::Used)),
            ("a", "10.0.0.2", 600 + LEEWAY_SECONDS, Ok(())),
        ] {
            assert_eq!(used(&ids, id, address, seconds), verdict, "{id} {address} {seconds}");
        }
    }

    #[test]
    fn no_flood_of_ids_takes_memory_or_lets_one_be_used_again() {
        let ids = ClaimIds::default();
        let taken = (0..IDS_MAX + 5).filter(|number| used(&ids, &number.to_string(), HOME, 0).is_ok());
        assert_eq!(taken.count(), IDS_MAX);
        assert_eq!(used(&ids, "0", "10.0.0.2", 1), Err(Refused::Used));
        assert_eq!(used(&ids, "new", HOME, 1), Err(Refused::TooMany));
        assert_eq!(used(&ids, "new", HOME, 700), Ok(()));
        assert_eq!(ids.used.lock().unwrap().len(), 1);
    }
}

//! The account's ledger: the places of HubSpot's windows that each replica holds. Pure: it neither waits nor reads a clock.

use std::time::Duration;

use domain::unix_ms::millis;
use serde::{Deserialize, Serialize};

use super::bucket_ledger::{BucketLedger, Company};
use super::daily::DailyLedger;
use super::report::{BucketGrant, QuotaGrant, QuotaReport};
use crate::tier::Bucket;

/// A replica that is not heard for so long may be cut off: places are kept for its static part.
pub(crate) const SILENT_AFTER: Duration = Duration::from_secs(5);
/// One that is not heard for so long has ended.
const ENDED_AFTER: Duration = Duration::from_secs(60);
/// The most replicas that are known. One more is given nothing until another one ends.
const REPLICAS_MAX: usize = 64;

/// The places of HubSpot's windows, and the replicas that share them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaLedger {
    #[serde(default)]
    replicas: Vec<Replica>,
    #[serde(default)]
    general: BucketLedger,
    #[serde(default)]
    search: BucketLedger,
    #[serde(default)]
    associations: BucketLedger,
    #[serde(default)]
    daily: DailyLedger,
}

/// A replica that was heard not long ago.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Replica {
    id: i64,
    /// A short number for it in the windows; zero is nobody's.
    slot: u32,
    number: u64,
    heard_ms: i64,
    /// The number of the address at which it listens; zero for none, and where an older release has written the row.
    #[serde(default)]
    address: i64,
    /// The moment at which it was first heard, as far as that is known.
    #[serde(default)]
    since_ms: i64,
}

impl QuotaLedger {
    /// Reads the text form. One that cannot be read is an empty ledger: its places are counted again from the next answers.
    pub fn read(text: &str) -> QuotaLedger {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The text form.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Takes in the state of a replica, and decides what it is given, at this moment of the clock that all replicas share.
    pub fn exchange(&mut self, report: &QuotaReport, now_ms: i64) -> QuotaGrant {
        // A replica whose time is later than now was heard before the clock was set back.
        let (ended, silent) = (now_ms - millis(ENDED_AFTER), now_ms - millis(SILENT_AFTER));
        self.replicas.retain(|replica| replica.heard_ms > ended && replica.heard_ms <= now_ms + millis(ENDED_AFTER));
        let Some(slot) = self.hear(report, now_ms) else { return QuotaGrant::default() };
        self.replace(report, silent);
        self.daily.note(report.daily, now_ms);
        self.daily.stop(report.stop.as_ref(), now_ms);
        let silent = self.replicas.iter().filter(|replica| replica.heard_ms <= silent).count();
        let company = Company { slot, replicas: self.replicas.len(), silent };
        let decide = |bucket: Bucket| match report.buckets[bucket as usize].span.is_zero() {
            true => BucketGrant::default(),
            false => self.bucket(bucket).exchange(company, &report.buckets[bucket as usize], now_ms),
        };
        let buckets = Bucket::ALL.map(decide);
        if report.leaves {
            self.leave(slot);
        }
        let (daily, stop) = (self.daily.quota(), self.daily.in_force(now_ms));
        QuotaGrant { replicas: company.replicas, buckets, daily, stop }
    }

    /// Notes that a replica was heard; `None` for a report that is older than its last one, and for one replica too many.
    fn hear(&mut self, report: &QuotaReport, now_ms: i64) -> Option<u32> {
        if let Some(known) = self.replicas.iter_mut().find(|replica| replica.id == report.replica) {
            let is_newer = report.number > known.number;
            if is_newer {
                (known.number, known.heard_ms, known.address) = (report.number, now_ms, report.address);
                if known.since_ms == 0 {
                    known.since_ms = now_ms;
                }
            }
            return is_newer.then_some(known.slot);
        }
        let is_free = |slot: &u32| !self.replicas.iter().any(|replica| replica.slot == *slot);
        let slot = (1..=REPLICAS_MAX as u32).find(is_free)?;
        let (id, address, number) = (report.replica, report.address, report.number);
        self.replicas.push(Replica { id, slot, number, heard_ms: now_ms, address, since_ms: now_ms });
        Some(slot)
    }

    /// Forgets replicas that had fallen silent before another one began at their address: they have ended, and no part is kept
    /// for them. Where two are heard side by side the address tells nothing, such as that of two containers with one name.
    fn replace(&mut self, by: &QuotaReport, silent_ms: i64) {
        let known = self.replicas.iter().find(|known| known.id == by.replica);
        let Some(since_ms) = known.map(|known| known.since_ms) else { return };
        let has_ended = |replica: &&Replica| {
            let was_before = replica.id != by.replica && replica.heard_ms < since_ms && replica.heard_ms <= silent_ms;
            by.address != 0 && replica.address == by.address && was_before
        };
        let ended: Vec<u32> = self.replicas.iter().filter(has_ended).map(|replica| replica.slot).collect();
        ended.into_iter().for_each(|slot| self.leave(slot));
    }

    fn leave(&mut self, slot: u32) {
        self.replicas.retain(|replica| replica.slot != slot);
        Bucket::ALL.into_iter().for_each(|bucket| self.bucket(bucket).leave(slot));
    }

    fn bucket(&mut self, bucket: Bucket) -> &mut BucketLedger {
        match bucket {
            Bucket::General => &mut self.general,
            Bucket::Search => &mut self.search,
            Bucket::Associations => &mut self.associations,
        }
    }
}

#[cfg(test)]
mod tests;

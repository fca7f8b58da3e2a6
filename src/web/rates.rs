//! Limits of what one address may do in a minute, by token buckets.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Addresses that are remembered. Beyond them those are forgotten that have been quiet.
const ADDRESSES_MAX: usize = 20_000;
/// The time after which a bucket is surely full again.
const FULL_AFTER: Duration = Duration::from_secs(60);

/// The limit of one thing that addresses do.
#[derive(Debug)]
pub struct Rates {
    per_minute: f64,
    buckets: Mutex<HashMap<IpAddr, VisitorBucket>>,
}

#[derive(Clone, Copy, Debug)]
struct VisitorBucket {
    left: f64,
    seen: Instant,
}

impl Rates {
    /// So many in a minute, all of which may come at once after a quiet minute.
    pub fn per_minute(number: u32) -> Rates {
        Rates { per_minute: f64::from(number.max(1)), buckets: Mutex::default() }
    }

    /// Counts one.
    ///
    /// # Errors
    /// The time to wait before the next.
    pub fn count(&self, address: IpAddr) -> Result<(), Duration> {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= ADDRESSES_MAX && !buckets.contains_key(&address) {
            buckets.retain(|_, bucket| now.duration_since(bucket.seen) < FULL_AFTER);
        }
        if buckets.len() >= ADDRESSES_MAX && !buckets.contains_key(&address) {
            // So many addresses at once are an attack: whoever is known goes on.
            return Err(FULL_AFTER);
        }
        let full = VisitorBucket { left: self.per_minute, seen: now };
        let bucket = buckets.entry(address).or_insert(full);
        let per_second = self.per_minute / 60.0;
        let earned = now.duration_since(bucket.seen).as_secs_f64() * per_second;
        bucket.left = (bucket.left + earned).min(self.per_minute);
        bucket.seen = now;
        if bucket.left < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.left) / per_second));
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_address_has_its_own_minute() {
        let rates = Rates::per_minute(30);
        let [busy, other] = ["10.0.0.1", "10.0.0.2"].map(|address| address.parse().unwrap());
        assert_eq!((0..100).filter(|_| rates.count(busy).is_ok()).count(), 30);
        assert_eq!(rates.count(busy), Err(Duration::from_secs(2)));
        assert_eq!(rates.count(other), Ok(()));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!((rates.count(busy), rates.count(busy).is_err()), (Ok(()), true));
    }

    #[tokio::test(start_paused = true)]
    async fn quiet_addresses_make_way_and_no_flood_of_them_takes_memory() {
        let rates = Rates::per_minute(30);
        let address = |number: u32| IpAddr::from(number.to_be_bytes());
        let counted = (0..ADDRESSES_MAX as u32 + 5).filter(|number| rates.count(address(*number)).is_ok()).count();
        assert_eq!(counted, ADDRESSES_MAX);
        assert_eq!(rates.count(address(3)), Ok(()), "whoever is known goes on");
        tokio::time::advance(FULL_AFTER).await;
        assert_eq!(rates.count(address(ADDRESSES_MAX as u32 + 7)), Ok(()));
        assert!(rates.buckets.lock().unwrap().len() < 5);
    }
}

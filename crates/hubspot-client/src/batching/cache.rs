//! Answers that may be a few minutes old: loaded once however many ask, bounded, and aged on tokio's clock.

use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

use crate::HubSpot;
use crate::error::Error;
use crate::metrics;

/// The most answers kept of one kind.
const ENTRIES_MAX: u64 = 10_000;

pub(crate) struct Cache<K, V> {
    name: &'static str,
    age_max: Duration,
    held: moka::future::Cache<K, Held<V>>,
}

#[derive(Clone)]
struct Held<V> {
    since: Instant,
    value: V,
}

impl<K, V> Cache<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub(crate) fn new(name: &'static str, age_max: Duration) -> Cache<K, V> {
        Cache { name, age_max, held: moka::future::Cache::new(ENTRIES_MAX) }
    }

    /// The kept answer if it is young enough, else what `load` gives. Of those who ask at the same time one loads; when
    /// that one runs out of time, another with more of it loads again.
    pub(crate) async fn get<F>(&self, hub: &HubSpot, key: K, load: impl Fn() -> F) -> Result<V, Error>
    where
        F: Future<Output = Result<V, Error>>,
    {
        let deadline = hub.caller().deadline;
        if let Some(value) = self.young(&key).await {
            metrics::cache_asked(self.name, true);
            return Ok(value);
        }
        loop {
            let mut leading = false;
            let loading = self.held.try_get_with(key.clone(), async {
                leading = true;
                load().await.map(|value| Held { since: Instant::now(), value })
            });
            let loaded = tokio::time::timeout_at(deadline, loading).await;
            metrics::cache_asked(self.name, !leading);
            match loaded {
                Ok(Ok(held)) => return Ok(held.value),
                Ok(Err(error)) if leading || !ran_out_of_time(&error) => return Err(error.as_ref().clone()),
                Ok(Err(_)) if Instant::now() < deadline => {}
                _ => return Err(Error::Timeout),
            }
        }
    }

    pub(crate) async fn forget(&self, key: &K) {
        self.held.invalidate(key).await;
    }

    /// Puts an answer in that came by another way.
    pub(crate) async fn put(&self, key: K, value: V) {
        self.held.insert(key, Held { since: Instant::now(), value }).await;
    }

    async fn young(&self, key: &K) -> Option<V> {
        let held = self.held.get(key).await?;
        if held.since.elapsed() < self.age_max {
            return Some(held.value);
        }
        self.held.invalidate(key).await;
        None
    }
}

fn ran_out_of_time(error: &Error) -> bool {
    matches!(error, Error::Timeout | Error::RateLimited { .. })
}

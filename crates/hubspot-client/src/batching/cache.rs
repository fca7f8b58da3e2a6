//! A bounded cache with a time to live and single flight: of the callers that miss the same key at once, one loads.
//!
//! Its time is tokio's, so that tests can move it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::error::Error;
use crate::metrics;

/// The most keys of one cache. The value that was stored first makes place for a new one.
const ENTRIES_MAX: usize = 10_000;

/// Values by key.
pub(crate) struct Cache<K, V> {
    /// The label in metrics.
    name: &'static str,
    time_to_live: Duration,
    entries: Mutex<HashMap<K, Entry<V>>>,
}

/// `None` while the value is being loaded.
type Loaded<V> = Option<Result<V, Error>>;

enum Entry<V> {
    Stored { at: Instant, value: V },
    Loading(watch::Receiver<Loaded<V>>),
}

/// The state in which a caller finds a key.
enum Found<'a, K: Hash + Eq + Clone, V: Clone> {
    Stored(V),
    Loading(watch::Receiver<Loaded<V>>),
    /// Nothing is there; this caller loads it.
    Missing(Load<'a, K, V>),
}

impl<K: Hash + Eq + Clone, V: Clone> Cache<K, V> {
    pub(crate) fn new(name: &'static str, time_to_live: Duration) -> Cache<K, V> {
        Cache { name, time_to_live, entries: Mutex::default() }
    }

    /// Returns the stored value, or the one that `load` gives. A failed load is not stored; all callers that waited for it
    /// fail with it, except that a caller with more time loads again where the first one ran out of it.
    pub(crate) async fn get<F>(&self, deadline: Instant, key: K, load: impl FnOnce() -> F) -> Result<V, Error>
    where
        F: Future<Output = Result<V, Error>>,
    {
        loop {
            let mut receiver = match self.find(&key) {
                Found::Stored(value) => {
                    metrics::cache_lookup(self.name, true);
                    return Ok(value);
                }
                Found::Missing(loading) => {
                    metrics::cache_lookup(self.name, false);
                    let result = load().await;
                    loading.finish(&result);
                    return result;
                }
                Found::Loading(receiver) => receiver,
            };
            let Ok(waited) = timeout_at(deadline, receiver.wait_for(Option::is_some)).await else {
                return Err(Error::Timeout);
            };
            // An error here means that the caller that was loading stopped: its place is free.
            let loaded = waited.ok().and_then(|loaded| loaded.clone());
            match loaded {
                Some(Err(error)) if !ran_out_of_time(&error) => return Err(error),
                Some(Err(_)) if Instant::now() >= deadline => return Err(Error::Timeout),
                Some(Ok(value)) => {
                    metrics::cache_lookup(self.name, true);
                    return Ok(value);
                }
                _ => {}
            }
        }
    }

    /// Removes a key. A load that is in progress serves those who wait for it and is not stored.
    pub(crate) fn remove(&self, key: &K) {
        self.entries().remove(key);
    }

    /// The value of a key, if it is stored and has not expired.
    pub(crate) fn stored(&self, key: &K) -> Option<V> {
        match self.entries().get(key) {
            Some(Entry::Stored { at, value }) if at.elapsed() < self.time_to_live => Some(value.clone()),
            _ => None,
        }
    }

    /// Stores a value that came by another way.
    pub(crate) fn insert(&self, key: K, value: V) {
        Self::store(&mut self.entries(), key, value);
    }

    fn find(&self, key: &K) -> Found<'_, K, V> {
        let mut entries = self.entries();
        match entries.get(key) {
            Some(Entry::Stored { at, value }) if at.elapsed() < self.time_to_live => Found::Stored(value.clone()),
            Some(Entry::Loading(receiver)) => Found::Loading(receiver.clone()),
            _ => {
                let (sender, receiver) = watch::channel(None);
                entries.insert(key.clone(), Entry::Loading(receiver));
                Found::Missing(Load { cache: self, key: key.clone(), sender })
            }
        }
    }

    fn store(entries: &mut HashMap<K, Entry<V>>, key: K, value: V) {
        entries.insert(key, Entry::Stored { at: Instant::now(), value });
        if entries.len() > ENTRIES_MAX {
            remove_oldest(entries);
        }
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<K, Entry<V>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn remove_oldest<K: Hash + Eq + Clone, V>(entries: &mut HashMap<K, Entry<V>>) {
    let stored = entries.iter().filter_map(|(key, entry)| match entry {
        Entry::Stored { at, .. } => Some((*at, key)),
        Entry::Loading(_) => None,
    });
    if let Some(oldest) = stored.min_by_key(|(at, _)| *at).map(|(_, key)| key.clone()) {
        entries.remove(&oldest);
    }
}

/// A load in progress. If it is dropped before its end, another caller takes over.
struct Load<'a, K: Hash + Eq + Clone, V: Clone> {
    cache: &'a Cache<K, V>,
    key: K,
    sender: watch::Sender<Loaded<V>>,
}

impl<K: Hash + Eq + Clone, V: Clone> Load<'_, K, V> {
    /// Stores the value, unless the key was removed or stored anew in the meantime, and answers those who wait for it.
    fn finish(self, result: &Result<V, Error>) {
        {
            let mut entries = self.cache.entries();
            if self.is_current(&entries) {
                match result {
                    Ok(value) => Cache::store(&mut entries, self.key.clone(), value.clone()),
                    Err(_) => _ = entries.remove(&self.key),
                }
            }
        }
        self.sender.send_replace(Some(result.clone()));
    }

    fn is_current(&self, entries: &HashMap<K, Entry<V>>) -> bool {
        let own = self.sender.subscribe();
        matches!(entries.get(&self.key), Some(Entry::Loading(receiver)) if receiver.same_channel(&own))
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Drop for Load<'_, K, V> {
    fn drop(&mut self) {
        let mut entries = self.cache.entries();
        if self.is_current(&entries) {
            entries.remove(&self.key);
        }
    }
}

fn ran_out_of_time(error: &Error) -> bool {
    matches!(error, Error::Timeout | Error::RateLimited { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::{join, join_all};
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::time::{advance, sleep, timeout};

    const SECOND: Duration = Duration::from_secs(1);

    /// A cache, and a counter of its loads.
    fn cache() -> (Cache<u32, u32>, AtomicU32) {
        (Cache::new("test", 60 * SECOND), AtomicU32::new(0))
    }

    async fn load(loads: &AtomicU32) -> Result<u32, Error> {
        sleep(SECOND).await;
        Ok(loads.fetch_add(1, Ordering::Relaxed))
    }

    fn soon() -> Instant {
        Instant::now() + 30 * SECOND
    }

    #[tokio::test(start_paused = true)]
    async fn callers_of_the_same_key_load_once() {
        let (cache, loads) = cache();
        let values = join_all((0..50).map(|_| cache.get(soon(), 7, || load(&loads)))).await;
        assert_eq!(values, vec![Ok(0); 50]);
        assert_eq!(cache.get(soon(), 8, || load(&loads)).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_value_lives_for_its_time_and_no_longer() {
        let (cache, loads) = cache();
        for (wait, value) in [(0, 0), (59, 0), (1, 1)] {
            advance(wait * SECOND).await;
            assert_eq!(cache.get(soon(), 7, || load(&loads)).await, Ok(value), "after {wait} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_load_fails_all_who_wait_for_it_and_is_not_stored() {
        let (cache, loads) = cache();
        let fail = async || {
            sleep(SECOND).await;
            loads.fetch_add(1, Ordering::Relaxed);
            Err(Error::NotFound)
        };
        let (one, two) = join(cache.get(soon(), 7, fail), cache.get(soon(), 7, fail)).await;
        assert_eq!((one, two, loads.load(Ordering::Relaxed)), (Err(Error::NotFound), Err(Error::NotFound), 1));
        assert_eq!(cache.get(soon(), 7, || load(&loads)).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_with_more_time_loads_again_where_the_first_one_ran_out_of_it() {
        let (cache, loads) = cache();
        let hasty = cache.get(soon(), 7, async || {
            sleep(SECOND).await;
            Err(Error::Timeout)
        });
        assert_eq!(join(hasty, cache.get(soon(), 7, || load(&loads))).await, (Err(Error::Timeout), Ok(0)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_load_that_is_dropped_is_taken_over() {
        let (cache, loads) = cache();
        let dropped = timeout(SECOND / 2, cache.get(soon(), 7, || load(&loads)));
        let (dropped, value) = join(dropped, cache.get(soon(), 7, || load(&loads))).await;
        assert_eq!((dropped.is_err(), value), (true, Ok(0)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_does_not_wait_past_its_deadline() {
        let (cache, loads) = cache();
        let hasty = cache.get(Instant::now() + SECOND / 2, 7, || load(&loads));
        let (first, hasty) = join(cache.get(soon(), 7, || load(&loads)), hasty).await;
        assert_eq!((first, hasty), (Ok(0), Err(Error::Timeout)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_value_that_was_removed_while_it_was_loaded_is_loaded_again() {
        let (cache, loads) = cache();
        let remove = async {
            sleep(SECOND / 2).await;
            cache.remove(&7);
            cache.get(soon(), 7, || load(&loads)).await
        };
        let (old, new) = join(cache.get(soon(), 7, || load(&loads)), remove).await;
        assert_eq!((old, new), (Ok(0), Ok(1)));
        assert_eq!(cache.get(soon(), 7, || load(&loads)).await, Ok(1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_number_of_values_is_bounded() {
        let (cache, loads) = cache();
        for key in 0..=ENTRIES_MAX as u32 {
            cache.insert(key, 5);
            advance(Duration::from_millis(1)).await;
        }
        assert_eq!(cache.entries().len(), ENTRIES_MAX);
        assert_eq!(cache.get(soon(), 1, || load(&loads)).await, Ok(5));
        assert_eq!(cache.get(soon(), 0, || load(&loads)).await, Ok(0), "the oldest one made place");
    }
}

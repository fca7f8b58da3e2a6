//! The requests that are still allowed in this minute: of a look-up, and of one caller.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);
/// Most callers whose requests are counted apart; those that come then share one count.
const CALLERS_MAX: usize = 1_000;

/// The count of the current minute.
#[derive(Debug)]
pub struct Pace {
    per_minute: u32,
    of_one: u32,
    minute: Mutex<Minute>,
}

#[derive(Debug)]
struct Minute {
    began: Instant,
    all: u32,
    by_caller: HashMap<String, u32>,
}

impl Pace {
    /// So many requests in a minute, of which one caller gets at most half.
    pub fn new(per_minute: u32) -> Pace {
        let minute = Minute { began: Instant::now(), all: 0, by_caller: HashMap::new() };
        Pace { per_minute, of_one: per_minute.div_ceil(2), minute: Mutex::new(minute) }
    }

    /// Counts a request of the caller.
    ///
    /// # Errors
    /// The time until the next minute, if the caller or all together have had theirs.
    pub fn take(&self, caller: &str) -> Result<(), Duration> {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = minute.began.elapsed();
        if passed >= MINUTE {
            *minute = Minute { began: Instant::now(), all: 0, by_caller: HashMap::new() };
        }
        let key = if minute.by_caller.len() < CALLERS_MAX { caller } else { "" };
        let own = minute.by_caller.get(key).copied().unwrap_or_default();
        if minute.all >= self.per_minute || own >= self.of_one {
            return Err(MINUTE.saturating_sub(passed));
        }
        minute.all += 1;
        minute.by_caller.insert(key.to_owned(), own + 1);
        Ok(())
    }
}

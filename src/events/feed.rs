//! Tells clients of conversations in which something was stored, by this replica or by another one.
//!
//! The rows of events are numbered in the order in which they were stored, so a reader that goes on from the last number
//! misses none. What this replica stores wakes it at once; of the others it hears by looking.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use domain::id::ThreadId;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tracing::warn;

use crate::change_feed::ChangeFeed;
use crate::conversations::resource;
use crate::log_throttle::LogThrottle;
use crate::store::{Error, Store};

/// The pause between two looks at what other replicas have stored, and at a store that has no others.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const LOOK_ALONE_EVERY: Duration = Duration::from_secs(60);

/// The shortest pause between two looks: a flood of events is told in pieces.
const PAUSE_MIN: Duration = Duration::from_millis(50);

/// Rows of one look.
const ROWS_MAX: i64 = 1_000;

/// Tells of what is stored from now on, without end.
pub async fn run(store: Store, changes: ChangeFeed, stored: Arc<Notify>) {
    let failures = LogThrottle::default();
    let pause = if store.location().is_shared() { LOOK_EVERY } else { LOOK_ALONE_EVERY };
    let mut last = None;
    loop {
        match look(&store, &changes, last).await {
            Ok(newest) => last = Some(newest),
            Err(error) => {
                if failures.may_say(()) {
                    warn!("Clients are not told of new messages, because the store cannot be read: {error}.");
                }
            }
        }
        sleep(PAUSE_MIN).await;
        // That nothing woke it is what the look is for.
        let _ = timeout(pause, stored.notified()).await;
    }
}

/// Tells of the rows after `last`, and returns the newest number. The first look only finds where to begin.
async fn look(store: &Store, changes: &ChangeFeed, last: Option<i64>) -> Result<i64, Error> {
    let Some(mut last) = last else { return store.newest_event().await };
    loop {
        let rows = store.events_after(last, ROWS_MAX).await?;
        let Some(newest) = rows.last() else { return Ok(last) };
        last = newest.number;
        let threads: BTreeSet<_> = rows.iter().filter_map(|row| row.thread.parse::<ThreadId>().ok()).collect();
        for thread in threads {
            resource::tell(changes, &thread);
        }
    }
}

//! Tells other replicas of resources that changed at this one, and this one's clients of those that changed there.
//!
//! Nothing but the store connects replicas, so each looks there every second. The rows are numbered in the order in which
//! they were stored: a reader that goes on from the last number misses none.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tracing::warn;
use uuid::Uuid;

use crate::change_feed::{Change, ChangeFeed};
use crate::log_throttle::LogThrottle;
use crate::store::{Error, Store};

/// The pause between two looks, where nothing is announced here in between.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The shortest pause between two looks: many changes are told in few statements.
const PAUSE_MIN: Duration = Duration::from_millis(50);

/// Rows of one look.
const ROWS_MAX: i64 = 1_000;

/// Passes changes on from now on, without end.
pub async fn run(store: Store, changes: ChangeFeed) {
    let mut relay = Relay { store, changes, origin: Uuid::new_v4().simple().to_string(), last: None };
    let failures = LogThrottle::default();
    loop {
        if let Err(error) = relay.exchange().await
            && failures.may_say(())
        {
            warn!("Clients of other replicas are not told of changes, because the store cannot be used: {error}.");
        }
        sleep(PAUSE_MIN).await;
        // That nothing woke it is what the look is for.
        let _ = timeout(LOOK_EVERY, relay.changes.announced()).await;
    }
}

struct Relay {
    store: Store,
    changes: ChangeFeed,
    /// The name of this replica in its rows.
    origin: String,
    /// The number of the last row that was read.
    last: Option<i64>,
}

impl Relay {
    async fn exchange(&mut self) -> Result<(), Error> {
        let mut last = match self.last {
            Some(last) => last,
            // The first look only finds where to begin.
            None => self.store.newest_change().await?,
        };
        self.last = Some(last);
        self.tell().await?;
        loop {
            let read = self.store.changes_after(last, &self.origin, ROWS_MAX).await?;
            read.uris.into_iter().for_each(|uri| self.changes.publish(&Change::Resource(uri)));
            let Some(newest) = read.newest else { return Ok(()) };
            last = newest;
            self.last = Some(last);
        }
    }

    /// Tells of what was announced here. While the store fails it waits, in as little memory as the feed allows.
    async fn tell(&self) -> Result<(), Error> {
        let uris: Vec<_> = self.changes.take_announced().into_iter().collect();
        if uris.is_empty() {
            return Ok(());
        }
        let told = self.store.add_changes(&self.origin, uris.clone()).await;
        if told.is_err() {
            // The next look comes in its time: a store that fails is not asked all the time.
            for uri in uris {
                self.changes.keep_announced(uri);
            }
        }
        told
    }
}

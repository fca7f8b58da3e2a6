//! Removes from the store what is too old or too much, on one replica at a time.

use std::time::Duration;

use tokio::time::sleep;
use tracing::{debug, warn};
use uuid::Uuid;

use crate::store::retention::Removed;
use crate::store::{Error, Store};

/// The pause between two runs.
const EVERY: Duration = Duration::from_secs(10 * 60);

/// The lease under which one replica does it, and its life.
const LEASE: &str = "upkeep";
const LIFE: Duration = Duration::from_secs(5 * 60);

/// Tidies the store from time to time, without end.
pub async fn run(store: Store) {
    let owner = owner();
    loop {
        run_once(&store, &owner).await;
        sleep(EVERY).await;
    }
}

/// The same for a store that nothing may ever need: it is not opened for this.
pub async fn run_while_open(store: Store) {
    let owner = owner();
    loop {
        sleep(EVERY).await;
        if store.is_open() {
            run_once(&store, &owner).await;
        }
    }
}

fn owner() -> String {
    Uuid::new_v4().simple().to_string()
}

async fn run_once(store: &Store, owner: &str) {
    match tidy(store, owner).await {
        Ok(Removed { old, too_many: 0, unanswered }) => debug!(old, unanswered, "Tidied the store."),
        Ok(Removed { too_many, .. }) => {
            warn!(rows = too_many, "The store was too full: {too_many} events and replies are forgotten early.");
        }
        Err(error) => warn!("The store could not be tidied: {error}."),
    }
}

async fn tidy(store: &Store, owner: &str) -> Result<Removed, Error> {
    let Some(lease) = store.take_lease(LEASE, owner, LIFE).await? else { return Ok(Removed::default()) };
    let removed = store.tidy().await;
    store.release_lease(lease).await?;
    removed
}

//! Asks the store's database now and then whether it answers, for `/readyz`, which itself asks nobody.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use crate::mcp::database_state::{DatabaseState, Versions};
use crate::mcp::readiness::Readiness;
use crate::store::schema::{Fit, Schema};
use crate::store::{Error, Location, Store};

/// The pause between two questions, and the longest wait for an answer.
const ASK_EVERY: Duration = Duration::from_secs(1);
const ANSWER_MAX: Duration = Duration::from_secs(1);
/// The time for which a database that has answered counts as there, whatever happens: one slow answer is no outage.
const GRACE: Duration = Duration::from_secs(2);

/// Watches the database without end.
pub(super) async fn watch(store: Store, readiness: Readiness) {
    let mut answered: Option<Instant> = None;
    loop {
        if is_there(&store) {
            let asked = timeout(ANSWER_MAX, store.schema()).await;
            let state = asked.map_or(DatabaseState::Away, |schema| state_of(&schema));
            if state != DatabaseState::Away {
                answered = Some(Instant::now());
            }
            if state != DatabaseState::Away || answered.is_none_or(|answered| answered.elapsed() >= GRACE) {
                tell(readiness.set_database(state), state);
            }
        }
        sleep(ASK_EVERY).await;
    }
}

/// True for a database that can be asked without making one: a file begins with the first call that needs it.
fn is_there(store: &Store) -> bool {
    match store.location() {
        Location::Memory => false,
        Location::File(_) => store.is_open(),
        Location::Postgres(_) => true,
    }
}

fn state_of(schema: &Result<Schema, Error>) -> DatabaseState {
    match schema {
        Ok(schema) => {
            let versions = Versions { version: Some(schema.version), known: schema.known, needs: schema.needs };
            match schema.fit() {
                Fit::Good => DatabaseState::Reached(versions),
                Fit::TooNew => DatabaseState::TooNew(versions),
                Fit::TooOld => DatabaseState::TooOld(versions),
            }
        }
        Err(Error::TooNew { needs, knows, .. }) => {
            DatabaseState::TooNew(Versions { version: None, known: *knows, needs: *needs })
        }
        Err(_) => DatabaseState::Away,
    }
}

fn tell(before: DatabaseState, now: DatabaseState) {
    match (before, now) {
        (before, now) if std::mem::discriminant(&before) == std::mem::discriminant(&now) => {}
        (DatabaseState::Unchecked, DatabaseState::Reached(_)) => {}
        (_, DatabaseState::Reached(_)) => info!("The database of the store answers again."),
        (_, DatabaseState::Away) => warn!(
            "The database of the store does not answer: what needs it fails until it does, and webhooks are refused so that \
             HubSpot repeats them."
        ),
        (_, DatabaseState::TooNew(_)) => {
            warn!("A newer release has changed the tables of the store so that this one may not use them: update it.");
        }
        (_, DatabaseState::TooOld(_)) => warn!("The tables of the store lack a migration: start this program again."),
        (_, DatabaseState::Unchecked) => {}
    }
}

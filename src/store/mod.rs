//! The store: what survives a restart and is shared by replicas, in SQLite or PostgreSQL. The only module that names `sqlx`.
//!
//! The SQL is what both databases share (`$1`, TEXT, BIGINT): one text for each statement, beside its type. No column holds
//! what somebody wrote to somebody: ids, digests, times and outcomes alone. The database is opened by the first call that
//! needs it.
//!
//! | module | table | content |
//! |---|---|---|
//! | [`sessions`] | `taskgraph_session` | guided conversations between two steps |
//! | [`leases`] | `lease` | who of several replicas does something, on the database's clock, with fences |
//! | [`kept_lease`] | | a lease that is renewed while its holder works |
//! | [`events`] | `event` | the events that came from HubSpot, each once |
//! | [`conversations`] | `conversation` | the conversations that wait for an answer: order, debounce, lease |
//! | [`outbox`] | `outbox` | replies, noted before they are sent |
//! | [`handoffs`] | `handoff_session`, `handoff_event` | conversations that people have taken over, and what happened in them |
//! | [`autopilot`] | `autopilot_thread`, `autopilot_switch`, `autopilot_count`, `autopilot_unanswered` | what the autopilot remembers and counts, and its switches |
//! | [`pollers`] | `poller` | how far each inbox was read |
//! | [`handoff_channel`] | `handoff_channel`, `handoff_account` | the custom channel, and the inboxes it is connected to |
//! | [`quota`] | `quota` | the places of HubSpot's limits that each replica holds |
//! | [`shared_tokens`] | `shared_token` | access tokens of logins, sealed |
//! | [`erasure`] | `erased` | what must not be kept any more |
//! | [`intake`] | | takes in events: all of the above in one transaction |
//! | [`retention`] | | removes what is too old or too much |

pub mod autopilot;
pub mod conversations;
pub mod erasure;
pub mod events;
pub mod handoff_channel;
pub mod handoffs;
pub mod intake;
pub mod kept_lease;
pub mod leases;
pub mod outbox;
pub mod pollers;
pub mod quota;
pub mod retention;
pub mod sessions;
pub mod shared_tokens;

mod database;
mod error;
mod location;
mod migrations;
mod open;
mod private_file;
mod rows;
mod write_ahead_log;

use std::{future::Future, sync::Arc};

use domain::clock::Clock;
use tokio::{runtime::Handle, sync::OnceCell, task::spawn_blocking};

use database::{Database, StoreClock};
pub use error::Error;
pub use location::{InvalidLocation, Location};

/// A handle on the store; clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    location: Location,
    clock: StoreClock,
    database: OnceCell<Database>,
}

impl Store {
    /// A store at this location, on its database's clock; it is opened by the first call that needs it.
    pub fn at(location: Location) -> Store {
        Store::of(location, StoreClock::OfDatabase)
    }

    /// Opens the store with a clock that a test moves in place of the database's; the machine's clock is not used.
    pub fn timed_by(location: Location, clock: Clock) -> Store {
        match clock {
            Clock::System => Store::at(location),
            Clock::Anchored { .. } => Store::of(location, StoreClock::Of(clock)),
        }
    }

    fn of(location: Location, clock: StoreClock) -> Store {
        Store { shared: Arc::new(Shared { location, clock, database: OnceCell::new() }) }
    }

    /// True once a call has needed it and it could be opened.
    pub fn is_open(&self) -> bool {
        self.shared.database.initialized()
    }

    /// Location of the database: memory, a file, or a server's address without its password.
    pub fn location(&self) -> &Location {
        &self.shared.location
    }

    /// Opens it if it is not open.
    pub async fn open(&self) -> Result<(), Error> {
        self.run(|_| async { Ok(()) }).await
    }

    /// Runs some statements to their end, also when the caller is dropped: half of them would be worse than all.
    ///
    /// On a thread of its own, since a database works on threads, or in a process, that the runtime does not see: to a
    /// runtime that seems idle, tokio's stopped clock runs on, and every deadline would be over.
    async fn run<T, F>(&self, work: impl FnOnce(Database) -> F + Send + 'static) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, sqlx::Error>> + Send,
    {
        let (shared, runtime) = (self.shared.clone(), Handle::current());
        let whole = move || {
            runtime.block_on(async move {
                let opening = || open::open(&shared.location, shared.clock);
                let database = shared.database.get_or_try_init(opening).await?;
                work(database.clone()).await.map_err(|error| Error::Failed(error.to_string()))
            })
        };
        spawn_blocking(whole).await.unwrap_or_else(|error| Err(Error::Failed(error.to_string())))
    }
}

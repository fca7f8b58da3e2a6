//! The store: what survives a restart and is shared by replicas, in SQLite or PostgreSQL. The only module that names `sqlx`.
//!
//! The SQL is what both databases share (`$1`, TEXT, BIGINT): one text for each statement, beside its type. No column holds
//! what somebody wrote to somebody in a form that the database can read: ids, digests, times and outcomes alone. The database is opened by the first call that
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
//! | [`shared_keys`] | `shared_key` | keys that replicas made for themselves |
//! | [`single_use`] | `single_use` | values that are good once |
//! | [`write_counts`] | `write_count` | writes of callers that may do so many a day |
//! | [`idempotent_calls`] | `idempotent_call` | calls with a key of their client's, done once |
//! | [`chat_conversations`] | `chat_conversation` | conversations of the chat page, sealed with a key that is not here |
//! | [`resource_changes`] | `resource_change` | changes at one replica, for the subscribers of others |
//! | [`erasure`] | `erased` | what must not be kept any more |
//! | [`intake`] | | takes in events: all of the above in one transaction |
//! | [`retention`] | | removes what is too old or too much |
//! | [`health`], [`schema`] | | tells whether the database answers, the version of its tables, and the leases held here |

pub mod autopilot;
pub mod chat_conversations;
pub mod conversations;
pub mod erasure;
pub mod events;
pub mod handoff_channel;
pub mod handoffs;
pub mod health;
pub mod idempotent_calls;
pub mod intake;
pub mod kept_lease;
pub mod leases;
pub mod outbox;
pub mod pollers;
pub mod quota;
pub mod resource_changes;
pub mod retention;
pub mod schema;
pub mod sessions;
pub mod shared_keys;
pub mod shared_tokens;
pub mod single_use;
pub mod write_counts;

mod database;
mod error;
mod held_leases;
mod location;
mod migrations;
mod open;
mod private_file;
mod rows;
mod write_ahead_log;

use std::{future::Future, io::ErrorKind, sync::Arc, time::Duration};

use domain::clock::Clock;
use tokio::{runtime::Handle, sync::OnceCell, task::spawn_blocking, time::timeout};

use database::{Database, StoreClock};
pub use error::Error;
use held_leases::HeldLeases;
pub use location::{InvalidLocation, Location};

/// The longest time of some statements on PostgreSQL, which ends each of them after 5 seconds itself: a server that was cut off
/// in the middle says nothing any more, and its connections would be waited for without end.
const POSTGRES_ANSWER_MAX: Duration = Duration::from_secs(15);

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
    held: HeldLeases,
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
        Store { shared: Arc::new(Shared { location, clock, database: OnceCell::new(), held: HeldLeases::default() }) }
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
                let done = work(database.clone());
                let done = match shared.location {
                    Location::Memory | Location::File(_) => done.await,
                    Location::Postgres(_) => timeout(POSTGRES_ANSWER_MAX, done)
                        .await
                        .unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into()))),
                };
                done.map_err(|error| Error::Failed(error.to_string()))
            })
        };
        spawn_blocking(whole).await.unwrap_or_else(|error| Err(Error::Failed(error.to_string())))
    }
}

//! What survives a restart, in SQLite; the only room that names `sqlx`.
//!
//! The SQL is what SQLite and PostgreSQL share (`$1`, TEXT, BIGINT), so a shared database for several replicas can
//! follow without rewriting. The file is opened by the first call that needs it.

mod open;
pub mod sessions;

use std::{future::Future, path::PathBuf, sync::Arc};

use sqlx::AnyPool;
use tokio::{runtime::Handle, sync::OnceCell, task::spawn_blocking};

/// Where things are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// In this process, until it ends.
    Memory,
    File(PathBuf),
}

/// Why something could not be kept or found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("the store {0} cannot be opened: {1}")]
    Unopened(String, String),
    #[error("the store failed: {0}")]
    Failed(String),
}

/// A handle on the store; clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    place: Location,
    pool: OnceCell<AnyPool>,
}

impl Store {
    pub fn at(place: Location) -> Store {
        Store { shared: Arc::new(Shared { place, pool: OnceCell::new() }) }
    }

    /// Runs some statements to their end, also when the caller is dropped: half of them would be worse than all.
    ///
    /// On a thread of its own, since SQLite works on threads that the runtime does not see: to a runtime that seems
    /// idle, tokio's stopped clock runs on, and every deadline would be over.
    async fn run<T, F>(&self, work: impl FnOnce(AnyPool) -> F + Send + 'static) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, sqlx::Error>> + Send,
    {
        let (shared, runtime) = (self.shared.clone(), Handle::current());
        let whole = move || {
            runtime.block_on(async move {
                let pool = shared.pool.get_or_try_init(|| open::open(&shared.place)).await?;
                work(pool.clone()).await.map_err(|error| Error::Failed(error.to_string()))
            })
        };
        spawn_blocking(whole).await.unwrap_or_else(|error| Err(Error::Failed(error.to_string())))
    }
}

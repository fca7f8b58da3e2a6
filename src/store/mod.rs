//! The store: state that survives a restart, in SQLite. The only module that names `sqlx`.
//!
//! The SQL is what SQLite and PostgreSQL share (`$1`, TEXT, BIGINT), so a shared database for several replicas can
//! follow without rewriting. The file is opened by the first call that needs it.

mod open;
pub mod sessions;

use std::{future::Future, sync::Arc};

use sqlx::AnyPool;
use tokio::{runtime::Handle, sync::OnceCell, task::spawn_blocking};

pub use open::{Error, Location};

/// A handle on the store; clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    location: Location,
    pool: OnceCell<AnyPool>,
}

impl Store {
    /// A store at this location; it is opened by the first call that needs it.
    pub fn at(location: Location) -> Store {
        Store { shared: Arc::new(Shared { location, pool: OnceCell::new() }) }
    }

    /// True once a call has needed it and it could be opened.
    pub fn is_open(&self) -> bool {
        self.shared.pool.initialized()
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
                let pool = shared.pool.get_or_try_init(|| open::open(&shared.location)).await?;
                work(pool.clone()).await.map_err(|error| Error::Failed(error.to_string()))
            })
        };
        spawn_blocking(whole).await.unwrap_or_else(|error| Err(Error::Failed(error.to_string())))
    }
}

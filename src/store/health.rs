//! The health of the store: whether its database answers, which version its tables have, and which leases are held here.

use std::collections::BTreeMap;

use super::Store;
use super::error::Error;
use super::migrations;
use super::schema::Schema;

impl Store {
    /// Asks the database for the versions of its tables; an error if it does not answer.
    pub async fn schema(&self) -> Result<Schema, Error> {
        self.run(|database| async move { migrations::look(&mut *database.pool.acquire().await?).await }).await
    }

    /// The number of leases that this process holds, by their kind: the name up to the first `:` or `/`.
    pub fn held_leases(&self) -> BTreeMap<String, usize> {
        self.shared.held.count()
    }
}

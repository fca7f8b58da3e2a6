//! Access tokens that processes share, sealed by who puts them here.

use sqlx::{Row, query};

use super::Store;
use super::error::Error;

/// A sealed token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedToken {
    /// The token, which nothing in the store can open.
    pub sealed: String,
    /// Its end, in milliseconds since 1970.
    pub expires_ms: i64,
}

impl Store {
    /// The token of this login; `None` if none was saved.
    pub async fn shared_token(&self, login: &str) -> Result<Option<SharedToken>, Error> {
        let login = login.to_owned();
        self.run(move |database| async move {
            let select = "SELECT sealed, expires_ms FROM shared_token WHERE login = $1";
            let row = query(select).bind(&login).fetch_optional(&database.pool).await?;
            row.map(|row| Ok(SharedToken { sealed: row.try_get("sealed")?, expires_ms: row.try_get("expires_ms")? }))
                .transpose()
        })
        .await
    }

    /// Saves the token of this login. One that ends later stays: its writer was the last.
    pub async fn save_shared_token(&self, login: &str, token: SharedToken) -> Result<(), Error> {
        let login = login.to_owned();
        self.run(move |database| async move {
            let insert = "INSERT INTO shared_token (login, sealed, expires_ms) VALUES ($1, $2, $3) \
                ON CONFLICT (login) DO UPDATE SET sealed = excluded.sealed, expires_ms = excluded.expires_ms \
                WHERE shared_token.expires_ms <= excluded.expires_ms";
            let insert = query(insert).bind(&login).bind(&token.sealed).bind(token.expires_ms);
            insert.execute(&database.pool).await.map(drop)
        })
        .await
    }
}

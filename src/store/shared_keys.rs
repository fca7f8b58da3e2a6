//! Keys that replicas made for themselves and share, such as the one that signs what clients carry.

use sqlx::{Row, query};

use super::Store;
use super::error::Error;

impl Store {
    /// The key of this name: `fresh`, if no replica has made one before.
    pub async fn shared_key(&self, name: &str, fresh: String) -> Result<String, Error> {
        let name = name.to_owned();
        self.run(move |database| async move {
            let mut writing = database.begin().await?;
            let insert =
                "INSERT INTO shared_key (name, secret, made_ms) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING";
            let insert = query(insert).bind(&name).bind(&fresh).bind(writing.now_ms);
            insert.execute(&mut *writing.transaction).await?;
            writing.commit().await?;
            let select = query("SELECT secret FROM shared_key WHERE name = $1").bind(&name);
            select.fetch_one(&database.pool).await?.try_get(0)
        })
        .await
    }
}

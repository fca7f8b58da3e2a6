//! The access token of a login, shared by processes through the store.
//!
//! The store holds it sealed by the refresh token, which stands in the file of the login alone: who reads the database, or a
//! copy of it, has no access. A lease keeps two processes from getting a token at once.

use std::time::Duration;

use chrono::DateTime;
use futures::FutureExt;
use futures::future::BoxFuture;
use hubspot_client::{AccessToken, IssuedToken, Login, RefreshLock, TokenSharing};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::seal::Seal;
use crate::store::Store;
use crate::store::leases::Lease;
use crate::store::shared_tokens::SharedToken;

/// The life of the turn to get a token. It takes at most ten seconds.
const TURN: Duration = Duration::from_secs(20);
/// The purpose of the key that seals it.
const PURPOSE: &str = "frontdesk: access token shared by processes";
/// The letters of a login's digest that name it.
const NAME_BYTES: usize = 16;

/// Shares tokens through a store.
#[derive(Debug)]
pub struct StoreSharing {
    store: Store,
    /// The name of this process among those that take turns.
    owner: String,
}

impl StoreSharing {
    /// Shares through this store.
    pub fn new(store: Store) -> StoreSharing {
        StoreSharing { store, owner: Uuid::new_v4().to_string() }
    }

    async fn read(&self, login: &Login) -> Result<Option<IssuedToken>, String> {
        let name = name(login);
        let row = self.store.shared_token(&name).await.map_err(|error| error.to_string())?;
        Ok(row.and_then(|row| open(&name, login, &row)))
    }

    async fn write(&self, login: &Login, issued: &IssuedToken) -> Result<(), String> {
        let name = name(login);
        let sealed = Seal::of(&login.refresh_token, PURPOSE).and_then(|seal| seal.close(&name, issued.token.secret()));
        let sealed = sealed.ok_or("it could not be sealed")?;
        let row = SharedToken { sealed, expires_ms: issued.expires_at.timestamp_millis() };
        self.store.save_shared_token(&name, row).await.map_err(|error| error.to_string())
    }
}

/// Names a login without telling anything of it.
fn name(login: &Login) -> String {
    let parts = [login.app.client_id.as_bytes(), b"\0", login.refresh_token.expose_secret().as_bytes()].concat();
    let digest = Sha256::digest(parts);
    let hex: String = digest.iter().take(NAME_BYTES).map(|byte| format!("{byte:02x}")).collect();
    format!("hubspot-login-{hex}")
}

/// Opens a row; one that cannot be opened is as good as none.
fn open(name: &str, login: &Login, row: &SharedToken) -> Option<IssuedToken> {
    let secret = Seal::of(&login.refresh_token, PURPOSE)?.open(name, &row.sealed)?;
    Some(IssuedToken {
        token: AccessToken::new(&secret)?,
        expires_at: DateTime::from_timestamp_millis(row.expires_ms)?,
        issued_at: None,
    })
}

impl TokenSharing for StoreSharing {
    fn load<'a>(&'a self, login: &'a Login) -> BoxFuture<'a, Result<Option<IssuedToken>, String>> {
        self.read(login).boxed()
    }

    fn save<'a>(&'a self, login: &'a Login, token: &'a IssuedToken) -> BoxFuture<'a, Result<(), String>> {
        self.write(login, token).boxed()
    }

    fn take_turn<'a>(&'a self, login: &'a Login) -> BoxFuture<'a, Result<Option<RefreshLock>, String>> {
        async move {
            let lease = self.store.take_lease(&name(login), &self.owner, TURN).await;
            Ok(lease.map_err(|error| error.to_string())?.map(|lease| Box::new(lease) as RefreshLock))
        }
        .boxed()
    }

    fn give_back(&self, turn: RefreshLock) -> BoxFuture<'_, ()> {
        async move {
            if let Ok(lease) = turn.downcast::<Lease>() {
                // A lease that was not given back ends by itself.
                let _ = self.store.release_lease(*lease).await;
            }
        }
        .boxed()
    }
}

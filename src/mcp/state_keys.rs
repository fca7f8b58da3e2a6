//! The key that signs request states: the operator's, or one that the replicas of a store agree on, or this process's own.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::request_state::{InvalidStateKey, StateSigner};
use crate::store::{Error, Store};

/// The name of the key in the store.
const NAME: &str = "request_state";

/// The key, which is found when it is first needed. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct StateKeys {
    given: Option<StateSigner>,
    agreed: Arc<OnceCell<StateSigner>>,
}

impl StateKeys {
    /// Signs with this key, which the operator gives to all replicas.
    pub(super) fn given(key: &SecretString) -> Result<StateKeys, InvalidStateKey> {
        Ok(StateKeys { given: Some(StateSigner::with_key(key)?), agreed: Arc::default() })
    }

    /// The signer.
    ///
    /// # Errors
    /// [`Error`] if replicas use the store, and it cannot tell their key now.
    pub(super) async fn signer(&self, store: &Store) -> Result<&StateSigner, Error> {
        match &self.given {
            Some(given) => Ok(given),
            None => self.agreed.get_or_try_init(|| agreed(store)).await,
        }
    }
}

async fn agreed(store: &Store) -> Result<StateSigner, Error> {
    if !store.location().is_shared() {
        return Ok(StateSigner::new());
    }
    match store.shared_key(NAME, fresh().expose_secret().to_owned()).await {
        // A key that somebody has spoiled in the store is as good as none.
        Ok(key) => StateSigner::with_key(&key.into()).map_err(|error| Error::Failed(error.to_string())),
        Err(error) if store.location().is_for_replicas() => Err(error),
        Err(_) => Ok(StateSigner::new()),
    }
}

/// A random key: 366 bits of the operating system's.
fn fresh() -> SecretString {
    [(); 3].map(|()| Uuid::new_v4().simple().to_string()).concat().into()
}

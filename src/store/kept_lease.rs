//! A lease that is renewed in the background for as long as its holder works: so it can be short, and after a crash others
//! wait for it only briefly.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::Store;
use super::error::Error;
use super::leases::Lease;

/// The renewals within the life of a lease: one may fail, and its holder relies on it all the same.
const RENEWALS: u32 = 4;

/// A lease that is held until it is released or dropped, or lost to somebody else.
#[derive(Debug)]
pub struct KeptLease {
    store: Store,
    life: Duration,
    lease: Arc<Mutex<Option<Lease>>>,
    renewing: JoinHandle<()>,
}

/// The waiting for a lease that somebody else holds.
#[derive(Clone, Copy, Debug)]
pub struct LeaseWait {
    /// The life of the lease once it is taken, as for [`Store::keep_lease`].
    pub life: Duration,
    /// The longest wait.
    pub longest: Duration,
    /// The pause between two attempts.
    pub pause: Duration,
}

impl Store {
    /// Takes the lease of this name for an owner that nobody else is, once nobody else holds it, and keeps it; `None` if
    /// somebody holds it for too long. `held` is called once, at the first attempt that finds it held.
    pub async fn wait_for_lease(
        &self,
        name: &str,
        wait: LeaseWait,
        held: impl FnOnce(),
    ) -> Result<Option<KeptLease>, Error> {
        let (owner, until) = (Uuid::new_v4().simple().to_string(), Instant::now() + wait.longest);
        let mut held = Some(held);
        loop {
            if let Some(lease) = self.keep_lease(name, &owner, wait.life).await? {
                return Ok(Some(lease));
            }
            if Instant::now() >= until {
                return Ok(None);
            }
            if let Some(held) = held.take() {
                held();
            }
            sleep(wait.pause).await;
        }
    }

    /// Takes the lease of this name for `owner` and keeps it; `None` while somebody holds it. After the end of the process
    /// it is free again within `life`.
    pub async fn keep_lease(&self, name: &str, owner: &str, life: Duration) -> Result<Option<KeptLease>, Error> {
        let Some(lease) = self.take_lease(name, owner, life).await? else { return Ok(None) };
        let (store, lease) = (self.clone(), Arc::new(Mutex::new(Some(lease))));
        let renewing = tokio::spawn(renew_until_lost(store.clone(), lease.clone(), life));
        Ok(Some(KeptLease { store, life, lease, renewing }))
    }
}

impl KeptLease {
    /// Holds it for its whole life from now; false if it was lost.
    pub async fn renew(&self) -> Result<bool, Error> {
        renew(&self.store, &self.lease, self.life).await
    }

    /// The lease as it was last renewed; `None` if it was lost.
    pub async fn current(&self) -> Option<Lease> {
        self.lease.lock().await.clone()
    }

    /// Gives it back. Where that fails it ends by itself.
    pub async fn release(self) -> Result<(), Error> {
        self.renewing.abort();
        match self.lease.lock().await.take() {
            Some(lease) => self.store.release_lease(lease).await,
            None => Ok(()),
        }
    }
}

impl Drop for KeptLease {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}

async fn renew_until_lost(store: Store, lease: Arc<Mutex<Option<Lease>>>, life: Duration) {
    loop {
        sleep(life / RENEWALS).await;
        // A store that fails may work again before the lease ends.
        if let Ok(false) = renew(&store, &lease, life).await {
            return;
        }
    }
}

async fn renew(store: &Store, lease: &Mutex<Option<Lease>>, life: Duration) -> Result<bool, Error> {
    let mut lease = lease.lock().await;
    let Some(held) = lease.clone() else { return Ok(false) };
    *lease = store.renew_lease(held, life).await?;
    Ok(lease.is_some())
}

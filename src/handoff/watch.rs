//! The loop that looks at open sessions: one replica looks, and the others tell their clients of what it has stored.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::warn;
use uuid::Uuid;

use super::error::Error;
use super::look::{self, Seen};
use super::resource;
use crate::store::leases::Lease;
use crate::tool::Ctx;
use crate::tool::call_context::CallContext;
use crate::tool::policy::ToolPolicy;

/// The pause between two looks: three a minute, of at most two requests for each session.
pub const LOOK_EVERY: Duration = Duration::from_secs(20);
/// The same for the embedded HubSpot, which has no quota.
pub const LOOK_EMBEDDED_EVERY: Duration = Duration::from_secs(1);
/// The longest time of one look.
const LOOK_MAX: Duration = Duration::from_secs(15);
/// The pause between two looks at what other replicas have stored.
const STORE_EVERY: Duration = Duration::from_secs(1);
/// The name of the lease under which one replica looks.
const LEASE: &str = "handoff";
/// Failures in a row of which one is told.
const TOLD_EVERY: u32 = 30;

/// The watch over all open sessions.
#[derive(Debug)]
pub struct Watch {
    ctx: Ctx,
    every: Duration,
    owner: String,
}

/// The memory of a watch between two looks.
#[derive(Default)]
struct Memory {
    seen: Seen,
    /// The newest event of each session, as this process told of it.
    told: BTreeMap<String, i64>,
    lease: Option<Lease>,
    failures: u32,
}

impl Watch {
    /// A watch that looks this often.
    pub fn new(ctx: Ctx, policy: Arc<ToolPolicy>, every: Duration) -> Watch {
        let ctx = Ctx { call: CallContext { policy, ..CallContext::default() }, ..ctx };
        Watch { ctx, every, owner: Uuid::new_v4().simple().to_string() }
    }

    /// Looks until `stop`, and then leaves it to others.
    pub async fn run(self, stop: CancellationToken) {
        let mut memory = Memory::default();
        tokio::select! {
            () = self.watch(&mut memory) => {}
            () = stop.cancelled() => {}
        }
        if let Some(lease) = memory.lease
            && let Err(error) = self.ctx.store.release_lease(lease).await
        {
            warn!("Another replica can look at hand-offs only after a while: {error}.");
        }
    }

    async fn watch(&self, memory: &mut Memory) {
        let is_shared = self.ctx.store.location().is_shared();
        loop {
            let next = Instant::now() + self.every;
            self.visit(memory).await;
            while is_shared && Instant::now() + STORE_EVERY < next {
                sleep(STORE_EVERY).await;
                self.tell(memory).await;
            }
            sleep(next.saturating_duration_since(Instant::now())).await;
        }
    }

    /// One look, unless another replica looks.
    async fn visit(&self, memory: &mut Memory) {
        let looked = match self.hold(memory).await {
            Ok(true) => self.look(memory).await,
            Ok(false) => Ok(()),
            Err(error) => Err(error),
        };
        match looked {
            Ok(()) => memory.failures = 0,
            Err(error) => {
                if memory.failures.is_multiple_of(TOLD_EVERY) {
                    warn!("Hand-offs cannot be looked at: {error}. It is tried again, and nothing is lost.");
                }
                memory.failures += 1;
            }
        }
    }

    async fn hold(&self, memory: &mut Memory) -> Result<bool, Error> {
        let life = (LOOK_MAX + self.every) * 2;
        memory.lease = match memory.lease.take() {
            Some(lease) => self.ctx.store.renew_lease(lease, life).await?,
            None => self.ctx.store.take_lease(LEASE, &self.owner, life).await?,
        };
        Ok(memory.lease.is_some())
    }

    async fn look(&self, memory: &mut Memory) -> Result<(), Error> {
        let hubspot = self.ctx.hubspot.for_call(Instant::now() + LOOK_MAX);
        let ctx = Ctx { hubspot, ..self.ctx.clone() };
        look::at_all(&ctx, &mut memory.seen).await
    }

    /// Tells of what others have stored.
    async fn tell(&self, memory: &mut Memory) {
        let Ok(open) = self.ctx.store.open_handoffs().await else { return };
        let newest: BTreeMap<String, i64> = open.into_iter().map(|row| (row.id, row.newest)).collect();
        // What is open no longer has ended since.
        let ended = memory.told.keys().filter(|id| !newest.contains_key(*id));
        let moved = newest.iter().filter(|(id, newest)| memory.told.get(*id).is_some_and(|told| told < *newest));
        ended.chain(moved.map(|(id, _)| id)).for_each(|id| resource::tell(&self.ctx.changes, id));
        memory.told = newest;
    }
}

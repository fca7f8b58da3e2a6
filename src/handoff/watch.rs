//! The loop that looks at open sessions: one replica looks, and the others tell their clients of what it has stored.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use uuid::Uuid;

use super::error::Error;
use super::look::{self, Seen};
use super::resource;
use super::session::Way;
use crate::change_feed::Change;
use crate::conversations;
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
/// The shortest pause between two looks at what was told.
const PAUSE_MIN: Duration = Duration::from_secs(1);
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

    /// The same watch with another interval between two looks.
    #[must_use]
    pub fn every(self, every: Duration) -> Watch {
        Watch { every, ..self }
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
        loop {
            let next = Instant::now() + self.every;
            self.visit(memory).await;
            while Instant::now() < next {
                self.wait(memory, next).await;
            }
        }
    }

    /// Waits for the next look, or for something that is told of a conversation before: then it is looked at alone.
    async fn wait(&self, memory: &mut Memory, next: Instant) {
        let is_shared = self.ctx.store.location().is_shared();
        let until = if is_shared { next.min(Instant::now() + STORE_EVERY) } else { next };
        let open = self.in_conversations().await;
        let uris = open.keys().map(|uri| Change::Resource(uri.clone())).chain([resource::started()]);
        let Some(subscription) = self.ctx.changes.subscribe(uris) else { return sleep_until(next).await };
        while let Ok(change) = timeout_at(until, subscription.next()).await {
            let Change::Resource(uri) = change else { continue };
            let Some(session) = open.get(&uri) else { return };
            if memory.lease.is_some()
                && let Err(error) = look::at_one(&self.looking(), session).await
            {
                debug!("A conversation of a hand-off could not be looked at: {error}. The next look comes soon.");
            }
            sleep_until(next.min(Instant::now() + PAUSE_MIN)).await;
        }
        if is_shared {
            self.tell(memory).await;
        }
    }

    /// The open sessions in conversations, by the address of these.
    async fn in_conversations(&self) -> BTreeMap<String, String> {
        let open = self.ctx.store.open_handoffs().await.unwrap_or_default();
        let threads = open.into_iter().filter(|row| row.way != Way::Ticket.name());
        let uri = |place: &str| place.parse().ok().map(|id| conversations::resource::uri(&id));
        threads.filter_map(|row| Some((uri(&row.place)?, row.id))).collect()
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
        look::at_all(&self.looking(), &mut memory.seen).await
    }

    /// The context of one look.
    fn looking(&self) -> Ctx {
        let hubspot = self.ctx.hubspot.for_call(Instant::now() + LOOK_MAX);
        Ctx { hubspot, ..self.ctx.clone() }
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

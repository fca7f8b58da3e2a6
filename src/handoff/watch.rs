//! The loop that looks at open sessions: one replica looks, and the others tell their clients of what it has stored.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use uuid::Uuid;

use super::channel;
use super::error::Error;
use super::resource;
use super::session::Way;
use super::session_poll::{self, UnmarkedNotes};
use crate::change_feed::Change;
use crate::conversations;
use crate::store::kept_lease::KeptLease;
use crate::tool::Ctx;
use crate::tool::call_context::CallContext;
use crate::tool::handoff_policy::HandoffWay;
use crate::tool::policy::ToolPolicy;

/// The pause between two looks: three a minute, of at most two requests for each session.
pub const LOOK_EVERY: Duration = Duration::from_secs(20);
/// Pause between two looks at the embedded HubSpot, which has no quota.
pub const LOOK_EMBEDDED_EVERY: Duration = Duration::from_secs(1);
/// The longest time of one look.
const LOOK_MAX: Duration = Duration::from_secs(15);
/// The pause between two looks at what other replicas have stored.
const STORE_EVERY: Duration = Duration::from_secs(1);
/// The shortest pause between two looks at what was told.
const PAUSE_MIN: Duration = Duration::from_secs(1);
/// The name of the lease under which one replica looks at all sessions, and its life, which is renewed while it looks and
/// waits: after a crash another one goes on so soon.
const LEASE: &str = "handoff";
const LEASE_LIFE: Duration = Duration::from_secs(8);
/// The pause between two tries to look in place of another replica, which may have died.
const TAKE_EVERY: Duration = Duration::from_secs(2);
/// Of so many failures in a row, one is logged.
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
struct WatchMemory {
    seen: UnmarkedNotes,
    /// The newest event of each session, as this process told of it.
    told: BTreeMap<String, i64>,
    lease: Option<KeptLease>,
    failures: u32,
    /// The channel was set up when it was looked for last.
    has_channel: Option<bool>,
}

impl Watch {
    /// A watch that looks this often.
    pub fn new(ctx: Ctx, policy: Arc<ToolPolicy>, every: Duration) -> Watch {
        let ctx = Ctx { call: CallContext { policy, ..CallContext::default() }, ..ctx };
        Watch { ctx, every, owner: Uuid::new_v4().simple().to_string() }
    }

    /// Returns the watch with another interval between two looks.
    #[must_use]
    pub fn every(self, every: Duration) -> Watch {
        Watch { every, ..self }
    }

    /// Looks until `stop`, and then leaves it to others.
    pub async fn run(self, stop: CancellationToken) {
        let mut memory = WatchMemory::default();
        tokio::select! {
            () = self.watch(&mut memory) => {}
            () = stop.cancelled() => {}
        }
        if let Some(lease) = memory.lease
            && let Err(error) = lease.release().await
        {
            warn!("Another replica can look at hand-offs only after a while: {error}.");
        }
    }

    async fn watch(&self, memory: &mut WatchMemory) {
        loop {
            let next = Instant::now() + self.every;
            self.visit(memory).await;
            while Instant::now() < next && !self.takes_over(memory).await {
                self.wait(memory, next).await;
            }
        }
    }

    /// True if another replica has looked until now, and this one does from now on.
    async fn takes_over(&self, memory: &mut WatchMemory) -> bool {
        // A store that fails is told of by the next look.
        memory.lease.is_none() && self.hold(memory).await.unwrap_or(false)
    }

    /// Waits for the next look, or for something that is told of a conversation before: then it is looked at alone, also
    /// where another replica looks at all, since that one is not told.
    async fn wait(&self, memory: &mut WatchMemory, next: Instant) {
        let is_shared = self.ctx.store.location().is_shared();
        let pause = if is_shared { STORE_EVERY } else { TAKE_EVERY };
        let until = if is_shared || memory.lease.is_none() { next.min(Instant::now() + pause) } else { next };
        let open = self.in_conversations().await;
        let uris = open.keys().map(|uri| Change::Resource(uri.clone())).chain([resource::started()]);
        let Some(subscription) = self.ctx.changes.subscribe(uris) else { return sleep_until(next).await };
        while let Ok(change) = timeout_at(until, subscription.next()).await {
            let Change::Resource(uri) = change else { continue };
            let Some(session) = open.get(&uri) else { return };
            if let Err(error) = session_poll::at_one(&self.looking(), session).await {
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

    /// Tells clients that the tools of the hand-off are there or gone: the channel is set up by another process.
    async fn follow_channel(&self, memory: &mut WatchMemory) {
        if self.ctx.call.policy.handoff.way != HandoffWay::Channel {
            return;
        }
        let is_set_up = channel::is_set_up(&self.ctx).await;
        let before = memory.has_channel.replace(is_set_up);
        if !is_set_up && before != Some(false) {
            warn!(
                "The channel to people is not set up, so its tools are not listed: `frontdesk handoff setup` does it."
            );
        }
        if before.is_some_and(|before| before != is_set_up) {
            self.ctx.changes.publish(&Change::Tools);
        }
    }

    /// One look, unless another replica looks.
    async fn visit(&self, memory: &mut WatchMemory) {
        self.follow_channel(memory).await;
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

    async fn hold(&self, memory: &mut WatchMemory) -> Result<bool, Error> {
        if let Some(lease) = &memory.lease
            && lease.renew().await?
        {
            return Ok(true);
        }
        memory.lease = self.ctx.store.keep_lease(LEASE, &self.owner, LEASE_LIFE).await?;
        Ok(memory.lease.is_some())
    }

    async fn look(&self, memory: &mut WatchMemory) -> Result<(), Error> {
        session_poll::at_all(&self.looking(), &mut memory.seen).await
    }

    /// The context of one look.
    fn looking(&self) -> Ctx {
        let hubspot = self.ctx.hubspot.for_call(Instant::now() + LOOK_MAX);
        Ctx { hubspot, ..self.ctx.clone() }
    }

    /// Tells of what others have stored.
    async fn tell(&self, memory: &mut WatchMemory) {
        let Ok(open) = self.ctx.store.open_handoffs().await else { return };
        let newest: BTreeMap<String, i64> = open.into_iter().map(|row| (row.id, row.newest)).collect();
        // What is open no longer has ended since.
        let ended = memory.told.keys().filter(|id| !newest.contains_key(*id));
        let moved = newest.iter().filter(|(id, newest)| memory.told.get(*id).is_some_and(|told| told < *newest));
        ended.chain(moved.map(|(id, _)| id)).for_each(|id| resource::tell(&self.ctx.changes, id));
        memory.told = newest;
    }
}

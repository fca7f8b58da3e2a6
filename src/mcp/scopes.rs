//! The scopes of HubSpot's token. They are read when tools are listed, so that the start sends no request.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::change_feed::Change;
use crate::tool::Ctx;

/// Longest wait of a list of tools for HubSpot.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// Shortest time between two reads, also after a failed one; a changed scope shows after this time.
const READ_EVERY: Duration = Duration::from_secs(60);

type ScopeNames = Arc<BTreeSet<String>>;

/// The scopes as last read. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Scopes(Arc<ScopeCache>);

#[derive(Debug, Default)]
struct ScopeCache {
    last: Mutex<Last>,
    reading: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Last {
    names: Option<ScopeNames>,
    read_at: Option<Instant>,
}

impl Scopes {
    /// The scopes at the last list of tools: a tool hidden there stays denied until the next list.
    pub(super) fn known(&self) -> Option<ScopeNames> {
        self.last().names.clone()
    }

    /// The scopes, read anew if the last read is too old. `None`: HubSpot has never reported them.
    pub(super) async fn fetch(&self, ctx: &Ctx) -> Option<ScopeNames> {
        // Held while waiting: the lock is the queue, so that one read serves all.
        let _reading = self.0.reading.lock().await;
        if self.last().read_at.is_none_or(|read_at| read_at.elapsed() >= READ_EVERY) {
            let found = read(ctx).await;
            let mut last = self.last();
            let first = last.read_at.replace(Instant::now()).is_none();
            // After a failed read the earlier scopes are likelier than that everything is open.
            let names = found.or(last.names.clone());
            let before = std::mem::replace(&mut last.names, names.clone());
            if !first && before != names {
                ctx.changes.publish(&Change::Tools);
            }
        }
        self.known()
    }

    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn read(ctx: &Ctx) -> Option<ScopeNames> {
    let deadline = Instant::now() + WAIT_MAX;
    let hubspot = ctx.hubspot.for_call(deadline);
    let info = timeout_at(deadline, async { hubspot.account().token_info().await }).await;
    Some(Arc::new(info.ok()?.ok()?.scopes.into_iter().collect()))
}

//! What HubSpot's token may do, as far as HubSpot has told. It is asked when tools are listed, so that a start asks nothing.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use crate::change_feed::Change;
use crate::tool::Ctx;

/// A list of tools waits no longer for HubSpot.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// HubSpot is asked no more often, whether it answers or not; after so long another scope shows.
const ASK_EVERY: Duration = Duration::from_secs(60);

type Names = Arc<BTreeSet<String>>;

/// Clones share what is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Scopes(Arc<Memory>);

#[derive(Debug, Default)]
struct Memory {
    last: Mutex<Last>,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Last {
    names: Option<Names>,
    asked: Option<Instant>,
}

impl Scopes {
    /// What was known at the last listing: what is hidden then is closed until the next.
    pub(super) fn known(&self) -> Option<Names> {
        self.last().names.clone()
    }

    /// What HubSpot says now, or said a short while ago. `None`: it has never told.
    pub(super) async fn asked(&self, ctx: &Ctx) -> Option<Names> {
        // Held while waiting: the lock is the queue, so that one asks for all.
        let _turn = self.0.turn.lock().await;
        if self.last().asked.is_none_or(|asked| asked.elapsed() >= ASK_EVERY) {
            let found = ask(ctx).await;
            let mut last = self.last();
            let first = last.asked.replace(Instant::now()).is_none();
            // What HubSpot has told once is likelier than that everything is open.
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

async fn ask(ctx: &Ctx) -> Option<Names> {
    let deadline = Instant::now() + WAIT_MAX;
    let hubspot = ctx.hubspot.for_call(deadline);
    let told = timeout_at(deadline, async { hubspot.account().token_info().await }).await;
    Some(Arc::new(told.ok()?.ok()?.scopes.into_iter().collect()))
}

//! The conversation that a token opens: one of this process, or one that another replica has stored.

use std::sync::Arc;

use super::answering::Answering;
use super::kept::{KeptOwner, KeptVisit};
use super::room::Full;
use super::sharing::ChatSharing;
use super::visit::{Visit, VisitOwner};
use super::visits::Visits;
use crate::store::chat_conversations::ChatExpiry;
use crate::tool::caller::Caller;

/// The conversations of a page, in this process and beyond it.
#[derive(Clone, Debug)]
pub struct OpenVisits {
    /// Those of this process.
    pub visits: Arc<Visits>,
    /// The way into the store, where replicas share it.
    pub sharing: Option<ChatSharing>,
    /// The task that answers.
    pub answering: Answering,
}

/// The reason why a conversation that there may be is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOpened {
    /// The store cannot be used.
    StoreFailed,
    /// There is no room for it here.
    Full(Full),
}

impl OpenVisits {
    /// The conversation that a token opens, as it is now, unless it has ended; `staff` is the caller, if it is of staff.
    ///
    /// # Errors
    /// [`NotOpened`].
    pub async fn open(&self, token: &str, staff: Option<&Caller>) -> Result<Option<Arc<Visit>>, NotOpened> {
        let visit = match self.visits.get(token) {
            Some(visit) => visit,
            None => match self.found(token, staff).await? {
                Some(visit) => visit,
                None => return Ok(None),
            },
        };
        self.answering.refresh(&visit).await;
        if visit.has_ended() && visit.place().is_some() {
            self.visits.remove(token);
        }
        Ok(Some(visit).filter(|visit| !visit.has_ended()))
    }

    /// The conversation as it is in the store, which is admitted here.
    async fn found(&self, token: &str, staff: Option<&Caller>) -> Result<Option<Arc<Visit>>, NotOpened> {
        let Some(place) = self.sharing.as_ref().and_then(|sharing| sharing.place(token)) else { return Ok(None) };
        let Some(found) = place.find().await.map_err(|_| NotOpened::StoreFailed)? else { return Ok(None) };
        let Some(owner) = owner(&found.kept, staff) else { return Ok(None) };
        *place.version().await = found.row.version;
        let visit = Arc::new(Visit::found(found.kept, owner, place));
        // Those that make way are in the store as well.
        let (visit, _left) = self.visits.admit(token, visit).map_err(NotOpened::Full)?;
        Ok(Some(visit))
    }

    /// Forgets the conversations that nobody has used for long; those that end for everybody.
    pub async fn take_idle(&self) -> Vec<Arc<Visit>> {
        let mut ended = vec![];
        for (key, visit) in self.visits.idle() {
            let expires = match expiry(&visit).await {
                Some(ChatExpiry::Expired) => true,
                // The next time asks again, so that whoever has it tells of its end.
                Some(ChatExpiry::NotYet) => continue,
                Some(ChatExpiry::Gone) | None => false,
            };
            if expires {
                visit.end();
            }
            // Another replica goes on with it, or can: it only makes way here.
            let makes_way = expires || !visit.is_at_work();
            let is_forgotten = makes_way && self.visits.forget_idle(key);
            if is_forgotten && expires {
                ended.push(visit);
            }
        }
        ended
    }

    /// Has those that made way end, unless they go on from the store.
    pub fn ending(left: Vec<Arc<Visit>>) -> impl Iterator<Item = Arc<Visit>> {
        left.into_iter().filter(|visit| visit.place().is_none())
    }
}

/// The end of a conversation that nobody has used here for long; `None` if another replica has it, or the store cannot be used.
async fn expiry(visit: &Visit) -> Option<ChatExpiry> {
    let Some(place) = visit.place() else { return Some(ChatExpiry::Expired) };
    let version = place.version().await;
    if !visit.is_own() {
        return None;
    }
    place.expire(*version).await.ok()
}

/// The owner of a kept conversation; `None` for a member of staff who may not open it.
fn owner(kept: &KeptVisit, staff: Option<&Caller>) -> Option<VisitOwner> {
    match (&kept.owner, staff) {
        (KeptOwner::Address(address), None) => Some(VisitOwner::Address(*address)),
        (KeptOwner::Staff(_), Some(caller)) => {
            let owner = VisitOwner::Staff(Box::new(caller.clone()));
            (owner.kept() == kept.owner).then_some(owner)
        }
        _ => None,
    }
}

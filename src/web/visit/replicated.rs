//! Conversations that any replica goes on with: each change is stored before it is shown, so that a replica which takes over
//! loses nothing of what was shown and shows nothing twice. A conversation that no replicas share passes through.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::event::{VisitMessage, With};
use super::incoming::Incoming;
use super::sharing::{Found, LEASE_LIFE, Put, RENEW_EVERY, SharedPlace};
use super::staging::Snapshot;
use super::visit::{AcceptedMessage, MessageRejected, Visit, VisitOwner};
use crate::store::Error;
use crate::store::chat_conversations::{ChatLease, ChatUse};

/// The longest wait for a replica that answers in a conversation, and the pause between two looks.
const WAIT_MAX: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(150);
/// The most bytes of a conversation as it is stored, files that wait included.
const STORED_BYTES_MAX: usize = 4 << 20;

/// The reason why a message is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAccepted {
    /// The conversation does not take it.
    Rejected(MessageRejected),
    /// Another replica answers in the conversation.
    Busy,
    /// It could not be stored.
    NotStored,
}

/// The end of storing a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreOutcome {
    /// It is stored and shown.
    Stored,
    /// Another replica has it.
    Lost,
    /// The store cannot be used.
    Failed,
}

/// The wait for another replica that answers in a conversation. It ends early when this process is told to end.
struct Wait<'a> {
    until: Instant,
    stop: &'a CancellationToken,
}

impl Wait<'_> {
    fn new(stop: &CancellationToken) -> Wait<'_> {
        Wait { until: Instant::now() + WAIT_MAX, stop }
    }

    /// Pauses before the next look; false if it is time to give up.
    async fn goes_on(&self) -> bool {
        tokio::select! {
            () = sleep(LOOK_EVERY) => Instant::now() < self.until,
            () = self.stop.cancelled() => false,
        }
    }
}

/// Stores a conversation that has just begun; false if it could not be.
pub async fn begin(visit: &Visit) -> bool {
    let Some(place) = visit.place() else { return true };
    let mut version = place.version().await;
    matches!(store(visit, place, &mut version, None).await, StoreOutcome::Stored)
}

/// Accepts a message, once however often and wherever it is sent. Where replicas share the conversation it is stored first, and
/// this replica answers from then on. The wait for another replica ends with `stop`.
///
/// # Errors
/// [`NotAccepted`]; nothing of the message is kept.
pub async fn accept(
    visit: &Visit,
    said: VisitMessage,
    incoming: Incoming,
    now: DateTime<Utc>,
    stop: &CancellationToken,
) -> Result<AcceptedMessage, NotAccepted> {
    let Some(place) = visit.place() else {
        return visit.take(said, incoming, now).map_err(NotAccepted::Rejected);
    };
    if visit.bytes() + said.bytes() + incoming.bytes() > STORED_BYTES_MAX {
        return Err(NotAccepted::Rejected(MessageRejected::TooMany));
    }
    let (incoming, wait) = (Arc::new(incoming), Wait::new(stop));
    loop {
        let mut version = place.version().await;
        let is_free = visit.is_own() || catch_up(visit, place, &mut version).await? != ChatUse::Working;
        if let Some(taken) = visit.taken(&said).map_err(NotAccepted::Rejected)? {
            return Ok(taken);
        }
        if visit.is_own() || (is_free && take_over(visit, place, &mut version).await?) {
            let more = Some((&said, &incoming, now));
            match store(visit, place, &mut version, more).await {
                StoreOutcome::Stored => return Ok(visit.note(said, incoming, now)),
                StoreOutcome::Lost => visit.lose(),
                StoreOutcome::Failed => return Err(NotAccepted::NotStored),
            }
        }
        drop(version);
        if !wait.goes_on().await {
            return Err(NotAccepted::Busy);
        }
    }
}

/// Takes the conversation over, so that it can end here; false if another replica answers in it all the time, or the store
/// cannot be used.
async fn claim(visit: &Visit, place: &SharedPlace, stop: &CancellationToken) -> bool {
    let wait = Wait::new(stop);
    loop {
        let mut version = place.version().await;
        if visit.is_own() {
            return true;
        }
        match take_over(visit, place, &mut version).await {
            Ok(true) => return true,
            Ok(false) => {}
            Err(_) => return false,
        }
        drop(version);
        if !wait.goes_on().await {
            return false;
        }
    }
}

/// Ends the conversation for every replica, once this one has it or `stop` ends the wait for it; false if the store cannot be
/// used.
pub async fn end(visit: &Visit, stop: &CancellationToken) -> bool {
    let Some(place) = visit.place() else { return true };
    // Where another replica answers all the time it finds no conversation any more.
    let _ = claim(visit, place, stop).await;
    let _version = place.version().await;
    let is_done = place.end().await.is_ok();
    if is_done {
        visit.end();
    }
    is_done
}

/// Stores what is staged, and shows it.
pub async fn keep(visit: &Visit) -> StoreOutcome {
    let Some(place) = visit.place() else { return StoreOutcome::Stored };
    let mut version = place.version().await;
    if !visit.is_own() {
        return StoreOutcome::Lost;
    }
    let outcome = store(visit, place, &mut version, None).await;
    // The task of one that has ended still leaves its person.
    if matches!(outcome, StoreOutcome::Lost) && !visit.has_ended() {
        visit.lose();
    }
    outcome
}

/// Ends a conversation that cannot go on, with what is staged, unless another replica has taken it over.
pub async fn give_up(visit: &Visit) {
    let Some(place) = visit.place() else { return visit.end() };
    let version = place.version().await;
    if !visit.is_own() {
        return;
    }
    if let Some(snapshot) = visit.snapshot_of_all() {
        visit.stored(&snapshot);
    }
    match place.end_own(*version).await {
        Ok(false) => visit.lose(),
        // A row that cannot be removed now is forgotten in its time.
        Ok(true) | Err(_) => visit.end(),
    }
}

/// Renews the lease while this replica answers, without end.
pub async fn renew(visit: &Visit) {
    let Some(place) = visit.place() else { return pending().await };
    loop {
        sleep(RENEW_EVERY).await;
        // Whoever changes the conversation now takes the lease anew, or finds that it is lost.
        let Some(_version) = place.version_if_free() else { continue };
        // A lease that cannot be renewed now is renewed later, unless another replica takes it meanwhile.
        let is_lost = matches!(place.renew(LEASE_LIFE).await, Ok(false));
        if is_lost && visit.is_with_person() && !visit.has_ended() {
            visit.lose();
        }
    }
}

/// Gives the lease back, so that another replica goes on at once.
pub async fn release(visit: &Visit) {
    if let Some(place) = visit.place() {
        // It runs out in any case.
        let _ = place.renew(Duration::ZERO).await;
    }
}

/// Shows what other replicas have stored since. True if this one has taken the conversation over, because none that is alive
/// goes on with it.
pub async fn refresh(visit: &Visit) -> bool {
    let Some(place) = visit.place() else { return false };
    // A turn of the desk stores its answer itself. A person may take long, and the row is kept only while somebody looks.
    if visit.has_ended() || (visit.is_own() && visit.is_at_work() && !visit.is_with_person()) {
        return false;
    }
    let mut version = place.version().await;
    let Ok(use_now) = catch_up(visit, place, &mut version).await else { return false };
    let is_left = use_now == ChatUse::Free && visit.is_unfinished() && !visit.is_own();
    is_left && matches!(take_over(visit, place, &mut version).await, Ok(true))
}

/// Shows the newest version, if it is not known here; the use of the conversation at the moment.
async fn catch_up(visit: &Visit, place: &SharedPlace, version: &mut i64) -> Result<ChatUse, NotAccepted> {
    let newest = place.newest(visit.patience()).await.map_err(|_| NotAccepted::NotStored)?;
    let Some(newest) = newest else { return Err(gone(visit)) };
    if newest.version != *version {
        look(visit, place, version).await?;
    }
    Ok(newest.use_now)
}

/// Ends a conversation here that the store has no more.
fn gone(visit: &Visit) -> NotAccepted {
    visit.end();
    NotAccepted::Rejected(MessageRejected::Ended)
}

/// Shows the conversation as it is stored now.
async fn look(visit: &Visit, place: &SharedPlace, version: &mut i64) -> Result<Found, NotAccepted> {
    let found = place.find().await.map_err(|_| NotAccepted::NotStored)?;
    let Some(found) = found else { return Err(gone(visit)) };
    if found.row.version != *version {
        visit.show(found.kept.clone());
        *version = found.row.version;
    }
    Ok(found)
}

/// Takes the conversation over, unless another replica works in it; true if it was.
async fn take_over(visit: &Visit, place: &SharedPlace, version: &mut i64) -> Result<bool, NotAccepted> {
    let found = look(visit, place, version).await?;
    if found.row.use_now == ChatUse::Working || !visit.may_own() {
        return Ok(false);
    }
    let staff = match &visit.owner {
        VisitOwner::Staff(caller) => Some((**caller).clone()),
        VisitOwner::Address(_) => None,
    };
    let Some(chat) = place.chat(&found.kept, staff) else {
        // Another release has stored it in a form that this one cannot read.
        return Err(NotAccepted::Rejected(MessageRejected::Ended));
    };
    visit.expect(&found);
    match store(visit, place, version, None).await {
        StoreOutcome::Stored => visit.own(chat),
        StoreOutcome::Lost => {
            visit.lose();
            return Ok(false);
        }
        StoreOutcome::Failed => {
            visit.lose();
            return Err(NotAccepted::NotStored);
        }
    }
    Ok(true)
}

async fn store(
    visit: &Visit,
    place: &SharedPlace,
    version: &mut i64,
    more: Option<(&VisitMessage, &Arc<Incoming>, DateTime<Utc>)>,
) -> StoreOutcome {
    let Some(snapshot) = visit.snapshot(more) else { return StoreOutcome::Failed };
    let put = Put {
        follows: *version,
        lease: lease(&snapshot),
        keeps_wrote: snapshot.is_in_turn,
        patience: visit.patience(),
    };
    match place.put(&snapshot.kept, put).await {
        Ok(Some(stored)) => {
            *version = stored;
            visit.stored(&snapshot);
            StoreOutcome::Stored
        }
        Ok(None) => StoreOutcome::Lost,
        Err(error) => failed(&error),
    }
}

fn failed(error: &Error) -> StoreOutcome {
    tracing::debug!("A conversation of the chat page could not be stored: {error}.");
    StoreOutcome::Failed
}

/// The lease on a conversation as it is stored.
fn lease(snapshot: &Snapshot) -> ChatLease {
    match () {
        () if !snapshot.kept.waiting.is_empty() => ChatLease::Working(LEASE_LIFE),
        () if snapshot.kept.state.with != With::Desk => ChatLease::Listening(LEASE_LIFE),
        () => ChatLease::None,
    }
}

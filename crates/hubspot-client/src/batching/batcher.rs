//! Where callers with the same kind of question wait for each other, so that one request serves many.
//!
//! A flight leaves at once when none of its line is under way or when it is full, and otherwise when those under way have
//! landed, at the latest after [`LINGER_MAX`]. So a lone caller waits for nobody, and a crowd fills HubSpot's batches. The
//! place in the quota is waited for before boarding: the longer the quota makes them wait, the fuller the flights.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::HubSpot;
use crate::error::Error;
use crate::metrics;
use crate::tier::Bucket;
use crate::transport::attempt::{AttemptError, Kind};
use crate::transport::limiter::Permit;
use crate::transport::waiters::{Waiter, Waiters};

/// The longest anybody waits for company.
const LINGER_MAX: Duration = Duration::from_millis(100);

/// What a line's flights do.
pub(crate) trait BatchKind: Send + Sync + 'static {
    type Input: Send + 'static;
    type Output: Send + 'static;

    fn name(&self) -> &'static str;
    fn bucket(&self) -> Bucket;
    /// The most passengers of one flight.
    fn seats(&self) -> usize;
    /// What becomes of a flight whose passengers have all given up: reads are broken off, writes go on to their end.
    fn is_write(&self) -> bool;
    /// What a passenger learns who gave up while the flight was under way.
    fn given_up(&self) -> Error;
    /// Flies, and answers every passenger.
    fn fly(&self, hub: HubSpot, permit: Permit, aboard: Vec<QueuedWaiter<Self>>) -> BoxFuture<'_, ()>;
}

/// Somebody with a question.
pub(crate) struct QueuedWaiter<R: BatchKind + ?Sized> {
    pub(crate) input: R::Input,
    pub(crate) caller: Waiter,
    joined: Instant,
    departed: Arc<AtomicBool>,
    answer: oneshot::Sender<Result<R::Output, Error>>,
}

pub(crate) struct Batcher<R: BatchKind> {
    route: R,
    state: Mutex<State<R>>,
    /// Somebody joined, left or landed.
    changed: Notify,
}

struct State<R: BatchKind> {
    queue: VecDeque<QueuedWaiter<R>>,
    /// Flights that will take from the queue: always enough for everybody in it.
    boarding: usize,
    under_way: usize,
}

impl<R: BatchKind> QueuedWaiter<R> {
    /// Tells the caller. `false`: nobody listened any more.
    pub(crate) fn answer(self, result: Result<R::Output, Error>) -> bool {
        self.answer.send(result).is_ok()
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.caller.gone.is_cancelled()
    }
}

impl<R: BatchKind> Batcher<R> {
    pub(crate) fn new(route: R) -> Arc<Batcher<R>> {
        let state = State { queue: VecDeque::new(), boarding: 0, under_way: 0 };
        Arc::new(Batcher { route, state: Mutex::new(state), changed: Notify::new() })
    }

    /// Asks, alone or with others, and waits until the caller's deadline. Dropping the future leaves the line.
    pub(crate) async fn ask(self: &Arc<Self>, hub: &HubSpot, input: R::Input) -> Result<R::Output, Error> {
        hub.transport().check_token().map_err(|fault| fault.error)?;
        let caller = hub.caller();
        let (deadline, _gone) = (caller.deadline, caller.gone.clone().drop_guard());
        let (answer, answered) = oneshot::channel();
        let departed = Arc::new(AtomicBool::new(false));
        let joined = Instant::now();
        self.join(hub, QueuedWaiter { input, caller, joined, departed: departed.clone(), answer });
        match timeout_at(deadline, answered).await {
            Ok(Ok(result)) => result,
            _ if departed.load(Ordering::Relaxed) => Err(self.route.given_up()),
            _ => Err(self.never_departed(hub)),
        }
    }

    /// Whether nobody waits here and nothing is under way.
    pub(crate) fn is_idle(&self) -> bool {
        let state = self.state();
        state.queue.is_empty() && state.boarding == 0 && state.under_way == 0
    }

    fn join(self: &Arc<Self>, hub: &HubSpot, passenger: QueuedWaiter<R>) {
        let mut state = self.state();
        state.queue.push_back(passenger);
        if state.queue.len() > state.boarding * self.route.seats() {
            state.boarding += 1;
            let tasks = if self.route.is_write() { &hub.engine.writes } else { &hub.engine.reads };
            tasks.spawn(self.clone().flight(hub.detached()));
        }
        drop(state);
        self.changed.notify_waiters();
    }

    fn never_departed(&self, hub: &HubSpot) -> Error {
        let wait = hub.transport().limiter.wait(self.route.bucket());
        if wait.is_zero() { Error::Timeout } else { Error::RateLimited { retry_after: wait } }
    }

    async fn flight(self: Arc<Self>, hub: HubSpot) {
        self.gate().await;
        let Some(admitted) = self.admitted(&hub).await else { return };
        let aboard = self.board();
        let _landing = Landing(&self);
        match admitted {
            Err(error) => aboard.into_iter().for_each(|passenger| _ = passenger.answer(Err(error.clone()))),
            Ok(_) if aboard.is_empty() => {}
            Ok(permit) => {
                metrics::batch_sent(self.route.name(), aboard.len());
                self.fly(hub, permit, aboard).await;
            }
        }
    }

    /// Waits for a place in the quota, for as long as somebody in line has time; `None` when nobody waits any more.
    async fn admitted(&self, hub: &HubSpot) -> Option<Result<Permit, Error>> {
        loop {
            let deadline = self.latest_deadline();
            let admitted = tokio::select! {
                biased;
                admitted = hub.transport().limiter.admit(self.route.bucket(), deadline) => admitted,
                () = self.deserted() => return None,
            };
            // Who joined meanwhile may have more time.
            if admitted.is_ok() || self.latest_deadline() <= deadline {
                return Some(admitted);
            }
        }
    }

    /// Waits until everybody in line has given up, and then calls the flight off.
    async fn deserted(&self) {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            let waiting = {
                let mut state = self.state();
                state.queue.retain(|passenger| !passenger.is_gone());
                if state.queue.is_empty() {
                    state.boarding -= 1;
                    return;
                }
                state.queue[0].caller.gone.clone()
            };
            tokio::select! { () = waiting.cancelled() => {}, () = changed => {} }
        }
    }

    /// Waits until a flight may leave.
    async fn gate(&self) {
        let latest = Instant::now() + LINGER_MAX;
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable(); // Before looking, so that no change is missed in between.
            let may_leave = {
                let state = self.state();
                state.under_way == 0 || state.queue.len() >= self.route.seats() || Instant::now() >= latest
            };
            if may_leave {
                return;
            }
            tokio::select! { biased; () = changed => {}, () = sleep_until(latest) => {} }
        }
    }

    fn latest_deadline(&self) -> Instant {
        let state = self.state();
        let deadlines = state.queue.iter().take(self.route.seats()).map(|passenger| passenger.caller.deadline);
        deadlines.max().unwrap_or_else(Instant::now)
    }

    /// Takes the first in line who still want to go.
    fn board(&self) -> Vec<QueuedWaiter<R>> {
        let mut state = self.state();
        state.boarding -= 1;
        state.under_way += 1;
        let mut aboard = vec![];
        while aboard.len() < self.route.seats() {
            let Some(passenger) = state.queue.pop_front() else { break };
            if !passenger.is_gone() {
                passenger.departed.store(true, Ordering::Relaxed);
                passenger.caller.stats.waited(passenger.joined.elapsed());
                metrics::waited(self.route.name(), passenger.joined.elapsed());
                aboard.push(passenger);
            }
        }
        aboard
    }

    async fn fly(&self, hub: HubSpot, permit: Permit, aboard: Vec<QueuedWaiter<R>>) {
        let callers: Vec<_> = aboard.iter().map(|passenger| passenger.caller.clone()).collect();
        let flight = self.route.fly(hub, permit, aboard);
        if self.route.is_write() {
            return flight.await;
        }
        let abandoned = join_all(callers.iter().map(|caller| caller.gone.cancelled()));
        tokio::select! { biased; () = flight => {}, _ = abandoned => {} }
    }

    fn state(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends a flight, whatever happened on it.
struct Landing<'a, R: BatchKind>(&'a Batcher<R>);

impl<R: BatchKind> Drop for Landing<'_, R> {
    fn drop(&mut self) {
        self.0.state().under_way -= 1;
        self.0.changed.notify_waiters();
    }
}

/// The trip of a whole flight.
pub(crate) fn waiters<R: BatchKind>(aboard: &[QueuedWaiter<R>]) -> Waiters {
    Waiters::shared(aboard.iter().map(|passenger| passenger.caller.clone()).collect())
}

/// A flight that was refused for what one of its passengers asks is flown again in halves, so that the others get theirs.
pub(crate) fn is_about_inputs(fault: &AttemptError) -> bool {
    fault.kind == Kind::Refused && matches!(fault.refusal.status, 400 | 404 | 409 | 413 | 414 | 422)
}

/// The last one flies first.
pub(crate) fn halves<P>(mut group: Vec<P>) -> [Vec<P>; 2] {
    let second = group.split_off(group.len() / 2);
    [second, group]
}

#[cfg(test)]
mod tests;

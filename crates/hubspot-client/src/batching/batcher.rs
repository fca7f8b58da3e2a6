//! Batches concurrent requests of one kind, as a data loader does.
//!
//! A batch starts at once if none of its kind is in flight or if it is full; otherwise when the batches in flight have
//! finished, at the latest after [`BATCH_DELAY_MAX`]. So a lone caller waits for nobody, and many callers fill HubSpot's
//! batches. The place in the quota is waited for before the batch is filled: the longer the wait, the fuller the batch.

use std::collections::{HashMap, VecDeque};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::future::{BoxFuture, join_all};
use tokio::sync::{Notify, oneshot};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::caller_key::CallerKey;
use crate::error::Error;
use crate::metrics;
use crate::tier::Bucket;
use crate::transport::attempt::{AttemptError, FailureKind};
use crate::transport::call_scope::CallScope;
use crate::transport::limiter::Permit;
use crate::transport::waiters::{Waiter, Waiters};

/// The longest time that a caller waits for others to join its batch.
const BATCH_DELAY_MAX: Duration = Duration::from_millis(100);

/// A kind of request that can be batched.
pub(crate) trait BatchKind: Send + Sync + 'static {
    /// The part of the request that one caller contributes.
    type Input: Send + Sync + 'static;
    /// The part of the answer that one caller receives.
    type Output: Send + 'static;

    /// The label in metrics.
    fn name(&self) -> &'static str;

    fn bucket(&self) -> Bucket {
        Bucket::General
    }

    /// The most inputs of one batch.
    fn max_batch(&self) -> usize;

    /// A batch of reads is dropped when all its waiters have given up; a batch of writes runs to its end. Futures of
    /// [`Batcher::submit`] must not be dropped for writes: submit them from a detached task.
    fn is_write(&self) -> bool {
        false
    }

    /// Sends the requests of a batch and answers every waiter.
    fn run(&self, scope: CallScope, permit: Permit, batch: Vec<QueuedWaiter<Self>>) -> BoxFuture<'_, ()>;
}

/// A caller in the queue or in a batch.
pub(crate) struct QueuedWaiter<K: BatchKind + ?Sized> {
    pub(crate) input: K::Input,
    pub(crate) waiter: Waiter,
    joined: Instant,
    sent: Arc<AtomicBool>,
    answer: oneshot::Sender<Result<K::Output, AttemptError>>,
}

/// The queue and the batches of one kind.
pub(crate) struct Batcher<K: BatchKind> {
    kind: K,
    state: Mutex<BatcherState<K>>,
    /// A caller joined or left the queue, or a batch finished.
    changed: Notify,
}

struct BatcherState<K: BatchKind> {
    /// Callers that let others that are ready now arrive before they decide to go alone.
    arriving: usize,
    queue: VecDeque<QueuedWaiter<K>>,
    /// Batches that will take from the queue: always enough for everybody in it.
    pending_batches: usize,
    in_flight: usize,
}

impl<K: BatchKind + ?Sized> QueuedWaiter<K> {
    /// Answers the caller; false if it does not wait any more.
    pub(crate) fn answer(self, result: Result<K::Output, AttemptError>) -> bool {
        self.answer.send(result).is_ok()
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.waiter.cancelled.is_cancelled()
    }
}

impl<K: BatchKind> Batcher<K> {
    pub(crate) fn new(kind: K) -> Arc<Batcher<K>> {
        let state = BatcherState { arriving: 0, queue: VecDeque::new(), pending_batches: 0, in_flight: 0 };
        Arc::new(Batcher { kind, state: Mutex::new(state), changed: Notify::new() })
    }

    /// Sends the input, alone or in a batch, and waits for the answer until the call's deadline.
    pub(crate) async fn submit(
        self: &Arc<Self>,
        scope: &CallScope,
        input: K::Input,
    ) -> Result<K::Output, AttemptError> {
        scope.transport().check_token()?;
        match self.reserve_alone(scope).await {
            Some(_in_flight) => self.run_alone(scope, input).await,
            None => self.join_queue(scope, input).await,
        }
    }

    /// True if nobody waits here and nothing is in flight.
    pub(crate) fn is_idle(&self) -> bool {
        let state = self.state();
        state.arriving == 0 && state.is_empty()
    }

    /// Reserves a batch for this caller alone, unless others are here or arrive within one turn of the runtime, or the
    /// quota has to be waited for.
    async fn reserve_alone(&self, scope: &CallScope) -> Option<InFlight<'_, K>> {
        if !self.state().is_empty() {
            return None;
        }
        let arriving = Arriving::new(self);
        yield_now().await;
        let mut state = self.state();
        let alone = state.arriving == 1 && state.is_empty();
        let reserved = alone && scope.transport().limiter.wait(self.kind.bucket(), scope.caller()).is_zero();
        state.in_flight += usize::from(reserved);
        drop(state);
        drop(arriving);
        reserved.then(|| InFlight(self))
    }

    /// Runs a batch of one in the caller's own task, with no timer but that of the request.
    async fn run_alone(&self, scope: &CallScope, input: K::Input) -> Result<K::Output, AttemptError> {
        let waiter = scope.waiter();
        let limiter = &scope.transport().limiter;
        let admitted = limiter.admit(self.kind.bucket(), &waiter.caller, waiter.deadline).await;
        let permit = admitted.map_err(AttemptError::refused)?;
        let (answer, mut answered) = oneshot::channel();
        let (joined, sent) = (Instant::now(), Arc::default());
        let queued = QueuedWaiter { input, waiter, joined, sent, answer };
        metrics::waited(self.kind.name(), Duration::ZERO);
        metrics::batch_sent(self.kind.name(), 1);
        self.kind.run(scope.without_call(), permit, vec![queued]).await;
        answered.try_recv().unwrap_or_else(|_| Err(no_response()))
    }

    async fn join_queue(self: &Arc<Self>, scope: &CallScope, input: K::Input) -> Result<K::Output, AttemptError> {
        let scope_waiter = scope.waiter();
        let waiter = Waiter { cancelled: scope_waiter.cancelled.child_token(), ..scope_waiter };
        let (deadline, cancelled) = (waiter.deadline, waiter.cancelled.clone());
        let _cancel = cancelled.clone().drop_guard();
        let (answer, answered) = oneshot::channel();
        let sent = Arc::new(AtomicBool::new(false));
        self.enqueue(scope, QueuedWaiter { input, waiter, joined: Instant::now(), sent: sent.clone(), answer });
        match timeout_at(deadline, answered).await {
            Ok(Ok(result)) => result,
            _ if self.withdraw(&cancelled, &sent) => Err(self.never_sent(scope)),
            _ => Err(no_response()),
        }
    }

    /// Takes a caller out of the queue, and returns `true` if its input has not been sent. Batches are filled under the
    /// same lock, so that an input is either withdrawn or sent.
    fn withdraw(&self, cancelled: &CancellationToken, sent: &AtomicBool) -> bool {
        let _state = self.state();
        cancelled.cancel();
        !sent.load(Ordering::Relaxed)
    }

    fn enqueue(self: &Arc<Self>, scope: &CallScope, queued: QueuedWaiter<K>) {
        let mut state = self.state();
        state.queue.push_back(queued);
        if state.queue.len() > state.pending_batches.saturating_mul(self.kind.max_batch()) {
            state.pending_batches += 1;
            let transport = scope.transport();
            let tasks = if self.kind.is_write() { &transport.writes } else { &transport.reads };
            tasks.spawn(self.clone().run_batch(scope.without_call()));
        }
        drop(state);
        self.changed.notify_waiters();
    }

    fn never_sent(&self, scope: &CallScope) -> AttemptError {
        let wait = scope.transport().limiter.wait(self.kind.bucket(), scope.caller());
        let error = if wait.is_zero() { Error::Timeout } else { Error::RateLimited { retry_after: wait } };
        AttemptError::refused(error)
    }

    async fn run_batch(self: Arc<Self>, scope: CallScope) {
        self.wait_until_ready().await;
        let Some(admitted) = self.admit(&scope).await else { return };
        let batch = self.take_batch();
        let _in_flight = InFlight(&self);
        match admitted {
            Err(error) => {
                for queued in batch {
                    queued.answer(Err(AttemptError::refused(error.clone())));
                }
            }
            Ok(_) if batch.is_empty() => {}
            Ok(permit) => {
                metrics::batch_sent(self.kind.name(), batch.len());
                self.execute(scope, permit, batch).await;
            }
        }
    }

    /// Waits until a batch may start.
    async fn wait_until_ready(&self) {
        let latest = Instant::now() + BATCH_DELAY_MAX;
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable(); // Before looking at the state, so that no change in between is missed.
            let ready = {
                let state = self.state();
                state.in_flight == 0 || state.queue.len() >= self.kind.max_batch() || Instant::now() >= latest
            };
            if ready {
                return;
            }
            tokio::select! { biased; () = changed => {}, () = sleep_until(latest) => {} }
        }
    }

    /// Waits for a place in the quota as long as a caller in the queue has time; `None` when nobody waits any more.
    async fn admit(&self, scope: &CallScope) -> Option<Result<Permit, Error>> {
        loop {
            let (deadline, payer) = (self.latest_deadline(), self.payer(scope));
            let admitted = tokio::select! {
                biased;
                admitted = scope.transport().limiter.admit(self.kind.bucket(), &payer, deadline) => admitted,
                () = self.all_cancelled() => return None,
                () = self.other_payer(scope, &payer) => continue,
            };
            // A caller that joined in the meantime may have more time.
            if admitted.is_ok() || self.latest_deadline() <= deadline {
                return Some(admitted);
            }
        }
    }

    /// The caller in whose turn the next batch is sent.
    fn payer(&self, scope: &CallScope) -> CallerKey {
        let state = self.state();
        scope.transport().limiter.payer(self.kind.bucket(), state.queue.iter().map(|queued| &queued.waiter.caller))
    }

    /// Waits until somebody joins whose turn comes before that of `payer`: they do not wait behind its other requests.
    async fn other_payer(&self, scope: &CallScope, payer: &CallerKey) {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            if self.payer(scope) != *payer {
                return;
            }
            changed.await;
        }
    }

    /// Waits until every caller in the queue has given up, and then takes back this batch.
    async fn all_cancelled(&self) {
        loop {
            let mut changed = pin!(self.changed.notified());
            changed.as_mut().enable();
            let first = {
                let mut state = self.state();
                state.queue.retain(|queued| !queued.is_cancelled());
                if state.queue.is_empty() {
                    state.pending_batches -= 1;
                    return;
                }
                state.queue[0].waiter.cancelled.clone()
            };
            tokio::select! { () = first.cancelled() => {}, () = changed => {} }
        }
    }

    fn latest_deadline(&self) -> Instant {
        let state = self.state();
        let deadlines = state.queue.iter().take(self.kind.max_batch()).map(|queued| queued.waiter.deadline);
        deadlines.max().unwrap_or_else(Instant::now)
    }

    /// Takes those callers of the queue whose turn it is, and who still wait.
    fn take_batch(&self) -> Vec<QueuedWaiter<K>> {
        let mut state = self.state();
        state.pending_batches -= 1;
        state.in_flight += 1;
        let batch = state.take(self.kind.max_batch());
        for queued in &batch {
            queued.sent.store(true, Ordering::Relaxed);
            queued.waiter.stats.add_wait(queued.joined.elapsed());
            metrics::waited(self.kind.name(), queued.joined.elapsed());
        }
        batch
    }

    async fn execute(&self, scope: CallScope, permit: Permit, batch: Vec<QueuedWaiter<K>>) {
        let waiters: Vec<_> = batch.iter().map(|queued| queued.waiter.clone()).collect();
        let run = self.kind.run(scope, permit, batch);
        if self.kind.is_write() {
            return run.await;
        }
        let all_cancelled = join_all(waiters.iter().map(|waiter| waiter.cancelled.cancelled()));
        tokio::select! { biased; () = run => {}, _ = all_cancelled => {} }
    }

    fn state(&self) -> MutexGuard<'_, BatcherState<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: BatchKind> BatcherState<K> {
    /// Takes up to `count` that still wait, of each caller in turn: a batch that one caller could fill alone is shared.
    fn take(&mut self, count: usize) -> Vec<QueuedWaiter<K>> {
        self.queue.retain(|queued| !queued.is_cancelled());
        if self.queue.len() <= count {
            return self.queue.drain(..).collect();
        }
        let mut rounds: HashMap<CallerKey, usize> = HashMap::new();
        let mut in_turn: Vec<_> = std::mem::take(&mut self.queue).into_iter().enumerate().collect();
        in_turn.sort_by_cached_key(|(at, queued)| {
            let round = rounds.entry(queued.waiter.caller.clone()).or_default();
            *round += 1;
            (*round, *at)
        });
        let mut later = in_turn.split_off(count);
        later.sort_by_key(|(at, _)| *at);
        self.queue = later.into_iter().map(|(_, queued)| queued).collect();
        in_turn.into_iter().map(|(_, queued)| queued).collect()
    }

    fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.pending_batches == 0 && self.in_flight == 0
    }
}

/// Counts a caller that arrives, also if its future is dropped.
struct Arriving<'a, K: BatchKind>(&'a Batcher<K>);

impl<'a, K: BatchKind> Arriving<'a, K> {
    fn new(batcher: &'a Batcher<K>) -> Arriving<'a, K> {
        batcher.state().arriving += 1;
        Arriving(batcher)
    }
}

impl<K: BatchKind> Drop for Arriving<'_, K> {
    fn drop(&mut self) {
        self.0.state().arriving -= 1;
    }
}

/// Ends a batch, also if its future is dropped or panics.
struct InFlight<'a, K: BatchKind>(&'a Batcher<K>);

impl<K: BatchKind> Drop for InFlight<'_, K> {
    fn drop(&mut self) {
        self.0.state().in_flight -= 1;
        self.0.changed.notify_waiters();
    }
}

/// The failure of a request whose end is unknown. HubSpot may still be at it, so its time counts from now.
fn no_response() -> AttemptError {
    AttemptError { sent_at: Some(Instant::now()), ..AttemptError::new(FailureKind::NoResponse, Error::Timeout) }
}

/// The waiters of a whole batch.
pub(crate) fn waiters_of<K: BatchKind>(batch: &[QueuedWaiter<K>]) -> Waiters {
    Waiters::all(batch.iter().map(|queued| queued.waiter.clone()).collect())
}

/// True if HubSpot refused a batch for one of its inputs. It is then sent again in halves, so that the others get theirs.
pub(crate) fn is_about_inputs(error: &AttemptError) -> bool {
    error.kind == FailureKind::Refused && matches!(error.refusal.status, 400 | 404 | 409 | 413 | 414 | 422)
}

/// Splits a batch. The last half is sent first.
pub(crate) fn halves<T>(mut batch: Vec<T>) -> [Vec<T>; 2] {
    let second = batch.split_off(batch.len() / 2);
    [second, batch]
}

#[cfg(test)]
mod tests;

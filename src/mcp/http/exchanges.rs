//! The exchanges of all sessions: those that run, and those whose answers are kept for a client that lost its connection.

use std::collections::{HashMap, VecDeque};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::{Stream, StreamExt, stream};
use rmcp::ErrorData;
use rmcp::model::{ClientJsonRpcMessage, RequestId, ServerJsonRpcMessage};
use rmcp::transport::streamable_http_server::SessionId;
use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use super::event_id::EventId;
use super::exchange::Exchange;
use crate::tool::call_context::CallerId;

/// The time after which a client whose stream broke comes back, as every stream tells it.
pub(super) const RETRY: Duration = Duration::from_secs(3);

/// The time for which an answer is kept.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(10 * RETRY.as_secs());

/// The most that is kept; the oldest answer makes way for a further one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) answers: usize,
    pub(super) bytes: usize,
}

const ROOM_OF_CALLER: Room = Room { answers: 2_000, bytes: 16 << 20 };
const ROOM_IN_ALL: Room = Room { answers: 10_000, bytes: 64 << 20 };

/// The exchanges of all sessions.
#[derive(Debug, Default)]
pub(super) struct Exchanges(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    running: HashMap<SessionId, Vec<Arc<Exchange>>>,
    /// Exchanges that have ended, the oldest first.
    kept: VecDeque<Kept>,
    used: Used,
    used_by: HashMap<Arc<str>, Used>,
}

#[derive(Debug)]
struct Kept {
    exchange: Arc<Exchange>,
    bytes: usize,
    until: Instant,
}

#[derive(Clone, Copy, Debug, Default)]
struct Used {
    answers: usize,
    bytes: usize,
}

/// The request that a cancellation means.
#[derive(Debug, PartialEq)]
pub(super) enum Meant {
    /// rmcp's id of the only running request with the id of the cancellation.
    One(RequestId),
    /// None, or more than one: it is not known which.
    Unclear,
}

impl Exchanges {
    /// Begins the exchange of this message, which from now on has ids of ours. Unless it is recorded, it is forgotten with
    /// what is returned.
    pub(super) fn begin(
        self: &Arc<Self>,
        session: &SessionId,
        caller: CallerId,
        message: &mut ClientJsonRpcMessage,
    ) -> Begun {
        let exchange = Arc::new(Exchange::begin(session, caller, message));
        self.held().running.entry(session.clone()).or_default().push(exchange.clone());
        Begun { exchanges: self.clone(), exchange }
    }

    /// The running request of this session that the client knows by this id.
    pub(super) fn meant(&self, session: &SessionId, request: &RequestId) -> Meant {
        let held = self.held();
        let mut meant = held.running.get(session).into_iter().flatten();
        let mut next = || meant.find(|one| one.request.as_ref() == Some(request) && !one.is_answered());
        match (next(), next()) {
            (Some(one), None) => Meant::One(one.our_id()),
            _ => Meant::Unclear,
        }
    }

    /// The events of this session after the one with this id, or an error that says that the answer is gone.
    pub(super) fn resume(
        &self,
        session: &SessionId,
        last: EventId,
    ) -> impl Stream<Item = ServerSseMessage> + Send + Sync + 'static + use<> {
        match self.find(session, last.exchange) {
            Some(exchange) => exchange.follow(last.number + 1).left_stream(),
            None => stream::iter([ServerSseMessage::from_message(gone(last.request))]).right_stream(),
        }
    }

    /// Forgets the session's exchanges.
    pub(super) fn close(&self, session: &SessionId) {
        let mut held = self.held();
        held.running.remove(session);
        held.drop_where(|kept| kept.exchange.session == *session);
    }

    fn find(&self, session: &SessionId, id: Uuid) -> Option<Arc<Exchange>> {
        let mut held = self.held();
        held.drop_expired();
        let mut all =
            held.running.get(session).into_iter().flatten().chain(held.kept.iter().map(|kept| &kept.exchange));
        all.find(|exchange| exchange.id == id && exchange.session == *session).cloned()
    }

    fn keep(&self, exchange: &Arc<Exchange>) {
        let (bytes, until) = (exchange.bytes(), Instant::now() + KEPT_FOR);
        let mut held = self.held();
        // A session that was closed in the meantime has no client that could come back.
        if held.remove(exchange) {
            held.keep(Kept { exchange: exchange.clone(), bytes, until }, ROOM_OF_CALLER, ROOM_IN_ALL);
        }
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An exchange that is not recorded yet.
#[derive(Debug)]
pub(super) struct Begun {
    exchanges: Arc<Exchanges>,
    exchange: Arc<Exchange>,
}

impl Begun {
    /// Records the events to their end, whether the client stays or not, and returns them.
    pub(super) fn record<S>(self, events: S) -> impl Stream<Item = ServerSseMessage> + Send + Sync + 'static + use<S>
    where
        S: Stream<Item = ServerSseMessage> + Send + 'static,
    {
        let following = self.exchange.follow(0);
        // The events end with the answer, or with the session.
        tokio::spawn(async move {
            let mut events = pin!(events);
            while let Some(event) = events.next().await {
                self.exchange.push(event);
            }
            self.exchanges.keep(&self.exchange);
            self.exchange.end();
        });
        following
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.exchanges.held().remove(&self.exchange);
    }
}

impl Held {
    /// Takes an exchange out of the running ones; false if it was not among them.
    fn remove(&mut self, exchange: &Arc<Exchange>) -> bool {
        let Some(running) = self.running.get_mut(&exchange.session) else { return false };
        let Some(at) = running.iter().position(|one| one.id == exchange.id) else { return false };
        running.swap_remove(at);
        if running.is_empty() {
            self.running.remove(&exchange.session);
        }
        true
    }

    fn keep(&mut self, kept: Kept, of_caller: Room, in_all: Room) {
        self.drop_expired();
        let caller = kept.exchange.caller.clone();
        self.count(&caller, |used| used.add(kept.bytes));
        self.kept.push_back(kept);
        while self.used_by.get(&caller.0).is_some_and(|used| used.exceeds(of_caller)) {
            let oldest = self.kept.iter().position(|kept| kept.exchange.caller == caller);
            self.drop_at(oldest.unwrap_or_default());
        }
        while self.used.exceeds(in_all) {
            self.drop_at(0);
        }
    }

    fn drop_expired(&mut self) {
        let now = Instant::now();
        while self.kept.front().is_some_and(|oldest| oldest.until <= now) {
            self.drop_at(0);
        }
    }

    fn drop_where(&mut self, gone: impl Fn(&Kept) -> bool) {
        let (dropped, left): (Vec<_>, _) = std::mem::take(&mut self.kept).into_iter().partition(gone);
        self.kept = left.into();
        dropped.iter().for_each(|kept| self.count(&kept.exchange.caller, |used| used.subtract(kept.bytes)));
    }

    fn drop_at(&mut self, at: usize) {
        let Some(dropped) = self.kept.remove(at) else { return };
        self.count(&dropped.exchange.caller, |used| used.subtract(dropped.bytes));
    }

    fn count(&mut self, caller: &CallerId, change: impl Fn(&mut Used)) {
        change(&mut self.used);
        let used = self.used_by.entry(caller.0.clone()).or_default();
        change(used);
        if used.answers == 0 {
            self.used_by.remove(&caller.0);
        }
    }
}

impl Used {
    fn add(&mut self, bytes: usize) {
        self.answers += 1;
        self.bytes += bytes;
    }

    fn subtract(&mut self, bytes: usize) {
        self.answers -= 1;
        self.bytes -= bytes;
    }

    fn exceeds(&self, room: Room) -> bool {
        self.answers > room.answers || self.bytes > room.bytes
    }
}

fn gone(request: Option<RequestId>) -> ServerJsonRpcMessage {
    let message =
        format!("the answer is gone: answers are kept for {} s, and fewer when there are many", KEPT_FOR.as_secs());
    let hint = "if the request was a call that writes, check whether it was done before you repeat it";
    let data = json!({"code": "ANSWER_GONE", "hint": hint});
    ServerJsonRpcMessage::error(ErrorData::internal_error(message, Some(data)), request)
}

#[cfg(test)]
mod tests {
    use rmcp::model::NumberOrString;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn named(name: &str) -> CallerId {
        CallerId(name.into())
    }

    fn begin(exchanges: &Arc<Exchanges>, session: &str, caller: &str, id: i64) -> Begun {
        let ping = json!({"jsonrpc": "2.0", "id": id, "method": "ping"});
        exchanges.begin(&session.into(), named(caller), &mut serde_json::from_value(ping).unwrap())
    }

    /// An exchange that has ended with one event; its id.
    fn ended(exchanges: &Arc<Exchanges>, session: &str, caller: &str) -> Uuid {
        let begun = begin(exchanges, session, caller, 1);
        begun.exchange.push(ServerSseMessage::from_message(gone(None)));
        exchanges.keep(&begun.exchange);
        begun.exchange.end();
        begun.exchange.id
    }

    fn found(exchanges: &Exchanges, session: &str, id: Uuid) -> bool {
        exchanges.find(&session.into(), id).is_some()
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_kept_for_its_own_session_and_ten_times_the_retry() {
        let exchanges = Arc::default();
        let id = ended(&exchanges, "one", "caller");
        tokio::time::advance(KEPT_FOR - SECOND).await;
        assert!(found(&exchanges, "one", id) && !found(&exchanges, "other", id));
        tokio::time::advance(SECOND).await;
        assert!(!found(&exchanges, "one", id));
        assert!(exchanges.held().used_by.is_empty(), "nothing is left of it");
        let last = EventId { exchange: id, number: 0, request: Some(NumberOrString::Number(7)) };
        let told: Vec<_> = exchanges.resume(&"one".into(), last).collect().await;
        let told = serde_json::to_value(told[0].message.as_deref().unwrap()).unwrap();
        assert_eq!((&told["id"], &told["error"]["data"]["code"]), (&json!(7), &json!("ANSWER_GONE")));
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_session_keeps_nothing() {
        let exchanges: Arc<Exchanges> = Arc::default();
        let id = ended(&exchanges, "one", "caller");
        let running = begin(&exchanges, "one", "caller", 1);
        exchanges.close(&"one".into());
        assert!(!found(&exchanges, "one", id) && !found(&exchanges, "one", running.exchange.id));
        exchanges.keep(&running.exchange);
        assert!(!found(&exchanges, "one", running.exchange.id));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_with_many_answers_loses_its_own() {
        let exchanges: Arc<Exchanges> = Arc::default();
        let other = ended(&exchanges, "other", "other");
        let many: Vec<_> = (0..ROOM_OF_CALLER.answers + 5).map(|_| ended(&exchanges, "one", "many")).collect();
        assert!(found(&exchanges, "other", other));
        let kept = many.iter().filter(|id| found(&exchanges, "one", **id)).count();
        assert_eq!(kept, ROOM_OF_CALLER.answers);
        assert!(found(&exchanges, "one", many[5]) && !found(&exchanges, "one", many[4]));
    }

    #[tokio::test(start_paused = true)]
    async fn bytes_are_bounded_for_one_and_for_all() {
        let exchanges: Arc<Exchanges> = Arc::default();
        let keep = |caller: &str| {
            let exchange = begin(&exchanges, "one", caller, 1).exchange.clone();
            let kept = Kept { exchange, bytes: 10, until: Instant::now() + SECOND };
            exchanges.held().keep(kept, Room { answers: 9, bytes: 25 }, Room { answers: 9, bytes: 45 });
        };
        let held = || exchanges.held().kept.iter().map(|kept| kept.exchange.caller.0.to_string()).collect::<Vec<_>>();
        ["a", "b", "a", "a"].iter().for_each(|caller| keep(caller));
        assert_eq!(held(), ["b", "a", "a"], "the caller's oldest makes way");
        ["c", "d"].iter().for_each(|caller| keep(caller));
        assert_eq!(held(), ["a", "a", "c", "d"], "the oldest of all makes way");
    }

    #[tokio::test(start_paused = true)]
    async fn a_cancellation_means_one_running_request_or_none() {
        let exchanges: Arc<Exchanges> = Arc::default();
        let id = |id| NumberOrString::Number(id);
        let first = begin(&exchanges, "one", "caller", 1);
        let _elsewhere = begin(&exchanges, "other", "caller", 1);
        assert_eq!(exchanges.meant(&"one".into(), &id(1)), Meant::One(first.exchange.our_id()));
        assert_eq!(exchanges.meant(&"one".into(), &id(2)), Meant::Unclear);
        let second = begin(&exchanges, "one", "caller", 1);
        assert_eq!(exchanges.meant(&"one".into(), &id(1)), Meant::Unclear);
        drop(second);
        assert_eq!(exchanges.meant(&"one".into(), &id(1)), Meant::One(first.exchange.our_id()));
    }
}

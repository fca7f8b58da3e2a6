//! The exchanges of all sessions: those that run, and those whose answers are kept for a client that lost its connection.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::{Stream, StreamExt, stream};
use rmcp::model::{ClientJsonRpcMessage, RequestId};
use rmcp::transport::streamable_http_server::SessionId;
use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use tokio::sync::watch;
use uuid::Uuid;

use super::event_id::EventId;
use super::exchange::Exchange;
use super::lost_answer::gone;
use super::replay_buffer::{KEPT_FOR, ReplayBuffer};
use crate::tool::caller::CallerId;

/// The exchanges of all sessions.
#[derive(Debug, Default)]
pub(super) struct Exchanges(Mutex<RecordedExchange>);

#[derive(Debug, Default)]
struct RecordedExchange {
    running: HashMap<SessionId, Vec<Arc<Exchange>>>,
    kept: ReplayBuffer,
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
    ) -> PendingExchange {
        let exchange = Arc::new(Exchange::begin(session, caller, message));
        self.held().running.entry(session.clone()).or_default().push(exchange.clone());
        let listener = Some(exchange.listener());
        PendingExchange { exchanges: self.clone(), exchange, listener }
    }

    /// Cancels the running request of this session that the client knows by this id.
    pub(super) fn cancel(&self, session: &SessionId, request: &RequestId) -> Meant {
        let held = self.held();
        let mut meant = held.running.get(session).into_iter().flatten();
        let mut next = || meant.find(|one| one.request.as_ref() == Some(request) && !one.is_answered());
        match (next(), next()) {
            (Some(one), None) => {
                one.cancel();
                Meant::One(one.our_id())
            }
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
            Some(exchange) if exchange.has_sent(last.number) && !exchange.has_no_answer() => {
                exchange.follow(last.number + 1).left_stream()
            }
            _ => gone_stream(last.request).right_stream(),
        }
    }

    /// Ends the session's running exchanges, with an error for each, and forgets all.
    pub(super) fn close(&self, session: &SessionId) {
        let mut held = self.held();
        held.kept.close(session);
        let running = held.running.remove(session);
        drop(held);
        running.iter().flatten().for_each(|exchange| exchange.end());
    }

    fn find(&self, session: &SessionId, id: Uuid) -> Option<Arc<Exchange>> {
        let mut held = self.held();
        let running = held.running.get(session).into_iter().flatten().find(|exchange| exchange.id == id).cloned();
        running.or_else(|| held.kept.find(session, id))
    }

    fn keep(&self, exchange: &Arc<Exchange>) {
        let bytes = exchange.bytes();
        let mut held = self.held();
        // A session that was closed in the meantime has no client that could come back.
        if held.remove(exchange) {
            held.kept.keep(exchange.clone(), bytes);
        }
    }

    // Consistent after every statement, so a poisoned lock does not matter.
    fn held(&self) -> MutexGuard<'_, RecordedExchange> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An exchange that is not recorded yet.
#[derive(Debug)]
pub(super) struct PendingExchange {
    exchanges: Arc<Exchanges>,
    exchange: Arc<Exchange>,
    /// The client, until it is given the events.
    listener: Option<watch::Receiver<()>>,
}

impl PendingExchange {
    /// Records the events to their end, whether the client stays or not, and returns them.
    pub(super) fn record<S>(
        mut self,
        events: S,
    ) -> impl Stream<Item = ServerSseMessage> + Send + Sync + 'static + use<S>
    where
        S: Stream<Item = ServerSseMessage> + Send + 'static,
    {
        let following = self.exchange.follow(0);
        drop(self.listener.take());
        // The events end with the answer, or with the session.
        tokio::spawn(async move {
            let mut events = pin!(events);
            while let Some(event) = events.next().await {
                self.exchange.push(event);
            }
            // In this order: what is kept is complete, and nobody sees the end before it can be resumed.
            self.exchange.end();
            self.exchanges.keep(&self.exchange);
        });
        following
    }
}

impl Drop for PendingExchange {
    fn drop(&mut self) {
        self.exchanges.held().remove(&self.exchange);
    }
}

impl RecordedExchange {
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
}

/// The stream that tells the client that there is no answer any more.
pub(super) fn gone_stream(
    request: Option<RequestId>,
) -> impl Stream<Item = ServerSseMessage> + Send + Sync + 'static + use<> {
    stream::iter([ServerSseMessage::from_message(gone(request, KEPT_FOR))])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rmcp::model::{NumberOrString, ServerJsonRpcMessage};
    use serde_json::json;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn named(name: &str) -> CallerId {
        CallerId(name.into())
    }

    fn begin(exchanges: &Arc<Exchanges>, session: &str, caller: &str, id: i64) -> PendingExchange {
        let ping = json!({"jsonrpc": "2.0", "id": id, "method": "ping"});
        exchanges.begin(&session.into(), named(caller), &mut serde_json::from_value(ping).unwrap())
    }

    /// An exchange that has ended with one event; its id.
    fn ended(exchanges: &Arc<Exchanges>, session: &str, caller: &str) -> Uuid {
        let begun = begin(exchanges, session, caller, 1);
        begun.exchange.push(ServerSseMessage::from_message(gone(None, KEPT_FOR)));
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
        let last = EventId { exchange: id, number: 0, request: Some(NumberOrString::Number(7)) };
        let told: Vec<_> = exchanges.resume(&"one".into(), last).collect().await;
        let told = serde_json::to_value(told[0].message.as_deref().unwrap()).unwrap();
        assert_eq!((&told["id"], &told["error"]["data"]["code"]), (&json!(7), &json!("ANSWER_GONE")));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_kept_is_counted_with_its_ids_and_tokens() {
        let long = "x".repeat(6 << 20);
        for (id, token) in [(long.as_str(), ""), ("", long.as_str())] {
            let exchanges: Arc<Exchanges> = Arc::default();
            let kept = [(); 3].map(|()| {
                let params = json!({"_meta": {"progressToken": token}});
                let ping = json!({"jsonrpc": "2.0", "id": id, "method": "ping", "params": params});
                let begun = exchanges.begin(&"one".into(), named("caller"), &mut serde_json::from_value(ping).unwrap());
                let params = json!({"progressToken": begun.exchange.our_id(), "progress": 1.0});
                let progress = json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": params});
                let progress: ServerJsonRpcMessage = serde_json::from_value(progress).unwrap();
                begun.exchange.push(ServerSseMessage::from_message(progress));
                exchanges.keep(&begun.exchange);
                begun.exchange.id
            });
            assert!(!found(&exchanges, "one", kept[0]) && found(&exchanges, "one", kept[2]));
        }
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
    async fn a_cancellation_means_one_running_request_or_none() {
        let exchanges: Arc<Exchanges> = Arc::default();
        let id = |id| NumberOrString::Number(id);
        let first = begin(&exchanges, "one", "caller", 1);
        let _elsewhere = begin(&exchanges, "other", "caller", 1);
        assert_eq!(exchanges.cancel(&"one".into(), &id(1)), Meant::One(first.exchange.our_id()));
        assert_eq!(exchanges.cancel(&"one".into(), &id(2)), Meant::Unclear);
        let second = begin(&exchanges, "one", "caller", 1);
        assert_eq!(exchanges.cancel(&"one".into(), &id(1)), Meant::Unclear);
        drop(second);
        assert_eq!(exchanges.cancel(&"one".into(), &id(1)), Meant::One(first.exchange.our_id()));
    }
}

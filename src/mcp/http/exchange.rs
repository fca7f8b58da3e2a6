//! One request of a session and the events that answer it.
//!
//! Each POST is an exchange of its own, whatever id its request has: claude.ai's connector gives every request the id 1
//! and shares one session among its conversations. rmcp routes by id within a session, so it sees an id and a progress
//! token of ours, and what comes back gets those of the client again.

use std::collections::VecDeque;
use std::sync::Arc;

use futures::{Stream, stream};
use rmcp::model::{
    ClientJsonRpcMessage, GetExtensions, GetMeta, JsonRpcMessage, ProgressToken, RequestId, ServerJsonRpcMessage,
    ServerNotification,
};
use rmcp::transport::streamable_http_server::SessionId;
use rmcp::transport::streamable_http_server::session::ServerSseMessage;
use tokio::sync::watch;
use uuid::Uuid;

use super::event_id::EventId;
use super::lost_answer::unanswered;
use crate::mcp::response_listeners::ResponseListeners;
use crate::mcp::result_limit::json_bytes;
use crate::tool::caller::CallerId;

/// Events that an exchange keeps; of more, the oldest are dropped: an answer is the last.
const EVENTS_MAX: usize = 64;

/// One request, with the ids that the client gave it, and the events so far.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) id: Uuid,
    pub(super) session: SessionId,
    pub(super) caller: CallerId,
    pub(super) request: Option<RequestId>,
    presence: ResponseListeners,
    events: watch::Sender<Events>,
}

#[derive(Debug, Default)]
struct Events {
    kept: VecDeque<ServerSseMessage>,
    /// The number of the first event that is kept.
    first: u64,
    /// The client's progress token, until the end.
    token: Option<ProgressToken>,
    cancelled: bool,
    ended: bool,
}

impl Exchange {
    /// Begins the exchange of this message, and gives the message ids of ours.
    pub(super) fn begin(session: &SessionId, caller: CallerId, message: &mut ClientJsonRpcMessage) -> Exchange {
        let id = Uuid::new_v4();
        let (mut request, mut token, presence) = (None, None, ResponseListeners::new());
        if let JsonRpcMessage::Request(sent) = message {
            sent.request.extensions_mut().insert(presence.clone());
            request = Some(std::mem::replace(&mut sent.id, our_id(id)));
            let meta = sent.request.get_meta_mut();
            token = meta.get_progress_token();
            if token.is_some() {
                meta.set_progress_token(ProgressToken(our_id(id)));
            }
        }
        let events = watch::Sender::new(Events { token, ..Events::default() });
        Exchange { id, session: session.clone(), caller, request, presence, events }
    }

    /// The id by which rmcp knows the request.
    pub(super) fn our_id(&self) -> RequestId {
        our_id(self.id)
    }

    /// Adds an event, under its own id and with the client's ids in its message. After the end there are no events.
    pub(super) fn push(&self, event: ServerSseMessage) {
        self.events.send_modify(|events| self.add(events, event));
    }

    fn add(&self, events: &mut Events, mut event: ServerSseMessage) {
        if events.ended {
            return;
        }
        let restored = |message| self.restored(Arc::unwrap_or_clone(message), events.token.as_ref());
        event.message = event.message.map(|message| Arc::new(restored(message)));
        let number = events.end();
        event.event_id = Some(EventId { exchange: self.id, number, request: self.request.clone() }.to_string());
        events.kept.push_back(event);
        if events.kept.len() > EVENTS_MAX {
            events.kept.pop_front();
            events.first += 1;
        }
    }

    /// Notes that the client has cancelled the request: then it expects no answer.
    pub(super) fn cancel(&self) {
        self.events.send_modify(|events| events.cancelled = true);
    }

    /// Ends the exchange: no more events come. The last is the answer, or an error if there is none.
    pub(super) fn end(&self) {
        self.events.send_modify(|events| {
            if !events.answered() && !events.cancelled {
                self.add(events, ServerSseMessage::from_message(unanswered(self.request.clone())));
            }
            events.ended = true;
            events.token = None;
        });
    }

    /// True for a request that will never be answered.
    pub(super) fn has_no_answer(&self) -> bool {
        let events = self.events.borrow();
        events.ended && !events.answered()
    }

    /// True if there has been an event with this number.
    pub(super) fn has_sent(&self, number: u64) -> bool {
        number < self.events.borrow().end()
    }

    /// A listener, until what is returned is dropped.
    pub(super) fn listener(&self) -> watch::Receiver<()> {
        self.presence.listener()
    }

    /// The events from `number` on, until the exchange has ended.
    pub(super) fn follow(&self, number: u64) -> impl Stream<Item = ServerSseMessage> + Send + Sync + 'static + use<> {
        let listener = self.listener();
        stream::unfold((self.events.subscribe(), number, listener), |(mut events, number, listener)| async move {
            let (event, next) = {
                let events = events.wait_for(|events| events.ended || events.end() > number).await.ok()?;
                events.at(number)?
            };
            Some((event, (events, next, listener)))
        })
    }

    /// True once the answer is among the events.
    pub(super) fn is_answered(&self) -> bool {
        self.events.borrow().answered()
    }

    /// The number of bytes that are kept, as they take on the wire.
    pub(super) fn bytes(&self) -> usize {
        let events = self.events.borrow();
        let bytes = |event: &ServerSseMessage| {
            event.message.as_deref().map_or(0, json_bytes) + event.event_id.as_ref().map_or(0, String::len)
        };
        let kept: usize = events.kept.iter().map(bytes).sum();
        kept + json_bytes(&self.request) + json_bytes(&events.token)
    }

    fn restored(&self, mut message: ServerJsonRpcMessage, token: Option<&ProgressToken>) -> ServerJsonRpcMessage {
        let ours = self.our_id();
        match &mut message {
            JsonRpcMessage::Response(response) if response.id == ours => {
                response.id = self.request.clone().unwrap_or(ours);
            }
            JsonRpcMessage::Error(error) if error.id.as_ref() == Some(&ours) => error.id = self.request.clone(),
            JsonRpcMessage::Notification(notification) => {
                if let ServerNotification::ProgressNotification(progress) = &mut notification.notification
                    && let Some(token) = token
                {
                    progress.params.progress_token = token.clone();
                }
            }
            _ => {}
        }
        message
    }
}

impl Events {
    fn end(&self) -> u64 {
        self.first + self.kept.len() as u64
    }

    fn answered(&self) -> bool {
        let last = self.kept.back().and_then(|event| event.message.as_deref());
        matches!(last, Some(JsonRpcMessage::Response(_) | JsonRpcMessage::Error(_)))
    }

    /// The event with this number, or the first after it, and the number of the next.
    fn at(&self, number: u64) -> Option<(ServerSseMessage, u64)> {
        let number = number.max(self.first);
        let event = self.kept.get(usize::try_from(number - self.first).ok()?)?;
        Some((event.clone(), number + 1))
    }
}

fn our_id(exchange: Uuid) -> RequestId {
    RequestId::String(exchange.simple().to_string().into())
}

#[cfg(test)]
mod tests {
    use futures::StreamExt;
    use rmcp::model::{EmptyResult, NumberOrString, ServerResult};
    use serde_json::json;

    use super::*;

    fn begun(id: i64) -> Exchange {
        let ping = json!({"jsonrpc": "2.0", "id": id, "method": "ping"});
        Exchange::begin(&"session".into(), CallerId::default(), &mut serde_json::from_value(ping).unwrap())
    }

    fn answer(exchange: &Exchange) -> ServerSseMessage {
        let result = ServerResult::EmptyResult(EmptyResult {});
        ServerSseMessage::from_message(ServerJsonRpcMessage::response(result, exchange.our_id()))
    }

    #[tokio::test]
    async fn an_answer_has_the_clients_id_and_an_event_id_of_its_own() {
        let (one, other) = (begun(1), begun(1));
        assert_ne!(one.our_id(), other.our_id());
        for exchange in [&one, &other] {
            exchange.push(ServerSseMessage::priming("0/1", std::time::Duration::from_secs(3)));
            exchange.push(answer(exchange));
            exchange.end();
        }
        let events: Vec<_> = one.follow(0).collect().await;
        let Some(JsonRpcMessage::Response(response)) = events[1].message.as_deref() else { panic!("{events:?}") };
        assert_eq!(response.id, NumberOrString::Number(1));
        let ids: Vec<_> =
            events.iter().map(|event| EventId::parse(event.event_id.as_ref().unwrap()).unwrap()).collect();
        assert_eq!(ids.iter().map(|id| (id.exchange, id.number)).collect::<Vec<_>>(), [(one.id, 0), (one.id, 1)]);
        assert_eq!(one.follow(1).count().await, 1);
        assert_eq!(one.follow(2).count().await, 0);
    }

    /// A client chooses ids and tokens, so they count like everything else that is kept for it.
    #[tokio::test]
    async fn the_bytes_of_ids_and_tokens_are_counted_wherever_they_are_kept() {
        let bytes = |id: usize, token: usize| {
            let (id, token) = ("i".repeat(id), "t".repeat(token));
            let ping =
                json!({"jsonrpc": "2.0", "id": id, "method": "ping", "params": {"_meta": {"progressToken": token}}});
            let exchange =
                Exchange::begin(&"one".into(), CallerId::default(), &mut serde_json::from_value(ping).unwrap());
            let progress = json!({"jsonrpc": "2.0", "method": "notifications/progress",
                "params": {"progressToken": exchange.our_id(), "progress": 1.0}});
            exchange.push(ServerSseMessage::from_message(serde_json::from_value(progress).unwrap()));
            let running = exchange.bytes();
            exchange.push(answer(&exchange));
            exchange.end();
            (running, exchange.bytes())
        };
        // Ids of this length are in no event's id.
        let (short, long) = (bytes(300, 1), bytes(1_300, 1));
        assert_eq!(long, (short.0 + 1_000, short.1 + 2_000), "the request, and then its answer too");
        let long = bytes(300, 1_001);
        assert_eq!(long, (short.0 + 2_000, short.1 + 1_000), "the progress, and until the end the token itself");
    }

    #[tokio::test]
    async fn only_the_last_events_are_kept_and_an_answer_is_among_them() {
        let exchange = begun(1);
        for _ in 0..10 * EVENTS_MAX {
            exchange.push(ServerSseMessage::default());
        }
        exchange.push(answer(&exchange));
        exchange.end();
        let events: Vec<_> = exchange.follow(0).collect().await;
        assert_eq!(events.len(), EVENTS_MAX);
        assert!(events.last().unwrap().message.is_some());
    }
}

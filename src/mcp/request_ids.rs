//! The ids of the open requests of one channel: standard streams, or HTTP+SSE.
//!
//! All answers of a channel come back on one stream, so a client that uses an id twice at once cannot tell them apart: the
//! second request is refused. rmcp confuses the two, and it also gives the late answer of a cancelled request to the
//! next request with its id. So rmcp sees an id of ours for each request.

use std::collections::HashMap;

use rmcp::model::{ClientNotification, ClientRequest, ErrorCode, ErrorData, JsonRpcMessage, RequestId};

use super::jsonrpc::{Incoming, Outgoing};

/// The open requests of one channel.
#[derive(Debug, Default)]
pub(super) struct RequestIds {
    /// Our ids and their use, by the client's id.
    open: HashMap<RequestId, OpenRequest>,
    /// The client's ids, by ours.
    clients: HashMap<RequestId, RequestId>,
    last: u64,
}

#[derive(Debug)]
struct OpenRequest {
    ours: RequestId,
    use_count: UseCount,
}

/// The requests that a cancellation of this id could mean.
#[derive(Debug, PartialEq)]
enum UseCount {
    One,
    /// A further request with this id was refused.
    Several,
}

/// The decision about a message from the client.
#[derive(Debug, PartialEq)]
pub(super) enum Admission {
    /// The message is to be served; its id is now ours.
    Serve,
    /// The message means no request that is open, or more than one.
    Ignore,
    /// The request is to be refused: an open one has its id.
    InUse(RequestId),
}

impl RequestIds {
    /// Decides about a message, and replaces the id of a request or of a cancellation by ours.
    pub(super) fn admit(&mut self, message: &mut Incoming) -> Admission {
        match message {
            JsonRpcMessage::Request(request) => {
                if let Some(open) = self.open.get_mut(&request.id) {
                    open.use_count = UseCount::Several;
                    return Admission::InUse(request.id.clone());
                }
                let ours = match request.request {
                    // Its id is also the name of the subscription, in every notification.
                    ClientRequest::SubscriptionsListenRequest(_) => request.id.clone(),
                    _ => self.next_id(),
                };
                if self.clients.contains_key(&ours) {
                    return Admission::InUse(request.id.clone());
                }
                self.clients.insert(ours.clone(), request.id.clone());
                let client = std::mem::replace(&mut request.id, ours.clone());
                self.open.insert(client, OpenRequest { ours, use_count: UseCount::One });
                Admission::Serve
            }
            JsonRpcMessage::Notification(notification) => match &mut notification.notification {
                ClientNotification::CancelledNotification(cancelled) => self.cancel(&mut cancelled.params.request_id),
                _ => Admission::Serve,
            },
            _ => Admission::Serve,
        }
    }

    /// Gives an answer the client's id; false for the answer of a request that was cancelled. Other messages stay as they
    /// are.
    pub(super) fn restore(&mut self, message: &mut Outgoing) -> bool {
        let id = match message {
            JsonRpcMessage::Response(response) => &mut response.id,
            JsonRpcMessage::Error(error) => match &mut error.id {
                Some(id) => id,
                None => return true,
            },
            _ => return true,
        };
        let Some(client) = self.clients.remove(id) else { return false };
        self.open.remove(&client);
        *id = client;
        true
    }

    /// Closes the request: rmcp does not answer a request that was cancelled.
    fn cancel(&mut self, cancelled: &mut Option<RequestId>) -> Admission {
        let Some(client) = cancelled.take() else { return Admission::Ignore };
        if self.open.get(&client).is_none_or(|open| open.use_count == UseCount::Several) {
            return Admission::Ignore;
        }
        let ours = self.open.remove(&client).map(|open| open.ours);
        ours.iter().for_each(|ours| drop(self.clients.remove(ours)));
        *cancelled = ours;
        Admission::Serve
    }

    fn next_id(&mut self) -> RequestId {
        loop {
            self.last += 1;
            let id = RequestId::String(format!("#{}", self.last).into());
            if !self.clients.contains_key(&id) {
                return id;
            }
        }
    }
}

/// The answer to a request whose id another open request has.
pub(super) fn in_use(id: RequestId) -> Outgoing {
    let problem = format!("the id `{id}` belongs to a request that is not answered yet: give each request its own");
    Outgoing::error(ErrorData::new(ErrorCode::INVALID_REQUEST, problem, None), Some(id))
}

#[cfg(test)]
mod tests {
    use rmcp::model::{EmptyResult, NumberOrString, ServerResult};
    use serde_json::{Value, json};

    use super::*;

    fn message(value: Value) -> Incoming {
        serde_json::from_value(value).unwrap()
    }

    fn request(id: i64) -> Incoming {
        message(json!({"jsonrpc": "2.0", "id": id, "method": "ping"}))
    }

    fn cancellation(id: i64) -> Incoming {
        let params = json!({"requestId": id});
        message(json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params}))
    }

    /// Admits the request and returns the id that rmcp sees.
    fn admitted(ids: &mut RequestIds, id: i64) -> RequestId {
        let mut request = request(id);
        assert_eq!(ids.admit(&mut request), Admission::Serve);
        request.into_request().unwrap().1
    }

    /// The client's id of the answer to the request that rmcp knows by this id.
    fn answered(ids: &mut RequestIds, ours: &RequestId) -> Option<RequestId> {
        let mut answer = Outgoing::response(ServerResult::EmptyResult(EmptyResult {}), ours.clone());
        let send = ids.restore(&mut answer);
        send.then(|| answer.into_response().unwrap().1)
    }

    #[test]
    fn an_id_is_free_again_after_its_answer() {
        let mut ids = RequestIds::default();
        let first = admitted(&mut ids, 1);
        assert_eq!(ids.admit(&mut request(1)), Admission::InUse(NumberOrString::Number(1)));
        assert_eq!(answered(&mut ids, &first), Some(NumberOrString::Number(1)));
        let second = admitted(&mut ids, 1);
        assert_ne!(first, second);
        assert_eq!(answered(&mut ids, &first), None, "an answer is sent once");
        assert_eq!(answered(&mut ids, &second), Some(NumberOrString::Number(1)));
        assert!(ids.open.is_empty() && ids.clients.is_empty());
    }

    #[test]
    fn the_late_answer_of_a_cancelled_request_is_not_the_next_ones() {
        let mut ids = RequestIds::default();
        let cancelled = admitted(&mut ids, 1);
        let mut cancel = cancellation(1);
        assert_eq!(ids.admit(&mut cancel), Admission::Serve);
        assert_eq!(serde_json::to_value(&cancel).unwrap()["params"]["requestId"], json!(cancelled));
        let next = admitted(&mut ids, 1);
        assert_eq!(answered(&mut ids, &cancelled), None);
        assert_eq!(answered(&mut ids, &next), Some(NumberOrString::Number(1)));
    }

    #[test]
    fn a_cancellation_that_could_mean_two_requests_or_none_is_ignored() {
        let mut ids = RequestIds::default();
        let first = admitted(&mut ids, 1);
        assert!(matches!(ids.admit(&mut request(1)), Admission::InUse(_)));
        assert_eq!(ids.admit(&mut cancellation(1)), Admission::Ignore);
        assert_eq!(ids.admit(&mut cancellation(2)), Admission::Ignore);
        assert_eq!(answered(&mut ids, &first), Some(NumberOrString::Number(1)));
    }

    /// The id of such a request is the name of its subscription, so it cannot be replaced; nor can it be one of ours.
    #[test]
    fn a_subscription_keeps_its_id() {
        let listen = |id: &str| {
            let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {}});
            let params = json!({"notifications": {}, "_meta": meta});
            message(json!({"jsonrpc": "2.0", "id": id, "method": "subscriptions/listen", "params": params}))
        };
        let mut ids = RequestIds::default();
        let mut listening = listen("#2");
        assert_eq!(ids.admit(&mut listening), Admission::Serve);
        assert_eq!(listening.into_request().unwrap().1, NumberOrString::String("#2".into()));
        let ours = [admitted(&mut ids, 1), admitted(&mut ids, 2)];
        assert!(!ours.contains(&NumberOrString::String("#2".into())));
        assert_eq!(ids.admit(&mut listen("#1")), Admission::InUse(NumberOrString::String("#1".into())));
    }
}

//! The ids of events in the stream that answers a request, by which a client resumes a stream that broke.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rmcp::model::RequestId;
use uuid::Uuid;

/// Longest request id, in bytes of JSON, that an event id carries.
const REQUEST_ID_BYTES_MAX: usize = 256;

/// The place of one event. It cannot be guessed: the exchange has 122 random bits.
///
/// It carries the id of the client's request, so that a client that comes back too late is still told which of its
/// requests has lost its answer. A client that changes it there only changes the id in the error that it gets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EventId {
    pub(super) exchange: Uuid,
    /// The number of the event in its exchange, from 0.
    pub(super) number: u64,
    pub(super) request: Option<RequestId>,
}

impl std::fmt::Display for EventId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let request = self.request.as_ref().and_then(|id| serde_json::to_vec(id).ok());
        let request = request.filter(|id| id.len() <= REQUEST_ID_BYTES_MAX).unwrap_or_default();
        write!(formatter, "{}.{}.{}", self.exchange.simple(), self.number, URL_SAFE_NO_PAD.encode(request))
    }
}

/// The event that a `Last-Event-ID` names.
#[derive(Debug, PartialEq)]
pub(super) enum LastEvent {
    /// One in the stream that answers a request.
    OfExchange(EventId),
    /// One in the stream that a GET opened, which has rmcp's ids.
    OfStandalone,
    /// None of ours. rmcp has ids for the answers to requests too: with one of them it would send an answer on the wrong
    /// stream, and under an id that the client does not know.
    Unknown,
}

impl LastEvent {
    /// Reads the value of a `Last-Event-ID`.
    pub(super) fn read(text: &str) -> LastEvent {
        match EventId::parse(text) {
            Some(id) => LastEvent::OfExchange(id),
            None if text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u32>().is_ok() => {
                LastEvent::OfStandalone
            }
            None => LastEvent::Unknown,
        }
    }
}

impl EventId {
    /// Reads an id of ours.
    pub(super) fn parse(text: &str) -> Option<EventId> {
        let mut parts = text.splitn(3, '.');
        let exchange = Uuid::parse_str(parts.next()?).ok()?;
        let number = parts.next()?.parse().ok()?;
        let request = URL_SAFE_NO_PAD.decode(parts.next()?).ok()?;
        Some(EventId { exchange, number, request: serde_json::from_slice(&request).ok() })
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::NumberOrString;

    use super::*;

    #[test]
    fn an_event_id_carries_the_id_of_its_request() {
        for request in [NumberOrString::Number(-7), NumberOrString::String("a.b\n\u{1F600}".into())] {
            let id = EventId { exchange: Uuid::new_v4(), number: 3, request: Some(request) };
            let text = id.to_string();
            assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
            assert_eq!(LastEvent::read(&text), LastEvent::OfExchange(id));
        }
    }

    #[test]
    fn a_long_request_id_is_left_out() {
        let request = Some(NumberOrString::String("x".repeat(10_000).into()));
        let text = EventId { exchange: Uuid::new_v4(), number: 0, request }.to_string();
        assert!(text.len() < 100);
        assert_eq!(EventId::parse(&text).unwrap().request, None);
    }

    #[test]
    fn only_the_ids_of_the_stream_of_a_get_are_left_to_rmcp() {
        for standalone in ["0", "12"] {
            assert_eq!(LastEvent::read(standalone), LastEvent::OfStandalone, "{standalone}");
        }
        let unknown =
            ["0/0", "0/3", "3/", "/", "", "+1", "-1", "garbage", "99999999999999999999", "x.1.", "00000000.1."];
        for unknown in unknown.into_iter().chain(["00000000000000000000000000000000.x."]) {
            assert_eq!(LastEvent::read(unknown), LastEvent::Unknown, "{unknown}");
        }
    }
}

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

impl EventId {
    /// Reads the value of a `Last-Event-ID`; `None` for an event of another kind of stream.
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
            assert_eq!(EventId::parse(&text), Some(id));
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
    fn ids_of_other_streams_are_not_read() {
        for other in ["0", "12", "0/3", "", "x.1.", "00000000000000000000000000000000.x.", "00000000.1."] {
            assert_eq!(EventId::parse(other), None, "{other}");
        }
    }
}

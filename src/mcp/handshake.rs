//! The messages that a client may send before a session is open.

use rmcp::model::{ClientRequest, GetMeta, JsonRpcMessage, ProtocolVersion};

use super::jsonrpc::Incoming;

/// Drops notifications and responses that come before the first request that opens a session. They mean nothing yet and
/// expect no response, but rmcp would end the session.
#[derive(Debug, Default)]
pub(super) struct Handshake {
    open: bool,
}

impl Handshake {
    /// True if the message is to be served.
    pub(super) fn admits(&mut self, message: &Incoming) -> bool {
        self.open |= opens(message);
        self.open || matches!(message, JsonRpcMessage::Request(_))
    }
}

/// True for `initialize`, and for a request whose `_meta` holds all that 2026-07-28 requires.
fn opens(message: &Incoming) -> bool {
    let JsonRpcMessage::Request(request) = message else { return false };
    match &request.request {
        ClientRequest::InitializeRequest(_) => true,
        ClientRequest::PingRequest(_) | ClientRequest::DiscoverRequest(_) => false,
        other => {
            let meta = other.get_meta();
            let known = |version| ProtocolVersion::KNOWN_VERSIONS.contains(&version);
            meta.missing_required_keys(&ProtocolVersion::V_2026_07_28).is_empty()
                && meta.protocol_version().is_some_and(known)
        }
    }
}

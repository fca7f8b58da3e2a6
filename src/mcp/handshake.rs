//! What a client may say before it has opened a session.

use rmcp::model::{ClientRequest, GetMeta, JsonRpcMessage, ProtocolVersion};

use super::jsonrpc::Incoming;

/// rmcp ends a session that begins with a notification or an answer. Neither has a meaning yet, nor an answer of its own,
/// so they are passed over.
#[derive(Debug, Default)]
pub(super) struct Handshake {
    open: bool,
}

impl Handshake {
    /// Whether the message is to be served.
    pub(super) fn admits(&mut self, message: &Incoming) -> bool {
        self.open |= opens(message);
        self.open || matches!(message, JsonRpcMessage::Request(_))
    }
}

/// `initialize`, or any request that says all that a client without a session has to say.
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

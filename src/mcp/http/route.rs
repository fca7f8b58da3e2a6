//! Chooses how a POST to `/mcp` is served: in a session, or without one.

use http::HeaderMap;
use rmcp::model::{
    ClientJsonRpcMessage, ClientRequest, ErrorCode, ErrorData, GetMeta, JsonRpcMessage, ProtocolVersion, RequestId,
    ServerJsonRpcMessage,
};

/// The header with the session of a client before 2026-07-28.
pub(super) const SESSION: &str = "mcp-session-id";

/// The header with the protocol revision.
pub(super) const VERSION: &str = "mcp-protocol-version";

/// Longest part of a client's version that an error repeats.
const SHOWN_CHARACTERS_MAX: usize = 40;

/// The use of sessions by clients before 2026-07-28.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionUse {
    /// A message without a session id is served where it needs no session.
    Optional,
    /// Only `initialize` is served without one.
    Required,
}

/// The way to serve one message.
#[derive(Debug, PartialEq)]
pub(super) enum Route {
    /// By the service that has sessions, which also serves 2026-07-28 and the opening of a session.
    Session,
    Sessionless,
    /// Not at all: the message, with this id, needs a session and names none.
    Refused(Option<RequestId>),
}

/// The way to serve a message that names no session.
pub(super) fn without_session(message: &ClientJsonRpcMessage, sessions: SessionUse) -> Route {
    let refused_or_sessionless = |id: &RequestId| match sessions {
        SessionUse::Optional => Route::Sessionless,
        SessionUse::Required => Route::Refused(Some(id.clone())),
    };
    match message {
        JsonRpcMessage::Request(sent) => match &sent.request {
            ClientRequest::InitializeRequest(_) | ClientRequest::DiscoverRequest(_) => Route::Session,
            request if request.get_meta().protocol_version().is_some() => Route::Session,
            // Their notifications come on the session's stream.
            ClientRequest::SubscribeRequest(_) | ClientRequest::UnsubscribeRequest(_) => {
                Route::Refused(Some(sent.id.clone()))
            }
            _ => refused_or_sessionless(&sent.id),
        },
        JsonRpcMessage::Notification(_) if sessions == SessionUse::Optional => Route::Sessionless,
        // A response answers a question that was asked in a session.
        _ => Route::Refused(None),
    }
}

/// The error for a message that needs a session and names none.
pub(super) fn session_needed(id: Option<RequestId>) -> ServerJsonRpcMessage {
    let problem = "this request needs a session: send the `Mcp-Session-Id` that the answer to `initialize` had";
    ServerJsonRpcMessage::error(ErrorData::new(ErrorCode::INVALID_REQUEST, problem, None), id)
}

/// True if the header names 2026-07-28, which has no sessions.
pub(super) fn is_modern(headers: &HeaderMap) -> bool {
    headers.get(VERSION).is_some_and(|version| version == ProtocolVersion::V_2026_07_28.as_str())
}

/// The version that the header names, if no revision has this name.
pub(super) fn unknown_version(headers: &HeaderMap) -> Option<&str> {
    let version = headers.get(VERSION)?.to_str().ok()?;
    ProtocolVersion::KNOWN_VERSIONS.iter().all(|known| known.as_str() != version).then_some(version)
}

/// The error for an unknown version, with those that are served.
pub(super) fn version_refused(version: &str, id: Option<RequestId>) -> ServerJsonRpcMessage {
    let shown: String = version.chars().take(SHOWN_CHARACTERS_MAX).collect();
    let served: Vec<_> = ProtocolVersion::KNOWN_VERSIONS.iter().map(ProtocolVersion::as_str).collect();
    let problem = format!("`MCP-Protocol-Version: {shown}` is no version that is served: {}", served.join(", "));
    let data = serde_json::json!({"requested": shown, "supported": served});
    ServerJsonRpcMessage::error(ErrorData::new(ErrorCode::UNSUPPORTED_PROTOCOL_VERSION, problem, Some(data)), id)
}

#[cfg(test)]
mod tests {
    use rmcp::model::NumberOrString;
    use serde_json::{Value, json};

    use super::*;

    fn request(method: &str, params: Value) -> ClientJsonRpcMessage {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        serde_json::from_value(message).unwrap()
    }

    #[test]
    fn only_what_needs_a_session_is_refused_without_one() {
        let modern = json!({"name": "x", "_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}});
        let hello =
            json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}});
        let response = json!({"jsonrpc": "2.0", "id": 1, "result": {}});
        let note = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        let refused = || Route::Refused(Some(NumberOrString::Number(1)));
        for (message, optional, required) in [
            (request("initialize", hello), Route::Session, Route::Session),
            (request("tools/call", modern), Route::Session, Route::Session),
            (request("tools/call", json!({"name": "x"})), Route::Sessionless, refused()),
            (request("ping", json!({})), Route::Sessionless, refused()),
            (request("no/such", json!({})), Route::Sessionless, refused()),
            (request("resources/subscribe", json!({"uri": "x"})), refused(), refused()),
            (serde_json::from_value(note).unwrap(), Route::Sessionless, Route::Refused(None)),
            (serde_json::from_value(response).unwrap(), Route::Refused(None), Route::Refused(None)),
        ] {
            assert_eq!(without_session(&message, SessionUse::Optional), optional, "{message:?}");
            assert_eq!(without_session(&message, SessionUse::Required), required, "{message:?}");
        }
    }
}

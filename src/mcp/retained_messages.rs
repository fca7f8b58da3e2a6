//! Limits the messages that are kept for long: a session keeps what its client told of itself, and a subscription its
//! resources. Of both, only what is used stays.

use std::collections::HashSet;

use rmcp::model::{
    ClientCapabilities, ClientRequest, ErrorCode, GetMeta, Implementation, JsonRpcMessage, RequestMetaObject,
    SamplingCapability,
};

use super::jsonrpc::{Incoming, InvalidMessage};
use super::message_limit::values;
use crate::change_feed::WATCHED_MAX;

/// Bytes and values of a message that is kept for long. A hundred addresses of resources have a quarter of it.
const BYTES_MAX: usize = 32 * 1024;
const VALUES_MAX: usize = 1_000;

/// Bytes of the addresses that one subscription names, and characters of a client's name and version.
const ADDRESS_BYTES_MAX: usize = 16 * 1024;
const NAME_CHARACTERS_MAX: usize = 100;

/// The method of a message that is kept as long as its subscription.
const LISTEN: &[u8] = b"subscriptions/listen";

/// The error for a message that would be kept for long and is too large for that.
pub(super) fn refusal_of(text: &[u8]) -> Option<InvalidMessage> {
    // Most messages are smaller, and need not be parsed for this.
    if text.len() <= BYTES_MAX && values(text).is_ok_and(|values| values <= VALUES_MAX) {
        return None;
    }
    let JsonRpcMessage::Request(sent) = serde_json::from_slice::<Incoming>(text).ok()? else { return None };
    let lasts =
        matches!(sent.request, ClientRequest::InitializeRequest(_) | ClientRequest::SubscriptionsListenRequest(_));
    let problem = format!("the message is kept for long, and may have {BYTES_MAX} bytes and {VALUES_MAX} values");
    let invalid = InvalidMessage::new(Some(sent.id), ErrorCode::INVALID_REQUEST, problem);
    lasts.then(|| invalid.explained("TOO_COMPLEX", "send fewer capabilities, or subscribe to fewer resources"))
}

/// The text of a subscription without what would be kept for nothing; `None` for any other message.
pub(super) fn slimmed(text: &[u8]) -> Option<Vec<u8>> {
    // A text with an escape may name the method in another way.
    let may_listen = text.contains(&b'\\') || text.windows(LISTEN.len()).any(|part| part == LISTEN);
    if text.len() > BYTES_MAX || !may_listen {
        return None;
    }
    let mut message = serde_json::from_slice::<Incoming>(text).ok()?;
    let JsonRpcMessage::Request(sent) = &message else { return None };
    if !matches!(sent.request, ClientRequest::SubscriptionsListenRequest(_)) {
        return None;
    }
    slim(&mut message);
    serde_json::to_vec(&message).ok()
}

/// Drops from a message that is kept for long everything that nobody reads.
pub(super) fn slim(message: &mut Incoming) {
    let JsonRpcMessage::Request(sent) = message else { return };
    match &mut sent.request {
        ClientRequest::InitializeRequest(hello) => {
            let hello = &mut hello.params;
            hello.meta = None;
            hello.capabilities = used(std::mem::take(&mut hello.capabilities));
            hello.client_info = named(&hello.client_info);
        }
        ClientRequest::SubscriptionsListenRequest(listen) => {
            listen.params.meta = listen.params.meta.as_ref().map(told);
            if let Some(uris) = &mut listen.params.notifications.resource_subscriptions {
                *uris = first(std::mem::take(uris));
            }
        }
        _ => return,
    }
    *sent.request.get_meta_mut() = told(sent.request.get_meta());
}

/// The capabilities that this server looks at.
fn used(all: ClientCapabilities) -> ClientCapabilities {
    let mut used = ClientCapabilities::default();
    used.elicitation = all.elicitation;
    used.sampling = all.sampling.map(|_| SamplingCapability::default());
    used
}

fn named(client: &Implementation) -> Implementation {
    let short = |text: &str| text.chars().take(NAME_CHARACTERS_MAX).collect::<String>();
    Implementation::new(short(&client.name), short(&client.version))
}

/// What a request must tell of its client.
fn told(meta: &RequestMetaObject) -> RequestMetaObject {
    let mut told = RequestMetaObject::new();
    if let Some(version) = meta.protocol_version() {
        told.set_protocol_version(version);
    }
    if let Some(client) = meta.client_info() {
        told.set_client_info(named(&client));
    }
    if let Some(capabilities) = meta.client_capabilities() {
        told.set_client_capabilities(used(capabilities));
    }
    told
}

/// The first addresses, each once.
fn first(mut uris: Vec<String>) -> Vec<String> {
    let (mut seen, mut bytes) = (HashSet::new(), 0);
    uris.retain(|uri| {
        let fits = seen.len() < WATCHED_MAX && bytes + uri.len() <= ADDRESS_BYTES_MAX && seen.insert(uri.clone());
        bytes += if fits { uri.len() } else { 0 };
        fits
    });
    uris.shrink_to_fit();
    uris
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn of_a_session_only_what_is_used_is_kept() {
        let many: serde_json::Map<_, _> = (0..320).map(|at| (format!("x{at}"), json!({"y": 1}))).collect();
        let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25", "_meta": {"x": "x".repeat(9_000)},
            "capabilities": {"experimental": many, "extensions": many, "elicitation": {"form": {}},
                "sampling": {"tools": many}, "roots": {"listChanged": true}},
            "clientInfo": {"name": "n".repeat(9_000), "version": "1", "description": "d".repeat(9_000)}}});
        let mut message: Incoming = serde_json::from_value(hello).unwrap();
        slim(&mut message);
        let kept = json!(message);
        assert_eq!(kept["params"]["capabilities"], json!({"elicitation": {"form": {}}, "sampling": {}}));
        assert_eq!(kept["params"]["clientInfo"], json!({"name": "n".repeat(100), "version": "1"}));
        assert_eq!(kept["params"]["protocolVersion"], "2025-11-25");
        assert!(kept.to_string().len() < 500, "{kept}");
    }

    #[test]
    fn of_a_subscription_only_what_is_used_is_kept() {
        let meta = json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28", "x": "x".repeat(9_000),
            "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1", "title": "t".repeat(2_000)},
            "io.modelcontextprotocol/clientCapabilities": {"experimental": {"x": {"y": 1}}, "elicitation": {}}});
        let listen = |uris: Vec<String>| {
            json!({"jsonrpc": "2.0", "id": 7, "method": "subscriptions/listen", "params": {
                "notifications": {"resourceSubscriptions": uris, "toolsListChanged": true}, "_meta": meta}})
        };
        let kept = |text: String| -> Value { serde_json::from_slice(&slimmed(text.as_bytes()).unwrap()).unwrap() };
        let uris: Vec<_> = (0..300).map(|at| format!("doc://{}", at / 2)).collect();
        let slim = kept(listen(uris).to_string());
        let watched = slim["params"]["notifications"]["resourceSubscriptions"].as_array().unwrap();
        assert_eq!((watched.len(), &watched[1], &watched[99]), (100, &json!("doc://1"), &json!("doc://99")));
        assert_eq!((&slim["id"], &slim["params"]["notifications"]["toolsListChanged"]), (&json!(7), &json!(true)));
        assert_eq!(
            slim["params"]["_meta"],
            json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": {"name": "raw", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}}})
        );
        let escaped = listen(vec![]).to_string().replace("listen", "l\\u0069sten");
        assert_eq!(kept(escaped)["params"]["_meta"], slim["params"]["_meta"]);
        let large = kept(listen((0..4).map(|at| format!("doc://{at}{}", "x".repeat(5_000))).collect()).to_string());
        assert_eq!(large["params"]["notifications"]["resourceSubscriptions"].as_array().unwrap().len(), 3);
        for other in
            [json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "a\n"}}), json!("\n")]
        {
            assert_eq!(slimmed(other.to_string().as_bytes()), None);
        }
    }

    #[test]
    fn only_what_is_kept_for_long_has_to_be_small() {
        let hello = |experimental: Value| {
            json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-11-25",
                "capabilities": {"experimental": {"x": experimental}}, "clientInfo": {"name": "x", "version": "1"}}})
        };
        let listen = |uris: Vec<String>| {
            json!({"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen",
                "params": {"notifications": {"resourceSubscriptions": uris}}})
        };
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "x", "arguments": {"x": "x".repeat(BYTES_MAX)}}});
        for (message, refused) in [
            (hello(json!({"y": vec![1; 900]})), false),
            (hello(json!({"y": vec![1; VALUES_MAX]})), true),
            (hello(json!({"y": "x".repeat(BYTES_MAX)})), true),
            (listen(vec!["doc://handbook/opening-hours".to_owned(); 100]), false),
            (listen(vec!["doc://x".to_owned(); VALUES_MAX]), true),
            (listen(vec!["x".repeat(BYTES_MAX)]), true),
            (call, false),
        ] {
            let told = refusal_of(message.to_string().as_bytes()).map(|invalid| json!(invalid.into_error_response()));
            assert_eq!(told.is_some(), refused, "{message}");
            assert!(told.is_none_or(|told| told["id"] == 1 && told["error"]["data"]["code"] == "TOO_COMPLEX"));
        }
    }
}

//! Parses JSON-RPC messages from clients, and answers those that cannot be served.

use rmcp::RoleServer;
use rmcp::model::{ClientRequest, ErrorCode, ErrorData, GetMeta, JsonRpcMessage, RequestId};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use serde_json::{Value, json};

use super::empty_object;
use super::invalid_params;
use super::line_codec::request_id;
use super::reply::ClientMessage;
use super::request_names;

/// A message from a client.
pub(super) type Incoming = RxJsonRpcMessage<RoleServer>;
/// A message to a client.
pub(super) type Outgoing = TxJsonRpcMessage<RoleServer>;

/// Requests of one batch that get an error.
const BATCH_ERRORS_MAX: usize = 100;

/// The result of parsing a text.
pub(super) enum Parsed {
    Message(Box<Incoming>),
    /// A text that expects no response: an empty line, an unknown notification, or a response that cannot be parsed.
    Ignored,
    Invalid(InvalidMessage),
}

/// A text that is not a message that can be served.
#[derive(Debug)]
pub(super) struct InvalidMessage {
    /// The ids of its requests, as far as they can be read; a batch has several.
    ids: Vec<RequestId>,
    error: ErrorData,
}

impl InvalidMessage {
    /// Creates the error for the request with this id.
    pub(super) fn new(id: Option<RequestId>, code: ErrorCode, problem: String) -> InvalidMessage {
        InvalidMessage { ids: id.into_iter().collect(), error: ErrorData::new(code, problem, None) }
    }

    /// Adds a code for programs and a hint.
    pub(super) fn explained(mut self, code: &str, hint: &str) -> InvalidMessage {
        self.error.data = Some(json!({"code": code, "hint": hint}));
        self
    }

    /// The error as one response; without an `id` unless exactly one could be read (MCP).
    pub(super) fn into_error_response(mut self) -> Outgoing {
        let id = self.ids.pop();
        Outgoing::error(self.error, id.filter(|_| self.ids.is_empty()))
    }

    /// The error as a reply to each request, or as one to none of them if no id could be read.
    pub(super) fn into_replies(self) -> Vec<ClientMessage> {
        let InvalidMessage { ids, error } = self;
        if ids.is_empty() {
            return vec![ClientMessage::Unidentified(error)];
        }
        ids.into_iter().map(|id| Outgoing::error(error.clone(), Some(id)).into()).collect()
    }
}

/// The text without a byte order mark before it.
pub(super) fn without_mark(text: &[u8]) -> &[u8] {
    const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// Parses one message; a byte order mark before it is ignored.
pub(super) fn parse(text: &[u8]) -> Parsed {
    let text = without_mark(text);
    if text.trim_ascii().is_empty() {
        return Parsed::Ignored;
    }
    let right = empty_object::put_right(text);
    let text = right.as_deref().unwrap_or(text);
    match serde_json::from_slice::<Incoming>(text) {
        Ok(message) => check_params(message),
        Err(problem) => parse_failure(text, &problem),
    }
}

/// Finds requests with names that are too long, and those of the protocol with wrong parameters among those that rmcp takes
/// for custom ones.
fn check_params(message: Incoming) -> Parsed {
    if let Some(long) = request_names::refusal(&message) {
        return Parsed::Invalid(InvalidMessage::new(long.id, long.code, long.problem));
    }
    if let JsonRpcMessage::Request(request) = &message
        && let ClientRequest::CustomRequest(custom) = &request.request
        && let Some(error) =
            invalid_params::invalid_params(&custom.method, custom.params.as_ref(), request.request.get_meta())
    {
        return Parsed::Invalid(InvalidMessage { ids: vec![request.id.clone()], error });
    }
    Parsed::Message(Box::new(message))
}

fn parse_failure(text: &[u8], problem: &serde_json::Error) -> Parsed {
    let (code, problem) = match serde_json::from_slice::<Value>(text) {
        Err(problem) => (ErrorCode::PARSE_ERROR, format!("the message is not valid JSON: {problem}")),
        Ok(json) if expects_no_response(&json) => return Parsed::Ignored,
        Ok(Value::Array(batch)) => return Parsed::Invalid(batch_refused(&batch)),
        Ok(json) => (
            ErrorCode::INVALID_REQUEST,
            problem_of_envelope(&json)
                .map_or_else(|| format!("the message is not a JSON-RPC request: {problem}"), str::to_owned),
        ),
    };
    Parsed::Invalid(InvalidMessage::new(request_id(text), code, problem))
}

/// The part around a request that JSON-RPC does not permit.
fn problem_of_envelope(json: &Value) -> Option<&'static str> {
    let is_id = |id: &Value| id.is_string() || id.is_i64();
    match (json.get("jsonrpc"), json.get("id")) {
        _ if !json.is_object() => None,
        (version, _) if version != Some(&json!("2.0")) => Some("`jsonrpc` must be `2.0`"),
        (_, Some(id)) if !is_id(id) => Some("`id` must be text or an integer up to 2^63-1"),
        _ => None,
    }
}

/// The error for a batch in a revision that has none, or of a size that is not served.
fn batch_refused(batch: &[Value]) -> InvalidMessage {
    let requests = batch.iter().filter(|message| message.get("method").is_some());
    let ids = requests.filter_map(|request| serde_json::from_value(request.get("id")?.clone()).ok());
    let problem = "batches are served in revision 2025-03-26 alone, of 1 to 100 messages: send each message by itself";
    InvalidMessage {
        ids: ids.take(BATCH_ERRORS_MAX).collect(),
        error: ErrorData::new(ErrorCode::INVALID_REQUEST, problem, None),
    }
}

/// True for a notification, and for a response: the `id` of a response is one of the server's, so an error with this `id`
/// would belong to another request.
fn expects_no_response(json: &Value) -> bool {
    match json.get("method") {
        Some(_) => json.get("id").is_none(),
        None => json.get("result").is_some() || json.get("error").is_some(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn error(text: &str) -> Option<Value> {
        error_of(text.as_bytes())
    }

    fn error_of(text: &[u8]) -> Option<Value> {
        match parse(text) {
            Parsed::Invalid(invalid) => Some(serde_json::to_value(invalid.into_error_response()).unwrap()),
            Parsed::Message(_) | Parsed::Ignored => None,
        }
    }

    #[test]
    fn an_error_has_the_id_of_its_request_where_it_can_be_read() {
        for (text, id, code) in [
            ("hello", None, -32700),
            (r#"{"jsonrpc":"2.0","id":1,"#, Some(1), -32700),
            (r#"{"jsonrpc":"1.0","id":2,"method":"ping"}"#, Some(2), -32600),
            (r#"[{"jsonrpc":"2.0","id":3,"method":"ping"}]"#, Some(3), -32600),
            (r#"[{"id":3,"method":"ping"},{"id":4,"method":"ping"}]"#, None, -32600),
            (r#"{"jsonrpc":"2.0","id":4,"method":"tools/call"}"#, Some(4), -32602),
            (r#"{"jsonrpc":"2.0","id":5}"#, Some(5), -32600),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, None, -32600),
        ] {
            let said = error(text).unwrap_or_else(|| panic!("{text} is one"));
            assert_eq!(
                (said.get("id"), &said["error"]["code"]),
                (id.map(|id| json!(id)).as_ref(), &json!(code)),
                "{said}"
            );
        }
    }

    #[test]
    fn an_empty_list_for_an_object_is_read() {
        for text in [
            r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":[],"clientInfo":{"name":"php","version":"1"}}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":[]}}"#,
            r#"{"jsonrpc":"2.0","method":"notifications/initialized","params":[]}"#,
        ] {
            let Parsed::Message(message) = parse(text.as_bytes()) else { panic!("{text}") };
            let custom = matches!(&*message, JsonRpcMessage::Request(one) if matches!(one.request, ClientRequest::CustomRequest(_)));
            assert!(!custom, "{text}");
        }
    }

    #[test]
    fn a_wrong_envelope_is_named() {
        for (text, part) in [
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, "`id` must be text"),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, "`id` must be text"),
            (r#"{"jsonrpc":"2.0","id":9223372036854775808,"method":"ping"}"#, "`id` must be text"),
            (r#"{"jsonrpc":"2.0","id":true,"method":"ping"}"#, "`id` must be text"),
            (r#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, "`id` must be text"),
            (r#"{"id":1,"method":"ping"}"#, "`jsonrpc` must be `2.0`"),
        ] {
            let Parsed::Invalid(invalid) = parse(text.as_bytes()) else { panic!("{text}") };
            assert!(invalid.error.message.contains(part), "{text}: {}", invalid.error.message);
        }
    }

    #[test]
    fn each_request_of_a_batch_gets_an_error() {
        let requests = (0..1_000).map(|id| json!({"id": id, "method": "ping"})).chain([json!({"id": 7, "result": {}})]);
        let Parsed::Invalid(invalid) = parse(&serde_json::to_vec(&Value::from_iter(requests)).unwrap()) else {
            panic!()
        };
        let told: Vec<_> = invalid.into_replies().iter().map(|answer| serde_json::to_value(answer).unwrap()).collect();
        assert_eq!(told.len(), BATCH_ERRORS_MAX);
        assert!(told.iter().zip(0..).all(|(answer, id)| answer["id"] == id), "{told:?}");
    }

    #[test]
    fn a_text_that_expects_no_response_gets_none() {
        for text in
            ["", " \r", r#"{"jsonrpc":"2.0","id":9,"error":{}}"#, r#"{"jsonrpc":"2.0","method":"x","params":5}"#]
        {
            assert!(matches!(parse(text.as_bytes()), Parsed::Ignored), "{text}");
        }
        let unknown = r#"{"jsonrpc":"2.0","id":1,"method":"no/such"}"#;
        assert!(
            matches!(parse(unknown.as_bytes()), Parsed::Message(_)),
            "the handler answers that there is no such method"
        );
    }

    proptest! {
        // An error with the id of another request would be worse than none.
        #[test]
        fn a_truncated_message_never_gets_the_id_of_another_request(id in 0_i64..100_000, text in ".{0,40}", cut in 0_usize..200) {
            let params = json!({"name": text, "arguments": {"id": 7, "\"id\"": [text, {"id": 8}]}});
            for message in [
                json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}),
                json!({"params": params, "method": "tools/call", "jsonrpc": "2.0", "id": id}),
            ] {
                let message = message.to_string();
                let said = error_of(&message.as_bytes()[..cut.min(message.len() - 1)]);
                let told = said.as_ref().and_then(|said| said.get("id"));
                prop_assert!(told.is_none_or(|told| *told == json!(id)), "{message} cut at {cut}: {said:?}");
            }
        }

        #[test]
        fn any_bytes_are_parsed_without_a_panic(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            error_of(&text);
        }
    }
}

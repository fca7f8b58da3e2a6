//! Errors for requests whose method is known and whose parameters are invalid.
//!
//! rmcp deserialises such a request as a custom one, and would answer that there is no method `tools/call`.

use crate::tool::arguments::serde_words;
use domain::text_cleaning;
use rmcp::model::{
    CallToolRequestParams, CompleteRequestParams, ErrorCode, ErrorData, GetPromptRequestParams,
    InitializeRequestParams, PaginatedRequestParams, ReadResourceRequestParams, RequestMetaObject,
    SubscribeRequestParams, SubscriptionsListenRequestParams, UnsubscribeRequestParams,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Longest part of a client's text that an error repeats.
const SHOWN_CHARACTERS_MAX: usize = 200;

/// The parameter that is read from JSON text too.
const ARGUMENTS: &str = "arguments";

/// Methods up to 2025-11-25. A client that names its revision in the request itself is past that.
const REMOVED: [&str; 3] = ["initialize", "resources/subscribe", "resources/unsubscribe"];

/// The error for a request that rmcp took for a custom one: invalid parameters, or no such method.
pub(super) fn error(method: &str, params: Option<&Value>, meta: &RequestMetaObject) -> ErrorData {
    invalid_params(method, params, meta).unwrap_or_else(|| {
        let message = format!("there is no method `{}`", truncated(method));
        ErrorData::new(ErrorCode::METHOD_NOT_FOUND, message, None)
    })
}

/// The error that names the invalid parameter; `None` for an unknown method. Only for requests that could not be
/// deserialised.
pub(super) fn invalid_params(method: &str, params: Option<&Value>, meta: &RequestMetaObject) -> Option<ErrorData> {
    if REMOVED.contains(&method) && meta.protocol_version().is_some() {
        return None;
    }
    let problem = match method {
        "initialize" => problem::<InitializeRequestParams>(params),
        "tools/call" => problem::<CallToolRequestParams>(params),
        "prompts/get" => problem::<GetPromptRequestParams>(params),
        "completion/complete" => problem::<CompleteRequestParams>(params),
        "resources/read" => problem::<ReadResourceRequestParams>(params),
        "resources/subscribe" => problem::<SubscribeRequestParams>(params),
        "resources/unsubscribe" => problem::<UnsubscribeRequestParams>(params),
        "subscriptions/listen" => problem::<SubscriptionsListenRequestParams>(params),
        "tools/list" | "prompts/list" | "resources/list" | "resources/templates/list" => {
            problem::<Option<PaginatedRequestParams>>(params)
        }
        "ping" | "server/discover" => "`params` is not an object with a well-formed `_meta`".to_owned(),
        _ => return None,
    };
    Some(ErrorData::invalid_params(format!("{}: {}", method, truncated(&problem)), None))
}

fn problem<T: DeserializeOwned>(params: Option<&Value>) -> String {
    let Some(params) = params else { return "`params` is missing".to_owned() };
    match serde_path_to_error::deserialize::<_, T>(params) {
        Ok(_) => "`params` has a `_meta` that is not well formed".to_owned(),
        Err(error) if error.path().iter().next().is_none() => format!("`params`: {}", in_words(error.inner())),
        Err(error) if error.path().to_string() == ARGUMENTS && params[ARGUMENTS].is_string() => {
            format!("`params.{ARGUMENTS}`: it must be an object, not a text that is no JSON object")
        }
        Err(error) => format!("`params.{}`: {}", error.path(), in_words(error.inner())),
    }
}

/// The error in the words of JSON.
fn in_words(error: &serde_json::Error) -> String {
    serde_words::plain(&error.to_string())
}

fn truncated(text: &str) -> String {
    let part: String = text.chars().take(SHOWN_CHARACTERS_MAX).collect();
    text_cleaning::clean(&part).text.into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn meta(meta: Value) -> RequestMetaObject {
        serde_json::from_value(meta).unwrap()
    }

    #[test]
    fn an_error_names_the_invalid_parameter() {
        for (method, params, expected) in [
            ("tools/call", None, "tools/call: `params` is missing"),
            ("tools/call", Some(json!({})), "tools/call: `params`: `name` is missing"),
            (
                "tools/call",
                Some(json!({"name": "x", "arguments": "y"})),
                "tools/call: `params.arguments`: it must be an object, not a text that is no JSON object",
            ),
            (
                "tools/call",
                Some(json!({"name": "x", "arguments": 5})),
                "tools/call: `params.arguments`: it must be an object, not a number",
            ),
            (
                "tools/call",
                Some(json!({"name": "x", "arguments": [{}]})),
                "tools/call: `params.arguments`: it must be an object, not a list",
            ),
            ("resources/read", Some(json!({"uri": 5})), "resources/read: `params.uri`: it must be text, not a number"),
            ("tools/list", Some(json!({"cursor": 5})), "tools/list: `params.cursor`: it must be text, not a number"),
            (
                "initialize",
                Some(json!({"protocolVersion": 5})),
                "initialize: `params.protocolVersion`: it must be text, not a number",
            ),
        ] {
            let error = error(method, params.as_ref(), &meta(json!({})));
            assert_eq!(error.code, ErrorCode::INVALID_PARAMS);
            assert!(error.message.starts_with(expected), "{}", error.message);
        }
    }

    #[test]
    fn removed_methods_are_unknown_since_2026_07_28() {
        let modern = meta(json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28"}));
        for method in REMOVED {
            assert_eq!(error(method, None, &modern).code, ErrorCode::METHOD_NOT_FOUND, "{method}");
            assert_eq!(error(method, None, &meta(json!({}))).code, ErrorCode::INVALID_PARAMS, "{method}");
        }
    }

    #[test]
    fn an_error_repeats_a_long_method_only_in_part() {
        let error = error(&"m".repeat(100_000), None, &meta(json!({})));
        assert_eq!(error.code, ErrorCode::METHOD_NOT_FOUND);
        assert!(error.message.len() < 300);
    }
}

//! Protocol errors that several requests share.

use domain::code::Code;
use domain::text_cleaning;
use rmcp::ErrorData;
use serde_json::json;

/// Longest part of a name or URI from a client that an error repeats.
const NAME_CHARACTERS_MAX: usize = 80;
const URI_CHARACTERS_MAX: usize = 200;

/// There is no tool, prompt or taskgraph (`kind`) of this name.
pub(super) fn unknown(kind: &str, name: &str) -> ErrorData {
    ErrorData::invalid_params(format!("there is no {kind} `{}`", truncated(name, NAME_CHARACTERS_MAX)), None)
}

/// There is no tool of this name; `near` are those with a similar name.
pub(super) fn unknown_tool(name: &str, near: &[&str]) -> ErrorData {
    let mut error = unknown("tool", name);
    if !near.is_empty() {
        let near: Vec<_> = near.iter().map(|name| format!("`{name}`")).collect();
        error.message = format!("{}; there is {}", error.message, near.join(", ")).into();
    }
    error
}

/// There is no resource with this URI. rmcp sends the code that the client's revision has for it.
pub(super) fn resource_not_found(uri: &str) -> ErrorData {
    let uri = &truncated(uri, URI_CHARACTERS_MAX);
    ErrorData::resource_not_found(
        format!("there is no resource `{uri}`; resources/list and resources/templates/list name them"),
        Some(json!({ "uri": uri })),
    )
}

/// There is too much under way for this request.
pub(super) fn busy(problem: &str) -> ErrorData {
    let hint = "nothing was done; end some of them, or try again later";
    ErrorData::internal_error(problem.to_owned(), Some(json!({"code": Code::Busy.as_str(), "hint": hint})))
}

/// The caller's token does not open this part of the server, such as `prompts`.
pub(super) fn not_permitted(part: &str) -> ErrorData {
    let message = format!("the token you call with does not open {part}; the operator decides what it opens");
    ErrorData::invalid_request(message, None)
}

/// The client cancelled the request. Nobody reads this response; a write that has begun goes on in the HubSpot client.
pub(super) fn cancelled() -> ErrorData {
    ErrorData::internal_error("the call was cancelled", None)
}

fn truncated(text: &str, characters_max: usize) -> String {
    let part: String = text.chars().take(characters_max).collect();
    text_cleaning::clean(&part).text.into_owned()
}

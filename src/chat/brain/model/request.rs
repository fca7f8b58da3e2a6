//! The body of a request, in the part of the API that all endpoints take.

use serde_json::{Map, Value, json};

use super::memory::TurnMemory;
use super::options::{Options, TokenKey};
use super::repair::Repairs;
use super::{messages, tools};
use crate::chat::brain::View;
use crate::chat::conversation::Message;

/// The body for what a brain is shown. `history` is the part of its history that is sent. A field that an endpoint may not
/// know is left out unless the operator wants it.
pub(super) fn body(
    view: &View<'_>,
    history: &[Message],
    memory: &TurnMemory,
    options: &Options,
    repairs: Repairs,
) -> Map<String, Value> {
    let mut body = Map::new();
    let echo = options.echo_reasoning && !repairs.without_echo;
    body.insert("model".to_owned(), json!(options.model));
    body.insert("messages".to_owned(), Value::Array(messages::of(view, history, memory, echo)));
    if !view.tools.is_empty() {
        body.insert("tools".to_owned(), Value::Array(tools::specs(view.tools)));
        // The tools stay in the last request: some refuse calls in the history without them.
        body.insert("tool_choice".to_owned(), json!(if view.must_answer { "none" } else { "auto" }));
    }
    body.insert("stream".to_owned(), json!(false));
    if let (Some(key), Some((_, tokens))) = (token_key(options, repairs), options.token_limit) {
        body.insert(key.name().to_owned(), json!(tokens));
    }
    if let Some(effort) = &options.reasoning_effort {
        body.insert("reasoning_effort".to_owned(), json!(effort));
    }
    body.extend(options.extra_body.clone());
    if repairs.without_reasoning {
        body.insert("reasoning_effort".to_owned(), json!("none"));
    }
    body
}

/// The field that limits the tokens of an answer, if one is sent.
pub(super) fn token_key(options: &Options, repairs: Repairs) -> Option<TokenKey> {
    let key = options.token_limit.map(|(key, _)| key)?;
    Some(if repairs.other_token_key { key.other() } else { key })
}

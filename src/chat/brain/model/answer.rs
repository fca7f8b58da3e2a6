//! The decision that an answer holds, read as leniently as servers differ.

use serde_json::{Map, Value};

use super::calls::{self, RequestedCalls};
use super::ids::Ids;
use super::{text, usage};
use crate::chat::brain::{BrainError, Decision, Reply, Tokens};

/// A decision, with what is needed to go on from it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ModelAnswer {
    pub(super) decision: Decision,
    pub(super) tokens: Tokens,
    /// The assistant's message that repeats the calls; `None` for a reply.
    pub(super) echo: Option<Value>,
}

/// The circumstances of a request, as far as its answer depends on them.
#[derive(Clone, Debug)]
pub(super) struct RequestFacts {
    /// The ids of earlier calls of the turn.
    pub(super) ids: Ids,
    /// The bytes of the request.
    pub(super) sent: usize,
    /// No more calls are taken.
    pub(super) must_answer: bool,
}

/// Reads the body of a successful answer, which [`super::failure`] has found to be no error.
///
/// # Errors
/// [`BrainError::Refused`] if the model refused or its answer was filtered, [`BrainError::Garbage`] if it is of no use.
pub(super) fn read(answer: &Value, asked: RequestFacts) -> Result<ModelAnswer, BrainError> {
    let choice = &answer["choices"][0];
    let message = choice["message"].as_object().ok_or_else(|| BrainError::Garbage(NO_MESSAGE.to_owned()))?;
    let finish = choice["finish_reason"].as_str().unwrap_or_default();
    let is_refusal = message.get("refusal").and_then(Value::as_str).is_some_and(|why| !why.is_empty());
    if is_refusal || finish == "content_filter" {
        return Err(BrainError::Refused);
    }
    let tokens = usage::of(answer, asked.sent, Value::Object(message.clone()).to_string().len());
    let content = text::of_content(message.get("content"));
    let is_cut = matches!(finish, "length" | "model_length");
    let Some(wanted) = wanted(message, &content, is_cut, asked) else {
        let reply = Reply::text(text::shown(&content, is_cut)?);
        return Ok(ModelAnswer { decision: Decision::Say(reply), tokens, echo: None });
    };
    Ok(ModelAnswer { decision: Decision::Call(wanted.calls), tokens, echo: Some(wanted.message) })
}

const NO_MESSAGE: &str = "it is not of the form of a chat completion";

/// The calls, if there are any: they decide, and not the reason to finish, for which servers have many words. A model that
/// was asked for words and gives both is taken by its words.
fn wanted(message: &Map<String, Value>, content: &str, is_cut: bool, asked: RequestFacts) -> Option<RequestedCalls> {
    let RequestFacts { mut ids, must_answer, .. } = asked;
    let wanted = calls::read(message, content, is_cut, &mut ids)?;
    let has_words = must_answer && text::shown(content, is_cut).is_ok();
    (!has_words).then_some(wanted)
}

//! The failure of a request, in the forms that servers give it.

use std::fmt;
use std::time::Duration;

use http::HeaderMap;
use serde_json::Value;

use super::retry_after;
use crate::chat::brain::BrainError;

/// The longest part of an error's message that is looked at.
const MESSAGE_BYTES_MAX: usize = 2_000;
/// The longest code that the operator is shown. It has no spaces, so that it cannot be a sentence of the conversation.
const CODE_BYTES_MAX: usize = 64;
/// The status that stands for an error in an answer of status 200 that names none.
const UNNAMED: u16 = 502;

/// The reason why a request has no answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Failure {
    /// No connection, or it broke; the text holds no content.
    Broken(String),
    /// No whole answer within this time.
    TimedOut(Duration),
    /// An answer of status 200 that is no JSON.
    NotJson,
    /// The model takes tools only over another API.
    OtherApi,
    /// The server's error.
    Refused(ApiError),
}

/// A server's error. The message may repeat the conversation, so it is never shown, and `Debug` leaves it out.
#[derive(Clone, Default, PartialEq)]
pub(super) struct ApiError {
    pub(super) status: u16,
    /// The code, or the type where there is none, if it looks like one.
    code: Option<String>,
    /// The type, which some servers use for what is a code elsewhere.
    kind: Option<String>,
    pub(super) param: Option<String>,
    message: String,
    /// The wait that the server asks for.
    pub(super) retry_after: Option<Duration>,
    /// The server says that the same request would fail again.
    pub(super) is_final: bool,
    has_flagged_input: bool,
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown())
    }
}

/// What a server's error means for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It may pass: too many requests, or the server fails.
    Passing,
    /// The operator must change something: key, credit, model or address.
    Permanent,
    /// The conversation is longer than the model takes.
    TooLong,
    /// The conversation was filtered.
    Filtered,
    /// The model wrote a call that its server cannot read.
    BrokenCall,
    /// This request is refused.
    Invalid,
}

impl ApiError {
    /// Reads an answer. `None` for one that is no error. Some servers answer 200 with an error in the body.
    pub(super) fn read(status: u16, headers: &HeaderMap, body: &Value) -> Option<ApiError> {
        let is_success = (200..300).contains(&status);
        let error = if body.is_array() { &body[0]["error"] } else { &body["error"] };
        let in_choice = &body["choices"][0]["error"];
        match () {
            () if is_success && body["choices"].get(0).is_some() && in_choice.is_null() => None,
            () if is_success && error.is_null() && in_choice.is_null() && body["object"] != "error" => None,
            () if is_success && error.is_null() => Some(of(status, headers, in_choice, in_choice)),
            () => Some(of(status, headers, error, body)),
        }
    }

    /// The meaning of the error, by status, code and, where servers have no codes, words of the message.
    pub(super) fn meaning(&self) -> Meaning {
        let too_long = ["context_length_exceeded", "exceed_context_size_error", "string_above_max_length"];
        let filtered = ["content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation"];
        let no_credit = ["insufficient_quota", "billing_hard_limit_reached", "insufficient_balance"];
        let permanent = ["invalid_api_key", "model_not_found", "API_KEY_INVALID"];
        match self.status {
            _ if self.is_one_of(&filtered) || self.has_flagged_input => Meaning::Filtered,
            _ if self.is_one_of(&no_credit) => Meaning::Permanent,
            400 if self.is_one_of(&["tool_use_failed"]) => Meaning::BrokenCall,
            // OpenRouter's credit that other requests hold for the moment.
            402 if self.is_one_of(&["openrouter_in_flight_budget"]) => Meaning::Passing,
            408 | 409 | 429 | 498 | 500..=599 => Meaning::Passing,
            401..=405 => Meaning::Permanent,
            413 => Meaning::TooLong,
            400 | 422 if self.is_one_of(&permanent) || self.says("does not support tools") => Meaning::Permanent,
            400 | 422 if self.is_one_of(&too_long) || self.says("context") || self.says("maximum") => Meaning::TooLong,
            _ => Meaning::Invalid,
        }
    }

    /// True if the message has this word. Some servers have no codes.
    pub(super) fn says(&self, word: &str) -> bool {
        self.message.to_lowercase().contains(word)
    }

    fn is_one_of(&self, codes: &[&str]) -> bool {
        let known = |code: &Option<String>| code.as_deref().is_some_and(|code| codes.contains(&code));
        known(&self.code) || known(&self.kind)
    }

    /// Status and code for the operator.
    pub(super) fn shown(&self) -> String {
        let says_more = |code: &&str| *code != self.status.to_string();
        let code = self.code.as_deref().filter(says_more).or(self.kind.as_deref());
        format!("HTTP {}{}", self.status, code.map(|code| format!(" ({code})")).unwrap_or_default())
    }
}

fn of(status: u16, headers: &HeaderMap, error: &Value, body: &Value) -> ApiError {
    let inner =
        error["code"].as_u64().and_then(|code| u16::try_from(code).ok()).filter(|code| (400..600).contains(code));
    let status = if (200..300).contains(&status) { inner.unwrap_or(UNNAMED) } else { status };
    let places = if error.is_object() { [error, body] } else { [body, error] };
    let field = |name: &str| places.iter().find_map(|place| code(&place[name]));
    let metadata = &error["metadata"];
    let reason = details(error).find_map(|detail| code(&detail["reason"]));
    let azure = code(&error["innererror"]["code"]);
    ApiError {
        status,
        code: azure.or(reason).or_else(|| code(&metadata["limit_source"])).or_else(|| field("code")),
        kind: field("type").or_else(|| field("status")),
        param: field("param").or_else(|| refused_field(body)),
        message: message(error, body),
        retry_after: retry_after::of(headers).or_else(|| details(error).find_map(retry_delay)),
        is_final: headers.get("x-should-retry").is_some_and(|value| value == "false"),
        has_flagged_input: !metadata["flagged_input"].is_null(),
    }
}

/// The details of Google's errors.
fn details(error: &Value) -> impl Iterator<Item = &Value> {
    error["details"].as_array().into_iter().flatten()
}

fn retry_delay(detail: &Value) -> Option<Duration> {
    retry_after::seconds(detail["retryDelay"].as_str()?.strip_suffix('s')?)
}

/// The field that Mistral's validation does not know.
fn refused_field(body: &Value) -> Option<String> {
    let first = body["message"]["detail"].get(0).or_else(|| body["detail"].get(0))?;
    code(first["loc"].as_array()?.last()?)
}

/// A code: a number, or a word without spaces. Everything else could be part of the conversation.
fn code(value: &Value) -> Option<String> {
    let text = value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|number| number.to_string()))?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '[' | ']');
    (!text.is_empty() && text.len() <= CODE_BYTES_MAX && text.chars().all(fits)).then_some(text)
}

fn message(error: &Value, body: &Value) -> String {
    let detail = body["message"]["detail"].get(0).or_else(|| body["detail"].get(0));
    let places = [Some(&error["message"]), Some(error), Some(&body["message"]), detail.map(|detail| &detail["msg"])];
    let text = places.into_iter().flatten().find_map(Value::as_str).unwrap_or_default();
    text.chars().take(MESSAGE_BYTES_MAX).collect()
}

const OTHER_API: &str = "it calls tools only over the Responses API, which is not spoken here: choose another --model";

impl Failure {
    /// The error for the operator.
    pub(super) fn into_error(self) -> BrainError {
        match self {
            Failure::Broken(why) => BrainError::Unavailable(why),
            Failure::TimedOut(after) => BrainError::TimedOut(after.as_secs()),
            Failure::NotJson => BrainError::Garbage("it is not JSON: is the address that of an API?".to_owned()),
            Failure::OtherApi => BrainError::Misconfigured(OTHER_API.to_owned()),
            Failure::Refused(error) => match error.meaning() {
                Meaning::Permanent => BrainError::Misconfigured(error.shown()),
                Meaning::Passing | Meaning::Invalid => BrainError::Unavailable(error.shown()),
                Meaning::TooLong => BrainError::TooLong,
                Meaning::Filtered => BrainError::Refused,
                Meaning::BrokenCall => BrainError::Garbage(error.shown()),
            },
        }
    }

    /// The server's error, if it is one.
    pub(super) fn refused(&self) -> Option<&ApiError> {
        match self {
            Failure::Refused(error) => Some(error),
            _ => None,
        }
    }
}

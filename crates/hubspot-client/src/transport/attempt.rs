//! What one attempt came to, read from HubSpot's bytes: a value, or a fault with its kind and the error it means.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, header};
use serde_json::Value;
use tokio::time::Instant;

use crate::error::{Error, Problem};
use crate::redact;
use http_client::SendError;

const PROBLEMS_MAX: usize = 20;
/// HubSpot moves an account in up to 24 hours; a longer time is a mistake.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// An attempt that gave no value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AttemptError {
    pub(crate) kind: Kind,
    pub(crate) error: Error,
    /// HubSpot's own names for a refusal, for the families that know more about them.
    pub(crate) refusal: Box<Refusal>,
    /// When the request left: HubSpot may have worked on it since then.
    pub(crate) left_at: Option<Instant>,
}

/// Kinds of fault, by what they say about trying again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 429 with the policy that was broken. Nothing was done.
    Throttled { policy: Policy, retry_after: Option<Duration> },
    /// 423: a bulk operation holds the record. Nothing was done.
    Locked,
    /// 477: the account is being moved. Nothing was done.
    Migrating { retry_after: Option<Duration> },
    /// Any other 4xx, or something that stopped the request here. Nothing was done, and a repeat ends the same way.
    Refused,
    /// Nothing left this process or reached the other side.
    NotSent,
    /// 5xx: it may have been done.
    Failed { status: u16 },
    /// The connection broke after the request had left: it may have been done.
    ConnectionLost,
    /// No answer for as long as was waited: it may have been done, or may still be.
    NoResponse,
    /// An answer that says success in a form nobody can read. In HubSpot's own JSON that is true: it was done.
    Unreadable { done: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    TenSecondly,
    /// The search API's limit, and the older limit per second.
    Secondly,
    Daily,
}

/// HubSpot's names for why it refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) category: String,
    pub(crate) sub_category: String,
    /// Raw, for recognising a case by its words; never shown.
    pub(crate) message: String,
}

impl AttemptError {
    pub(crate) fn new(kind: Kind, error: Error) -> AttemptError {
        AttemptError { kind, error, refusal: Box::default(), left_at: None }
    }

    /// HubSpot's own answer, without what it must have.
    pub(crate) fn unreadable(reason: &'static str) -> AttemptError {
        AttemptError::new(Kind::Unreadable { done: true }, Error::Unreadable { reason })
    }

    fn garbled(body: &[u8]) -> AttemptError {
        let done = matches!(body.trim_ascii_start().first(), Some(b'{' | b'['));
        AttemptError::new(Kind::Unreadable { done }, Error::Unreadable { reason: garbled_reason(body) })
    }

    /// Whether HubSpot may have carried the request out.
    pub(crate) fn maybe_done(&self) -> bool {
        matches!(self.kind, Kind::Failed { .. } | Kind::ConnectionLost | Kind::NoResponse | Kind::Unreadable { .. })
    }

    /// Whether HubSpot may be at work on the request still: nothing was heard of it, or only of a gateway before it.
    pub(crate) fn maybe_under_way(&self) -> bool {
        matches!(self.kind, Kind::Failed { status: 502 | 504 | 520..=527 } | Kind::ConnectionLost | Kind::NoResponse)
    }
}

/// Reads what the wire brought back.
pub(crate) fn read(came: Result<Response<Bytes>, SendError>, family: &'static str) -> Result<Value, AttemptError> {
    let answer = match came {
        Ok(answer) => answer,
        Err(SendError::BeforeSend(reason)) => {
            return Err(AttemptError::new(Kind::NotSent, Error::Unreachable { reason }));
        }
        Err(SendError::AfterSend(reason)) => {
            return Err(AttemptError::new(Kind::ConnectionLost, Error::Unreachable { reason }));
        }
    };
    let (status, body) = (answer.status().as_u16(), answer.body());
    match status {
        204 => Ok(Value::Null),
        200..=299 if body.is_empty() => Ok(Value::Null),
        200..=299 => serde_json::from_slice(body).map_err(|_| AttemptError::garbled(body)),
        _ => Err(refused(status, answer.headers(), &json_or_null(body), family)),
    }
}

/// Reads one entry of a batch's `errors`: the same words in another envelope.
pub(crate) fn of_batch_entry(entry: &Value, family: &'static str) -> AttemptError {
    let status = match entry["category"].as_str().unwrap_or_default() {
        "OBJECT_NOT_FOUND" => 404,
        "CONFLICT" | "OBJECT_ALREADY_EXISTS" => 409,
        "MISSING_SCOPES" => 403,
        "RATE_LIMITS" => 429,
        _ => 400,
    };
    refused(status, &HeaderMap::new(), entry, family)
}

fn refused(status: u16, headers: &HeaderMap, body: &Value, family: &'static str) -> AttemptError {
    let kind = kind(status, headers, body);
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    let refusal =
        Refusal { status, category: text("category"), sub_category: text("subCategory"), message: text("message") };
    AttemptError { refusal: Box::new(refusal), ..AttemptError::new(kind, error(status, kind, body, family)) }
}

fn kind(status: u16, headers: &HeaderMap, body: &Value) -> Kind {
    match status {
        429 => Kind::Throttled { policy: policy(body), retry_after: retry_after(headers) },
        423 => Kind::Locked,
        477 => Kind::Migrating { retry_after: retry_after(headers) },
        408 | 500..=599 => Kind::Failed { status },
        _ => Kind::Refused,
    }
}

fn error(status: u16, kind: Kind, body: &Value, family: &'static str) -> Error {
    match (status, kind) {
        (_, Kind::Throttled { policy: Policy::Daily, .. }) => {
            Error::DailyLimit { resets_at: None, retry_after: Duration::from_secs(3600) }
        }
        (_, Kind::Throttled { retry_after, .. }) => {
            Error::RateLimited { retry_after: retry_after.unwrap_or(Duration::from_secs(10)) }
        }
        (_, Kind::Locked) => Error::Locked,
        (_, Kind::Migrating { retry_after }) => Error::Migrating { retry_after },
        (401, _) if body["category"] == "EXPIRED_AUTHENTICATION" => Error::TokenExpired,
        (401, _) => Error::TokenRejected,
        (403, _) => Error::ScopeMissing { scopes: scopes(body) },
        (404, _) if body.is_null() => Error::RouteUnknown { family },
        (404, _) => Error::NotFound,
        (405, _) => Error::RouteUnknown { family },
        (409, _) => Error::Conflict { existing_id: existing_id(body) },
        (413 | 414, _) => Error::TooLong,
        (400..=407 | 410..=499, _) => Error::Rejected { problems: problems(body) },
        _ => Error::Failed { status },
    }
}

/// HubSpot's guide names the policy; its search API sends only the sentence.
fn policy(body: &Value) -> Policy {
    let message = body["message"].as_str().unwrap_or_default().to_lowercase();
    match body["policyName"].as_str() {
        Some("DAILY") => Policy::Daily,
        Some("SECONDLY") => Policy::Secondly,
        Some(_) => Policy::TenSecondly,
        None if message.contains("daily") => Policy::Daily,
        None if message.contains("ten_secondly") => Policy::TenSecondly,
        None if message.contains("secondly") => Policy::Secondly,
        None => Policy::TenSecondly,
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

fn scopes(body: &Value) -> Vec<String> {
    let nested = body["errors"].as_array().into_iter().flatten().map(|error| &error["context"]);
    let contexts = nested.chain([&body["context"]]);
    let named = contexts.flat_map(|context| ["requiredGranularScopes", "requiredScopes"].map(|key| &context[key]));
    let mut scopes: Vec<_> =
        named.filter_map(Value::as_array).flatten().filter_map(|scope| redact::name(scope.as_str()?)).collect();
    scopes.sort();
    scopes.dedup();
    scopes
}

fn existing_id(body: &Value) -> Option<domain::id::RecordId> {
    let field = body["context"]["existingId"][0].as_str().and_then(|id| id.parse().ok());
    field.or_else(|| {
        let (_, after) = body["message"].as_str()?.split_once("Existing ID: ")?;
        after.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    })
}

fn problems(body: &Value) -> Vec<Problem> {
    let message = body["message"].as_str().unwrap_or_default();
    let mut problems: Vec<_> = embedded(message).iter().map(embedded_problem).collect();
    if problems.is_empty() {
        problems = body["errors"].as_array().into_iter().flatten().map(listed_problem).collect();
    }
    if problems.is_empty() {
        let code = ["subCategory", "category"].iter().find_map(|key| redact::name(body[key].as_str()?));
        problems.push(Problem { property: None, code, reason: redact::text(message) });
    }
    problems.truncate(PROBLEMS_MAX);
    problems.dedup();
    problems
}

/// `Property values were not valid: [{…}]`: HubSpot packs a JSON list into its sentence.
fn embedded(message: &str) -> Vec<Value> {
    let Some(start) = message.find("[{") else { return vec![] };
    let mut values = serde_json::Deserializer::from_str(&message[start..]).into_iter::<Vec<Value>>();
    values.next().and_then(Result::ok).unwrap_or_default()
}

fn embedded_problem(item: &Value) -> Problem {
    Problem {
        property: item["name"].as_str().and_then(redact::name),
        code: item["error"].as_str().and_then(redact::name),
        reason: redact::text(item["message"].as_str().unwrap_or_default()),
    }
}

fn listed_problem(item: &Value) -> Problem {
    let property = &item["context"]["propertyName"];
    Problem {
        property: property[0].as_str().or(property.as_str()).and_then(redact::name),
        code: item["code"].as_str().or(item["subCategory"].as_str()).and_then(redact::name),
        reason: redact::text(item["message"].as_str().unwrap_or_default()),
    }
}

fn json_or_null(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}

fn garbled_reason(body: &[u8]) -> &'static str {
    match body.trim_ascii_start().first() {
        Some(b'<') => "it is a web page instead of JSON",
        Some(b'{' | b'[') => "its JSON broke off",
        _ => "it is not JSON",
    }
}

#[cfg(test)]
mod tests;

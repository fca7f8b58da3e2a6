//! The result of one attempt, read from HubSpot's answer: a value, or an error with its kind.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, header};
use serde_json::Value;
use tokio::time::Instant;

use crate::error::{Error, Problem};
use crate::redact;
use http_client::SendError;

/// The longest time that HubSpot works on a request. A write that it has not done by then it will not do.
pub(crate) const HUBSPOT_WORK_MAX: Duration = Duration::from_secs(13);
/// The most refused values that one error names.
const PROBLEMS_MAX: usize = 20;
/// HubSpot moves an account to another data centre within 24 hours; a longer `Retry-After` is a mistake.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The error of an attempt that gave no value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AttemptError {
    pub(crate) kind: FailureKind,
    pub(crate) error: Error,
    /// HubSpot's own names for a refusal, from which an API family can tell more.
    pub(crate) refusal: Box<Refusal>,
    /// The latest instant at which the request can have reached HubSpot, which may have worked on it since then.
    pub(crate) sent_at: Option<Instant>,
    /// An attempt before this one may have been carried out.
    pub(crate) follows_lost: bool,
}

/// Kinds of failure, by what they mean for a repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureKind {
    /// Status 429, with the limit that was exceeded. Nothing was done.
    Throttled { policy: Policy, retry_after: Option<Duration> },
    /// Status 423: a bulk operation has locked the record. Nothing was done.
    Locked,
    /// Status 477: HubSpot is moving the account to another data centre. Nothing was done.
    Migrating { retry_after: Option<Duration> },
    /// Any other 4xx, or a request that this client did not send. Nothing was done, and a repeat would end the same way.
    Refused,
    /// Status 401 for a token in whose place there is another one now. Nothing was done.
    TokenRenewed,
    /// The request did not reach HubSpot.
    NotSent,
    /// Status 408 or 5xx: the request may have been carried out.
    Failed { status: u16 },
    /// The connection broke after the request was sent: it may have been carried out.
    ConnectionLost,
    /// No answer came within the time limit: the request may have been carried out, or may be in progress.
    NoResponse,
    /// A status of success with a body that cannot be read. `done`: the body is HubSpot's JSON, so the request was carried
    /// out; otherwise something in between, such as a proxy, may have answered.
    Unreadable { done: bool },
}

/// HubSpot's rate limits (HubSpot, API usage guidelines).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    TenSecondly,
    /// The limit of the search API, and the older limit per second.
    Secondly,
    Daily,
}

/// The fields in which HubSpot names the reason of a refusal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) category: String,
    pub(crate) sub_category: String,
    /// HubSpot's text as it came. It is only searched for known words and never shown.
    pub(crate) message: String,
}

impl AttemptError {
    pub(crate) fn new(kind: FailureKind, error: Error) -> AttemptError {
        AttemptError { kind, error, refusal: Box::default(), sent_at: None, follows_lost: false }
    }

    /// Nothing was done, and a repeat would end the same way.
    pub(crate) fn refused(error: Error) -> AttemptError {
        AttemptError::new(FailureKind::Refused, error)
    }

    /// An answer of HubSpot's own that lacks a part it must have.
    pub(crate) fn unreadable(reason: &'static str) -> AttemptError {
        AttemptError::new(FailureKind::Unreadable { done: true }, Error::Unreadable { reason })
    }

    fn garbled(body: &[u8]) -> AttemptError {
        let done = matches!(body.trim_ascii_start().first(), Some(b'{' | b'['));
        AttemptError::new(FailureKind::Unreadable { done }, Error::Unreadable { reason: garbled_reason(body) })
    }

    /// True if HubSpot may have carried the request out.
    pub(crate) fn may_have_been_done(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::Failed { .. }
                | FailureKind::ConnectionLost
                | FailureKind::NoResponse
                | FailureKind::Unreadable { .. }
        )
    }

    /// True if this attempt did nothing, and one before it may have.
    pub(crate) fn is_in_doubt(&self) -> bool {
        self.follows_lost && !self.may_have_been_done()
    }

    /// True if HubSpot did not accept the token.
    pub(crate) fn is_unauthorized(&self) -> bool {
        matches!(self.error, Error::TokenRejected | Error::TokenExpired)
    }

    /// True if HubSpot may still be working on the request: no answer came, or only one from a gateway in front of it.
    pub(crate) fn may_be_in_progress(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::Failed { status: 502 | 504 | 520..=527 }
                | FailureKind::ConnectionLost
                | FailureKind::NoResponse
        )
    }
}

impl From<AttemptError> for Error {
    fn from(attempt: AttemptError) -> Error {
        attempt.error
    }
}

impl FailureKind {
    /// The label of a repeat in metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            FailureKind::Throttled { .. } => "throttled",
            FailureKind::Locked => "locked",
            FailureKind::Migrating { .. } => "migrating",
            FailureKind::TokenRenewed => "token_renewed",
            FailureKind::NotSent => "not_sent",
            FailureKind::Failed { .. } => "failed",
            FailureKind::ConnectionLost => "lost",
            FailureKind::NoResponse => "silent",
            FailureKind::Unreadable { .. } => "unreadable",
            FailureKind::Refused => "refused",
        }
    }
}

/// Reads the answer that the HTTP client brought, or its failure.
pub(crate) fn read(response: Result<Response<Bytes>, SendError>, family: &'static str) -> Result<Value, AttemptError> {
    let answer = match response {
        Ok(answer) => answer,
        Err(SendError::BeforeSend(reason)) => {
            return Err(AttemptError::new(FailureKind::NotSent, Error::Unreachable { reason }));
        }
        Err(SendError::AfterSend(reason)) => {
            return Err(AttemptError::new(FailureKind::ConnectionLost, Error::Unreachable { reason }));
        }
    };
    let (status, body) = (answer.status().as_u16(), answer.body());
    match status {
        204 => Ok(Value::Null),
        200..=299 if body.is_empty() => Ok(Value::Null),
        200..=299 => serde_json::from_slice(body).map_err(|_| AttemptError::garbled(body)),
        _ => Err(from_answer(status, answer.headers(), &json_or_null(body), family)),
    }
}

/// Reads one entry of the `errors` of a batch, which has the same fields as the body of a failed request.
pub(crate) fn of_batch_entry(entry: &Value, family: &'static str) -> AttemptError {
    let status = match entry["category"].as_str().unwrap_or_default() {
        "OBJECT_NOT_FOUND" => 404,
        "CONFLICT" | "OBJECT_ALREADY_EXISTS" => 409,
        "MISSING_SCOPES" => 403,
        "RATE_LIMITS" => 429,
        _ => 400,
    };
    from_answer(status, &HeaderMap::new(), entry, family)
}

fn from_answer(status: u16, headers: &HeaderMap, body: &Value, family: &'static str) -> AttemptError {
    let kind = failure_kind(status, headers, body);
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    let refusal =
        Refusal { status, category: text("category"), sub_category: text("subCategory"), message: text("message") };
    AttemptError { refusal: Box::new(refusal), ..AttemptError::new(kind, error(status, kind, body, family)) }
}

fn failure_kind(status: u16, headers: &HeaderMap, body: &Value) -> FailureKind {
    match status {
        429 => FailureKind::Throttled { policy: policy(body), retry_after: retry_after(headers) },
        423 => FailureKind::Locked,
        477 => FailureKind::Migrating { retry_after: retry_after(headers) },
        408 | 500..=599 => FailureKind::Failed { status },
        _ => FailureKind::Refused,
    }
}

fn error(status: u16, kind: FailureKind, body: &Value, family: &'static str) -> Error {
    match (status, kind) {
        (_, FailureKind::Throttled { policy: Policy::Daily, .. }) => {
            Error::DailyLimit { resets_at: None, retry_after: Duration::from_secs(3600) }
        }
        (_, FailureKind::Throttled { retry_after, .. }) => {
            Error::RateLimited { retry_after: retry_after.unwrap_or(Duration::from_secs(10)) }
        }
        (_, FailureKind::Locked) => Error::Locked,
        (_, FailureKind::Migrating { retry_after }) => Error::Migrating { retry_after },
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

/// The limit that was exceeded. HubSpot's guide promises `policyName`; its search API sends only a message.
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

/// The JSON list inside of a message such as `Property values were not valid: [{…}]`.
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

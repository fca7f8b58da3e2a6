//! The parts of requests and answers that the interfaces of visitors and of staff share.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use http::StatusCode;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::answer::{ApiError, WAIT};
use super::{events, input};
use crate::web::claim::Refused;
use crate::web::visit::answering::Answering;
use crate::web::visit::opening::NotOpened;
use crate::web::visit::replicated::NotAccepted;
use crate::web::visit::room::Full;
use crate::web::visit::visit::{MessageRejected, Visit};

/// A wait after which a full chat may have room again.
const BUSY: Duration = Duration::from_secs(30);
/// A wait after which the store, or another replica, may be ready.
const STORE_AGAIN: Duration = Duration::from_secs(2);
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// True for a request for a stream of events.
pub fn wants_stream(head: &Parts) -> bool {
    let accepts = head.headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    accepts.contains("text/event-stream")
}

/// Answers with what happens in a conversation after the number that the request names: as a stream, which lasts at most so
/// long, or at once.
///
/// # Errors
/// A refusal that says what is wrong.
pub async fn follow(
    head: &Parts,
    visit: Arc<Visit>,
    answering: &Answering,
    stream_max: Duration,
) -> Result<Response, ApiError> {
    let query = head.uri.query().unwrap_or_default();
    let number = |name: &str| {
        let given = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value);
        let read = |value: &str| value.parse().map_err(|_| ApiError::input(format!("`{name}` must be a number")));
        given.map(|value| read(&value)).transpose()
    };
    let resumed = head.headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()?.parse::<u64>().ok());
    let after = resumed.or(number("after")?).unwrap_or(0);
    if wants_stream(head) {
        return Ok(events::stream(visit, after, answering.clone(), stream_max));
    }
    let wait = Duration::from_secs(number("wait")?.unwrap_or(0));
    Ok(events::answer(&visit, after, wait, answering).await)
}

/// Reads a JSON body. Its type is asked for: a form of any page can post other types without asking the browser.
///
/// # Errors
/// A refusal that says what is wrong.
pub fn read_json<T: DeserializeOwned>(head: &Parts, body: &[u8]) -> Result<T, ApiError> {
    let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.trim_start().to_ascii_lowercase().starts_with("application/json") {
        let hint = "send JSON, with `Content-Type: application/json`";
        return Err(ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "NO_JSON",
            "the body is not said to be JSON",
            hint,
        ));
    }
    input::read(body)
}

/// The refusal of a conversation, or of a message in one, that found no room.
pub fn full(full: Full) -> ApiError {
    let hint = "nothing was taken; end a conversation that is done, or send it again later";
    let (status, code, message) = match full {
        Full::OfAddress => (
            StatusCode::TOO_MANY_REQUESTS,
            "TOO_MANY_CONVERSATIONS",
            "too many conversations of this address or token are open",
        ),
        Full::InAll => (StatusCode::SERVICE_UNAVAILABLE, "BUSY", "too many conversations are open"),
        Full::BytesOfAddress => (
            StatusCode::TOO_MANY_REQUESTS,
            "TOO_MANY_CONVERSATIONS",
            "the open conversations of this address or token hold too much",
        ),
        Full::BytesInAll => {
            (StatusCode::SERVICE_UNAVAILABLE, "BUSY", "the open conversations of all visitors hold too much")
        }
    };
    ApiError::new(status, code, message, hint).after(BUSY)
}

/// The refusal of a claim. Where the same one may be believed later, it is no matter of the claim.
pub fn disbelieved(why: Refused) -> ApiError {
    match why {
        Refused::Untold => not_stored(),
        Refused::TooMany => {
            let hint = "nothing was begun; send the same claim again later, or begin without one";
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "BUSY", why.to_string(), hint).after(BUSY)
        }
        _ => {
            let hint = "begin without a claim, or with one that the page's server has just signed";
            ApiError::new(StatusCode::UNAUTHORIZED, "CLAIM_REFUSED", why.to_string(), hint)
        }
    }
}

/// The refusal of a conversation that may be there and is not opened.
pub fn not_opened(why: NotOpened) -> ApiError {
    match why {
        NotOpened::StoreFailed => not_stored(),
        NotOpened::Full(why) => full(why),
    }
}

/// The refusal of a message that was not accepted.
pub fn not_accepted(why: NotAccepted) -> ApiError {
    match why {
        NotAccepted::Rejected(why) => rejected(why),
        NotAccepted::NotStored => not_stored(),
        NotAccepted::Busy => {
            let message = "another replica still answers in this conversation";
            ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "BUSY", message, WAIT).after(STORE_AGAIN)
        }
    }
}

/// The refusal where the store of the replicas cannot be used.
pub fn not_stored() -> ApiError {
    let message = "the conversation cannot be stored just now, so that nothing was taken";
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "STORE_FAILED", message, WAIT).after(STORE_AGAIN)
}

/// The refusal of a message that was not taken.
pub fn rejected(why: MessageRejected) -> ApiError {
    match why {
        MessageRejected::Ended => ApiError::no_conversation(),
        MessageRejected::TooMany => {
            let message = "too many messages of this conversation wait for their answers";
            ApiError::new(StatusCode::TOO_MANY_REQUESTS, "TOO_OFTEN", message, WAIT).after(Duration::from_secs(2))
        }
        MessageRejected::TooLong => {
            let message = "this conversation has become too long";
            ApiError::new(StatusCode::CONFLICT, "TOO_LONG", message, "begin another one with `start`")
        }
    }
}

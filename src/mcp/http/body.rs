//! Reads request bodies of bounded size within a bounded time.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use super::error_body::refuse;
use crate::mcp::line_codec::LINE_BYTES_MAX;

/// Longest time for a body to arrive.
const BODY_MAX: Duration = Duration::from_secs(30);

/// Reads the whole body before the request is served, so that a slow client occupies only its connection.
pub(super) async fn read(body: Body) -> Result<Bytes, Response> {
    // A declared length that is too large is refused before the body is sent.
    if body.size_hint().lower() > LINE_BYTES_MAX as u64 {
        return Err(closing(too_large()));
    }
    let refusal = match timeout(BODY_MAX, Limited::new(body, LINE_BYTES_MAX).collect()).await {
        Ok(Ok(body)) => return Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => too_large(),
        Ok(Err(_)) => refuse(StatusCode::BAD_REQUEST, "BROKEN_OFF", "the body broke off"),
        Err(_) => {
            let message = format!("the body must arrive within {} s", BODY_MAX.as_secs());
            refuse(StatusCode::REQUEST_TIMEOUT, "TOO_SLOW", &message)
        }
    };
    Err(closing(refusal))
}

fn too_large() -> Response {
    refuse(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", &format!("a message may have {LINE_BYTES_MAX} bytes"))
}

/// Closes the connection: the rest of the body would be read as the next request.
fn closing(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

//! What a client sends: at most so much, and within so much time.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use super::auth_layer::refuse;
use crate::mcp::line_codec::LINE_BYTES_MAX;

/// How long a body may take to arrive.
const BODY_MAX: Duration = Duration::from_secs(30);

/// Takes the whole body before anything is done for it, so that a slow client holds nothing but its connection.
pub(super) async fn bounded(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // Who says beforehand that it is too much need not send it.
    if body.size_hint().lower() > LINE_BYTES_MAX as u64 {
        return closing(too_large());
    }
    let collected = timeout(BODY_MAX, Limited::new(body, LINE_BYTES_MAX).collect()).await;
    let refusal = match collected {
        Ok(Ok(body)) => return next.run(Request::from_parts(parts, Body::from(body.to_bytes()))).await,
        Ok(Err(error)) if error.is::<LengthLimitError>() => too_large(),
        Ok(Err(_)) => refuse(StatusCode::BAD_REQUEST, "BROKEN_OFF", "the body broke off"),
        Err(_) => {
            let message = format!("the body must arrive within {} s", BODY_MAX.as_secs());
            refuse(StatusCode::REQUEST_TIMEOUT, "TOO_SLOW", &message)
        }
    };
    closing(refusal)
}

fn too_large() -> Response {
    refuse(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", &format!("a message may have {LINE_BYTES_MAX} bytes"))
}

/// What is left of the body would be read as the next request.
fn closing(mut answer: Response) -> Response {
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}

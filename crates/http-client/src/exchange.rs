//! The parts that the clients over reqwest share.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Response, header};

use crate::client::SendError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Starts a reqwest client that follows no redirects.
pub(crate) fn builder() -> reqwest::ClientBuilder {
    // The call fails if a provider is installed already, which is as good.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
}

/// Reads the body of a response, and fails once it is longer than `body_bytes_max`.
pub(crate) async fn receive(
    mut response: reqwest::Response,
    body_bytes_max: usize,
    on_error: impl Fn(reqwest::Error) -> SendError,
) -> Result<Response<Bytes>, SendError> {
    let mut body = BytesMut::with_capacity(announced_length(&response).min(body_bytes_max));
    while let Some(chunk) = response.chunk().await.map_err(&on_error)? {
        if body.len() + chunk.len() > body_bytes_max {
            return Err(SendError::AfterSend(format!("the answer is longer than {body_bytes_max} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    let mut received = Response::new(body.freeze());
    *received.status_mut() = response.status();
    *received.headers_mut() = std::mem::take(response.headers_mut());
    Ok(received)
}

fn announced_length(response: &reqwest::Response) -> usize {
    let length = response.headers().get(header::CONTENT_LENGTH);
    length.and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0)
}

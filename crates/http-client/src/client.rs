//! The interface of every HTTP client here, and the error that all of them report.

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use tokio::time::Instant;

/// Sends one HTTP request and returns the whole response.
///
/// The form of a request's URI depends on the client: [`Network`](crate::Network) and
/// [`InProcess`](crate::InProcess) take a path with its query, because they have one fixed host;
/// [`PublicWeb`](crate::PublicWeb) takes an absolute URL.
///
/// No client follows redirects, retries, or treats a status such as 404 or 500 as an error.
pub trait HttpClient: Send + Sync + 'static {
    /// Sends `request` and reads the response's body to its end.
    ///
    /// # Errors
    /// [`SendError`] if no complete response was received.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, SendError>>;

    /// Returns the instant at which the newest connection was open. A request may have waited for it, and then did not
    /// reach the server before. `None` before the first one, and for a client without connections.
    fn connected_at(&self) -> Option<Instant> {
        None
    }
}

/// The failure of a request that got no complete response.
///
/// The text is a reason in plain words that never contains an address, a header or a body, so it can be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The request did not reach the server, so it had no effect and may be sent again.
    #[error("{0}")]
    BeforeSend(String),
    /// The request was sent, and it is unknown whether the server carried it out.
    #[error("{0}")]
    AfterSend(String),
}

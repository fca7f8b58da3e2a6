//! How webhooks leave the account: into a router of this process, or over a socket to this machine.

use std::fmt::Debug;

use axum::Router;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, StatusCode};
use tower::ServiceExt;

/// Carries a request to an app. The URI of the request is the whole target URL.
pub trait WebhookTransport: Debug + Send + Sync {
    /// Sends the request and returns the status of the response, or the reason why there is none.
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<StatusCode, String>>;
}

/// A router of this process: no socket is opened, and tokio's clock may stand still.
impl WebhookTransport for Router {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<StatusCode, String>> {
        let (router, request) = (self.clone(), request.map(axum::body::Body::from));
        Box::pin(async move {
            let Ok(response) = router.oneshot(request).await;
            Ok(response.status())
        })
    }
}

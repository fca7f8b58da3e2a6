//! A server in the same process.

use axum::body::Body;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::client::{HttpClient, SendError};

/// Calls an axum router directly. No socket is involved, so a test can run with tokio's clock paused.
///
/// A request's URI is a path with its query.
#[derive(Debug, Clone)]
pub struct InProcess(
    /// The router that answers the requests.
    pub axum::Router,
);

impl HttpClient for InProcess {
    fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, SendError>> {
        Box::pin(async move {
            let Ok(answer) = self.0.clone().oneshot(request.map(Body::from)).await;
            let (parts, body) = answer.into_parts();
            let body = body.collect().await.map_err(|_| SendError::AfterSend("the answer broke off".to_owned()))?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::post;

    #[tokio::test(start_paused = true)]
    async fn a_request_reaches_the_router_and_its_answer_comes_back() {
        let router =
            axum::Router::new().route("/echo", post(|body: String| async move { (http::StatusCode::ACCEPTED, body) }));
        let request = Request::post("/echo?a=1").body(Bytes::from("hello")).unwrap();
        let answer = InProcess(router).send(request).await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (202, b"hello".as_ref()));
    }
}

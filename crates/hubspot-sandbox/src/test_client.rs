//! A client for the unit tests: it sends requests to the router in the process and returns status and JSON.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request};
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

use crate::sandbox::Sandbox;
use crate::settings::Settings;

/// Sunday, 10:00 in New York.
pub(crate) const NOW: &str = "2026-11-22T15:00:00Z";
pub(crate) const SARAH: &str = "84246479604";

#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
    routes: Router,
    token: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    /// `Null` if the text is not JSON.
    pub(crate) body: Value,
}

pub(crate) fn client() -> Client {
    client_with(Settings::default())
}

pub(crate) fn client_with(settings: Settings) -> Client {
    let sandbox = Sandbox::new(Settings { now: settings.now.or(Some(NOW.parse().unwrap())), ..settings });
    let (routes, token) = (sandbox.router(), sandbox.token().to_owned());
    Client { sandbox, routes, token }
}

impl Client {
    pub(crate) fn with_token(&self, token: &str) -> Client {
        Client { token: token.to_owned(), ..self.clone() }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, String::new()).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, body.to_string()).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, body.to_string()).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, body.to_string()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, String::new()).await
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: impl Into<Body>) -> Reply {
        self.send_as("application/json", method, path, body).await
    }

    pub(crate) async fn send_as(&self, media: &str, method: Method, path: &str, body: impl Into<Body>) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header("content-type", media);
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        let response = self.routes.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = body.collect().await.map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned());
        let text = text.unwrap_or_default();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Reply { status: parts.status.as_u16(), headers: parts.headers, text, body }
    }
}

impl Reply {
    /// Returns the body, or panics if the status is another one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

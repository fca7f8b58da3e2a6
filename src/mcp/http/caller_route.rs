//! Routes beside MCP for callers with a token, such as a page of the company's staff.
//!
//! Who calls, how often, and how much at once is checked as for MCP before they are asked.

use std::fmt::Debug;

use axum::response::Response;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::request::Parts;

use crate::tool::caller::Caller;

/// Routes that callers use.
pub trait CallerRoutes: Debug + Send + Sync {
    /// True for a path that is served here.
    fn takes(&self, path: &str) -> bool;

    /// True for a request whose response lasts as long as its client likes. Its body is not read.
    fn is_stream(&self, head: &Parts) -> bool;

    /// Answers a request of this caller.
    fn respond(&self, head: Parts, body: Bytes, caller: Caller) -> BoxFuture<'_, Response>;
}

//! HTTP clients behind one trait: over the network to one server, to the open web without private addresses, or into a
//! router of the same process.
//!
//! | type | URI of a request | use |
//! |---|---|---|
//! | [`Network`] | path and query | one server under a base URL |
//! | [`PublicWeb`] | absolute URL | pages that other pages link to |
//! | [`InProcess`] | path and query | an axum router, without sockets |
//!
//! All of them are an [`HttpClient`], so code that takes `Arc<dyn HttpClient>` is tested without a network. They report
//! failures as [`SendError`], which tells if a request may have reached the server: that decides if it may be sent
//! again.
//!
//! ```
//! use bytes::Bytes;
//! use http_client::{AddressPolicy, HttpClient, InProcess, PublicWeb, SendError};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let router = axum::Router::new().route("/ping", axum::routing::get(|| async { "pong" }));
//! let request = http::Request::get("/ping").body(Bytes::new())?;
//! let response = InProcess(router).send(request).await?;
//! assert_eq!(response.body().as_ref(), b"pong");
//!
//! let web = PublicWeb::new(AddressPolicy::PublicOnly, 1 << 20)?;
//! let request = http::Request::get("http://127.0.0.1/secret").body(Bytes::new())?;
//! assert!(matches!(web.send(request).await, Err(SendError::BeforeSend(_))));
//! # Ok(())
//! # }
//! ```

mod client;
mod exchange;
mod in_process;
mod network;
mod public_web;

pub use client::{HttpClient, SendError};
pub use in_process::InProcess;
pub use network::{InvalidBaseUrl, Network, is_this_machine};
pub use public_web::{AddressPolicy, PublicWeb};

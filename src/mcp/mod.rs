//! The MCP server: the only module that names `rmcp`.
//!
//! Clients reach it over [`stdio`] or [`http`] (streamable HTTP, and the HTTP+SSE transport of 2024-11-05). Each
//! transport serves the same [`Server`], whose methods `handler` implements for rmcp. A request passes:
//!
//! 1. `line_codec`, `message_limit`, `batch`, `empty_object` and `jsonrpc` parse what was sent; `invalid_params` and
//!    `handshake` answer or drop what cannot be served; `request_ids` gives each request of a stream an id of its own;
//! 2. `auth` identifies the caller, and `call_limits` enforces concurrency limits, the deadline and panic isolation;
//!    `payer` names the owner of the `shares` that a request takes;
//! 3. `tool_call` runs the tool and puts its questions to the person (`elicitation`, `request_state`);
//! 4. `progress` and `subscriptions` send notifications beside the response.

pub mod call_limits;
pub mod http;
pub mod readiness;
pub mod stdio;

mod auth;
mod batch;
mod caller_view;
mod completers;
mod completion;
mod definition;
mod elicitation;
mod empty_object;
mod errors;
mod first_write;
#[cfg(feature = "conformance")]
mod fixtures;
mod handler;
mod handshake;
mod invalid_params;
mod job_prompts;
mod jsonrpc;
mod lasting;
mod line_codec;
mod message_limit;
mod page;
mod payer;
mod presence;
mod progress;
mod prompt;
mod reply;
mod request_ids;
mod request_names;
mod request_state;
mod resource;
mod result_limit;
mod scopes;
mod server;
mod server_info;
mod session_resource;
mod shares;
mod subscriptions;
mod tool_call;

pub use completion::{Completer, CompletionRequest};
pub use request_state::KeyTooShort;
pub use server::Server;

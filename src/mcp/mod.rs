//! The MCP server: the only module that names `rmcp`.
//!
//! Clients reach it over [`stdio`] or [`http`] (streamable HTTP, and the HTTP+SSE transport of 2024-11-05). Each
//! transport serves the same [`Server`], whose methods `handler` implements for rmcp. A request passes:
//!
//! 1. `line_codec`, `message_limit`, `batch`, `empty_object`, `text_arguments` and `jsonrpc` parse what was sent;
//!    `invalid_params` and `handshake` answer or drop what cannot be served; `request_ids` gives each request of a stream an
//!    id of its own;
//! 2. `auth` identifies the caller, and `call_limits` enforces concurrency limits, the deadline and panic isolation;
//!    `quota_key` names the owner of the `shares` that a request takes;
//! 3. `tool_call` runs the tool and puts its questions to the person (`elicitation`, `request_state`); where the client has
//!    sent a key for it, once (`idempotent_call`);
//! 4. `outgoing` removes hidden characters from resources and prompts, as `tool::outgoing` does from answers;
//! 5. `progress` and `subscriptions` send notifications beside the response.

pub mod auth;
pub mod call_limits;
pub mod database_state;
pub mod http;
pub mod readiness;
pub mod stdio;

mod batch;
mod caller_quotas;
mod caller_view;
mod completers;
mod completion;
mod conversation_resource;
mod definition;
mod elicitation;
mod elicitation_permit;
mod empty_object;
mod errors;
mod first_flush;
#[cfg(feature = "conformance")]
mod fixtures;
mod handler;
mod handoff_resource;
mod handshake;
mod idempotency_key;
mod idempotent_call;
mod in_process;
mod invalid_params;
mod job_prompts;
mod jsonrpc;
mod kept_answer;
mod line_codec;
mod message_limit;
mod outgoing;
mod page;
mod pending_errors;
mod progress;
mod prompt;
mod quota_key;
mod reply;
mod request_ids;
mod request_names;
mod request_state;
mod resource;
mod response_listeners;
mod result_limit;
mod retained_messages;
mod scopes;
mod server;
mod server_info;
mod session_resource;
mod state_keys;
mod subscriptions;
mod text_arguments;
mod tool_call;
mod used_answers;

pub use completion::{Completer, CompletionRequest};
pub use request_state::InvalidStateKey;
pub use server::Server;

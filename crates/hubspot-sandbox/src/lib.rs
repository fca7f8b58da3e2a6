//! An embedded HubSpot: one account in memory that answers HubSpot's paths with HubSpot's bytes and remembers what it
//! is told. It needs no network and shares no code with any client.
//!
//! # Example
//!
//! A [`Sandbox`] gives an axum router. A test sends requests to it and then looks at what the account remembers:
//!
//! ```
//! use axum::body::Body;
//! use hubspot_sandbox::{Sandbox, Settings};
//! use tower::ServiceExt;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let sandbox = Sandbox::new(Settings::default());
//! let request = http::Request::post("/crm/v3/objects/contacts")
//!     .header("authorization", format!("Bearer {}", sandbox.token()))
//!     .body(Body::from(r#"{"properties": {"email": "ada@example.com", "firstname": "Ada"}}"#))
//!     .unwrap();
//! let response = sandbox.router().oneshot(request).await.unwrap();
//! assert_eq!(response.status(), 201);
//!
//! let contacts = sandbox.records("contacts");
//! let ada = contacts.iter().find(|contact| contact["properties"]["email"] == "ada@example.com").unwrap();
//! assert_eq!(ada["properties"]["firstname"], "Ada");
//! # }
//! ```
//!
//! # A tour
//!
//! | from | to |
//! |---|---|
//! | Build an account | [`Sandbox::new`] with the seed company, [`Sandbox::from_seed_file`], [`Sandbox::open`] |
//! | Send requests to it | [`Sandbox::router`] in the process, [`Sandbox::serve`] over a listener |
//! | Be told of changes | [`Sandbox::add_webhook_app`], [`Sandbox::webhook_deliveries`], [`Sandbox::set_channel_webhooks`] |
//! | Connect an app with OAuth | [`CLIENT_ID`], [`CLIENT_SECRET`], [`Sandbox::revoke_app`]; the page is at `/oauth/authorize` |
//! | Let requests fail | [`Sandbox::inject_fault`] with a [`fault::Fault`]; [`Settings::tier`] turns on rate limits |
//! | Look at the outcome | [`Sandbox::records`], [`Sandbox::requests`], [`Sandbox::peaks`] |
//! | Write as a visitor or an agent | [`Sandbox::visitor_writes`], [`Sandbox::agent_writes`], … |
//! | Act as a person in HubSpot's own screens | [`Sandbox::archive`], [`Sandbox::add_busy`], [`Sandbox::set_scopes`], … |
//! | Control the time | [`Settings::now`], [`Sandbox::freeze_clock`], [`Sandbox::advance_clock`] |
//! | Keep an account | [`Sandbox::snapshot`] and [`Sandbox::restore`]; [`Sandbox::save`] and [`Sandbox::open`] for files |
//! | Do the same over HTTP | the admin plane under `/__sandbox`, listed in [`admin_reference`] |
//! | Decide an undocumented behaviour of HubSpot | [`assumptions::Assumptions`] |
//!
//! # Layers
//!
//! A module uses only modules above it in this table, and no file takes part in a circle.
//!
//! | module | contents |
//! |---|---|
//! | `assumptions`, `clock` | undocumented behaviours; the account's calendar time |
//! | `model` | the remembered data of each family of HubSpot's API, and the rules on it |
//! | `rules` | access by scopes, rate limits, injected faults, the log of requests |
//! | `webhooks` | apps that are told of changes: events, signatures, batches, retries |
//! | `seed` | the company an account starts with, and generated records |
//! | `sandbox` | the [`Sandbox`] handle: all state behind one lock |
//! | `api` | one module per family of HubSpot's API: routes and handlers |
//! | `snapshot` | the whole account as JSON, in text and in a file |
//! | `conversing` | visitors and agents who write |
//! | `test_api`, `webhook_api`, `channel_api`, `admin` | access for tests: in Rust, and over HTTP |
//! | `router`, `middleware`, `server` | the paths; what happens around every request; serving a listener |
//!
//! A handler is a plain function `fn(&mut Portal, &ApiCall) -> Result<ApiResponse, ApiError>`. It runs under the lock,
//! awaits nothing, and leaves the portal unchanged when it returns an error.

mod admin;
mod api;
pub mod assumptions;
mod channel_api;
mod clock;
pub mod conversing;
mod middleware;
mod model;
#[cfg(test)]
mod property_tests;
mod router;
mod rules;
mod sandbox;
mod seed;
mod seeded_random;
mod server;
mod settings;
mod snapshot;
mod test_api;
#[cfg(test)]
mod test_client;
mod webhook_api;
pub mod webhooks;

pub use admin::reference as admin_reference;
pub use model::app::{CLIENT_ID, CLIENT_SECRET, DEVELOPER_KEY, OAUTH_APP_ID};
pub use rules::request_log::LoggedRequest;
pub use rules::{fault, limits};
pub use sandbox::Sandbox;
pub use server::ServeError;
pub use settings::Settings;
pub use snapshot::error::SnapshotError;
pub use snapshot::file::FileError;

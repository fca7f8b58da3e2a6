//! The library behind the `frontdesk` binary: an MCP server through which LLM agents run a company's HubSpot front desk.
//!
//! The modules from the top down; each uses only modules below it (`tests/it/architecture.rs` holds the table):
//!
//! - [`cli`]: the commands of the binary; [`config`]: their flags and settings; [`telemetry`]: logs and metrics
//! - [`rehearsal`]: conversations from files, played against a desk and judged by the state of the embedded HubSpot
//! - [`app`]: builds the parts from the settings and shuts them down
//! - [`web`]: the page where customers chat, and the interface behind it
//! - [`autopilot`]: answers what customers write into HubSpot's inbox, and knows when to be silent
//! - [`chat`]: one turn of talk with a visitor, by a model or without one
//! - [`mcp`]: the protocol, over stdio and HTTP
//! - [`tools`]: one file per tool, and the registry of them; [`lookups`]: tools that a company declares in a file
//! - [`handoff`]: a conversation goes to a person and comes back
//! - [`events`]: HubSpot's webhooks, stored once and told to clients
//! - [`conversations`], [`meetings`], [`records`], [`taskgraph_session`]: what several tools share; [`hours`]: when people
//!   answer
//! - [`tool`]: the interface of a tool, the context of a call, permissions and policy
//! - [`login`]: the login at HubSpot through an app, in a file and shared by processes
//! - [`outbox`]: messages for people are noted, sent once, and looked for before they could be sent again
//! - [`store`]: state that survives a restart; [`change_feed`]: notifications of changes; [`audit`]: the audit trail
//! - [`seal`]: what is sealed with a secret that the store does not have
//! - [`log_throttle`]: log lines that are said once in a while, however often their reason comes
//! - [`toml_file`]: the reader of settings files, which names the line of an error
//!
//! The crates of the workspace below it are `hubspot-client`, `hubspot-sandbox`, `taskgraph`, `knowledge`, `http-client` and
//! `domain`.

pub mod app;
pub mod cli;
pub mod config;
pub mod telemetry;

pub mod autopilot;
pub mod chat;
pub mod events;
pub mod hours;
pub mod lookups;
pub mod mcp;
pub mod rehearsal;
pub mod web;

pub mod conversations;
pub mod handoff;
pub mod meetings;
pub mod records;
pub mod taskgraph_session;
pub mod tool;
pub mod tools;

pub mod audit;
pub mod login;
pub mod outbox;
pub mod store;

pub mod change_feed;
pub mod log_throttle;
pub mod seal;
pub mod toml_file;

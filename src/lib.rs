//! HubSpot's front desk over MCP: the library behind the `frontdesk` binary.
//!
//! Modules from the front door down; each uses only what stands below it
//! (`tests/it/architecture.rs` holds the table).

pub mod app;
pub mod cli;
pub mod config;
pub mod telemetry;

pub mod mcp;

pub mod meetings;
pub mod records;
pub mod taskgraph_session;
pub mod tool;
pub mod tools;

pub mod store;

pub mod change_feed;

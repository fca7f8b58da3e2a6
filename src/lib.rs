//! HubSpot's front desk over MCP: the library behind the `frontdesk` binary.
//!
//! Modules from the front door down; each uses only what stands below it
//! (`tests/it/architecture.rs` holds the table).

pub mod sandbox;

pub mod knowledge;
pub mod taskgraph;

pub mod hubspot;
pub mod wire;

pub mod clock;
pub mod crm;

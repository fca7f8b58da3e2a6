//! The commands of the `frontdesk` binary, one module each.

pub mod check;
pub mod demo;
pub mod setup;
pub mod taskgraph;

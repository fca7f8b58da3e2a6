//! All integration tests, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod architecture;
mod binary;
mod booking;
mod contacts;
mod crowd;
mod definitions;
mod describe;
mod desk;
mod elicitation;
mod fault_matrix;
mod generated;
mod guided;
mod knowledge;
mod meetings;
mod setup;
mod simulation;
mod taskgraph_conversations;
mod taskgraph_corpus;
mod tickets;
mod world;

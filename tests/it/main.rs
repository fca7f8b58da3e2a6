//! All integration tests, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod architecture;
mod binary;
mod crowd;
mod definitions;
mod desk;
mod elicitation;
mod fault_matrix;
mod generated;
mod knowledge;
mod meetings;
mod setup;
mod simulation;
mod taskgraph_conversations;
mod taskgraph_corpus;
mod world;

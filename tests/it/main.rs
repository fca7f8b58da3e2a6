//! All integration tests, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod architecture;
mod binary;
mod booking;
mod contacts;
mod crowd;
mod definitions;
mod desk;
mod elicitation;
mod fault_matrix;
mod generated;
mod guards;
mod guided;
mod http;
mod knowledge;
mod logs;
mod meetings;
mod props;
mod protocol;
mod raw;
mod setup;
mod shutdown;
mod simulation;
mod taskgraph_conversations;
mod taskgraph_corpus;
mod world;

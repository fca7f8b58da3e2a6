//! All integration tests, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "seeds and measured costs are for whoever runs the tests")]

mod architecture;
mod asked;
mod assistant;
mod bad_input;
mod better;
mod binary;
mod booking;
mod completion;
mod confirm;
mod contacts;
mod crowd;
mod customers;
mod definitions;
mod describe;
mod desk;
mod documents;
mod elicitation;
mod fault_matrix;
mod generated;
mod guards;
mod guided;
mod http;
mod knowledge;
mod logs;
mod meetings;
mod newcomer;
mod own_graph;
mod props;
mod protocol;
mod raw;
mod sandbox_command;
mod sessions;
mod setup;
mod shutdown;
mod simulation;
mod switches;
mod switches_of_the_binary;
mod taskgraph_conversations;
mod taskgraph_corpus;
mod tickets;
mod tokens;
mod world;

//! All integration tests, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "seeds and measured costs are for whoever runs the tests")]

mod architecture;
mod bad_input;
mod binary;
mod binary_tool_policy;
mod booking;
mod booking_confirmation;
mod call_limits;
mod completion;
mod contact_assistant;
mod contacts;
mod custom_graph;
mod customer_isolation;
mod definitions;
mod demo_picture;
mod describe_crm;
mod docs;
mod documents;
mod elicitation;
mod examples;
mod fault_matrix;
mod front_desk;
mod generated;
mod http;
mod knowledge;
mod logs;
mod meetings;
mod misbehaving_tools;
mod missing_arguments;
mod original_parity;
mod people;
mod protocol;
mod raw_client;
mod readme_walkthrough;
mod sandbox_command;
mod session_resources;
mod setup;
mod shutdown;
mod simulation;
mod taskgraph_conversations;
mod taskgraph_corpus;
mod taskgraph_sessions;
mod thundering_herd;
mod tickets;
mod tokens;
mod tool_policy;
mod world;

//! Runs the examples: each asserts what it shows.

#[path = "../../examples/add_tool.rs"]
mod add_tool;
#[path = "../../examples/embed_sandbox.rs"]
mod embed_sandbox;
#[path = "../../examples/hubspot_client.rs"]
mod hubspot_client_alone;

#[test]
fn a_tool_can_be_added_and_called_by_a_client() {
    add_tool::main().unwrap();
}

#[test]
fn the_sandbox_can_be_embedded_in_a_test() {
    embed_sandbox::main().unwrap();
}

#[test]
fn the_hubspot_client_can_be_used_alone() {
    hubspot_client_alone::main().unwrap();
}

//! The server's description: name, version, icon, capabilities and instructions.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rmcp::model::{Icon, Implementation, ServerCapabilities, ServerConfig};
use taskgraph::rules;

/// The beginning and the end of the instructions; the rules between them are also those of the prompts.
const OPENING: &str = "Frontdesk works a company's HubSpot front desk.\n\n";
const CLOSING: &str =
    "\nThe company's script: prompt `customer_service`, or step by step `taskgraph_start`, then `taskgraph_step`.\n";
/// The tool without which the end says nothing.
const CLOSING_TOOL: &str = "taskgraph_start";

/// Instructions for the model of a server with these tools. Clients cut them off at 2 KB.
fn instructions(tools: &BTreeSet<&str>) -> String {
    let closing = if tools.contains(CLOSING_TOOL) { CLOSING } else { "" };
    format!("{OPENING}{}{closing}", rules::server(tools))
}

/// A desk bell, scalable to any size.
const ICON: &str = include_str!("icon.svg");

/// The description of a server with these tools.
pub(super) fn config(tools: &BTreeSet<&str>) -> ServerConfig {
    ServerConfig::new(capabilities()).with_server_info(implementation()).with_instructions(instructions(tools))
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities::builder()
        .enable_completions()
        .enable_tools()
        .enable_tool_list_changed()
        .enable_prompts()
        .enable_prompts_list_changed()
        .enable_resources()
        .enable_resources_list_changed()
        .enable_resources_subscribe()
        .build()
}

fn implementation() -> Implementation {
    // In base64, as MCP requires of a `data:` image: plain SVG is not a URI, and strict clients reject it.
    let icon = Icon::new(format!("data:image/svg+xml;base64,{}", STANDARD.encode(ICON)))
        .with_mime_type("image/svg+xml")
        .with_sizes(vec!["any".to_owned()]);
    Implementation::new("frontdesk", env!("CARGO_PKG_VERSION"))
        .with_title("Frontdesk")
        .with_description(env!("CARGO_PKG_DESCRIPTION"))
        .with_icons(vec![icon])
}

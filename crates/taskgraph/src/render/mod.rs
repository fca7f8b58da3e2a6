//! A graph shown: to models as a prompt, to people as a chart.

mod layout;
mod mermaid;
mod node;
mod prompt;
mod svg;
mod tree;

use serde_json::Value;

use super::{
    engine::toolbox::Toolbox,
    graph::{Graph, Node, NodeId},
    resource::Behavior,
};

/// A Mermaid flowchart.
pub fn mermaid(graph: &Graph) -> String {
    mermaid::draw(graph)
}

/// A tree for the terminal, in the order of the conversation.
pub fn tree(graph: &Graph) -> String {
    tree::draw(graph)
}

/// A drawing that needs no browser, font or network to be made.
pub fn svg(graph: &Graph) -> String {
    svg::draw(graph)
}

/// The orchestration prompt: all that a model needs, beside the tools, to play the graph's conversations.
///
/// `user_message` is what the customer has said already; it is passed on as data.
pub fn prompt(graph: &Graph, user_message: Option<&str>) -> String {
    prompt::write(graph, user_message)
}

/// Role, company and the rules that remain for a model that is led step by step.
pub fn briefing(graph: &Graph) -> String {
    prompt::briefing(graph)
}

/// One node: its task, its tool with the schema, its prompts and the ways on.
pub fn node(graph: &Graph, id: &NodeId, tools: &Toolbox) -> Option<Value> {
    node::describe(graph, id, tools)
}

/// What a node is, in a word or two.
fn title(node: &Node) -> String {
    match &node.behavior {
        Behavior::Tool(tool) => (*tool).to_owned(),
        Behavior::Foreign(tool) => format!("{tool} (not ours)"),
        Behavior::Answer => "answer from documents".to_owned(),
        Behavior::Say => "say".to_owned(),
        Behavior::Choose => "ask to choose".to_owned(),
        Behavior::HandOff => "hand to a person".to_owned(),
        Behavior::Nested => "nested graph".to_owned(),
        Behavior::Pass => "pass".to_owned(),
        Behavior::Unknown => format!("unknown: {}", node.resource.id),
    }
}

//! The title of a node in charts and trees.

use crate::{
    graph::{Edge, Node},
    resource::Behavior,
};

/// Describes the result after which an edge is followed, as in `when open is 0`.
pub(super) fn condition(edge: &Edge) -> String {
    let fields: Vec<String> = edge.when.iter().map(|(name, value)| format!("{name} is {value}")).collect();
    format!("when {}", fields.join(" and "))
}

/// Describes in a few words what a node does.
pub(super) fn title(node: &Node) -> String {
    match &node.behavior {
        Behavior::Tool(tool) => (*tool).to_owned(),
        Behavior::AddedTool(tool) => tool.clone(),
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

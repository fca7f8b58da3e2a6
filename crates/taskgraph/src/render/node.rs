//! One node as JSON.

use serde_json::{Value, json};

use super::title::title;
use crate::{
    engine::toolbox::Toolbox,
    graph::{Graph, Node, NodeId},
    instructions,
    resource::Behavior,
};

/// Describes a node as JSON: its task, its tool with the schema of the arguments, its prompts and the edges that leave
/// it. `None` if the graph has no such node.
pub fn node(graph: &Graph, id: &NodeId, tools: &Toolbox) -> Option<Value> {
    let node = graph.node(id)?;
    let tool = match &node.behavior {
        Behavior::Tool(tool) => Some((*tool).to_owned()),
        Behavior::AddedTool(tool) | Behavior::Foreign(tool) => Some(tool.clone()),
        _ => None,
    };
    let schema = tool.as_ref().and_then(|tool| tools.tools.get(tool)).map(|spec| spec.input_schema.clone());
    let all = json!({
        "id": node.id.to_string(),
        "does": title(node),
        "instruction": instructions::step(node),
        "task": node.task,
        "says": node.text,
        "verbatim": node.verbatim,
        "choices": node.choices,
        "tool": tool,
        "input_schema": schema,
        "prompts": prompts(node),
        "limit": node.limit,
        "skippable": node.can_skip,
        "start": node.id == graph.start().id,
        "ways_on": ways(graph, node),
    });
    Some(without_nulls(all))
}

fn prompts(node: &Node) -> Vec<Value> {
    let prompt = |slot: &crate::graph::Slot| json!({"argument": slot.name, "prompt": slot.prompt});
    node.slots.iter().filter(|slot| !slot.prompt.is_empty()).map(prompt).collect()
}

fn ways(graph: &Graph, node: &Node) -> Vec<Value> {
    let ways = graph.edges_from(&node.id).map(|edge| {
        let intent = edge.intent.as_ref().map(|intent| intent.text.clone());
        without_nulls(json!({"to": edge.to.to_string(), "intent": intent, "at_any_time": edge.global, "definition": edge.definition, "when": edge.is_by_result().then_some(&edge.when)}))
    });
    ways.collect()
}

fn without_nulls(mut value: Value) -> Value {
    if let Some(map) = value.as_object_mut() {
        map.retain(|_, value| !value.is_null());
    }
    value
}

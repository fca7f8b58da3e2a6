//! Resources of guided conversations: one node of a taskgraph, and the current step of a session.

use percent_encoding::percent_decode_str;
use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, ResourceTemplate};
use serde_json::Value;

use super::errors::resource_not_found;
use super::outgoing::{self, JSON};
use crate::taskgraph_session::{self, error::Error};
use crate::tool::Ctx;
use taskgraph::collection::SCHEME;
use taskgraph::graph::NodeId;
use taskgraph::render;

/// The URI template of a node, and its variable for the node's id.
pub(super) const NODE_TEMPLATE: &str = "taskgraph://{name}/node/{id}";
pub(super) const NODE_ID: &str = "id";

const NODE_SEGMENT: &str = "/node/";

/// The templates of both kinds of resource.
pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(NODE_TEMPLATE, "taskgraph-node")
            .with_title("A node of a taskgraph")
            .with_description("What one step does: its task, its tool with the arguments' schema, and the ways on.")
            .with_mime_type(JSON),
        ResourceTemplate::new("taskgraph-session://{id}", "taskgraph-session")
            .with_title("A guided conversation")
            .with_description("Where a session of `taskgraph_start` stands: its node, path and what is asked next.")
            .with_mime_type(JSON),
    ]
}

/// True for the URI of a session, whether or not it exists.
pub(super) fn is_session(uri: &str) -> bool {
    uri.starts_with(taskgraph_session::SCHEME)
}

/// True for the URI of a node that exists.
pub(super) fn is_node(ctx: &Ctx, uri: &str) -> bool {
    parse_node_uri(uri).is_some_and(|node| node_json(ctx, node).is_some())
}

/// Reads a node or a session; `None` for a URI of another kind. A session exists only for the caller that started it,
/// which `ctx.call` names.
pub(super) async fn read(ctx: &Ctx, uri: &str) -> Option<Result<ReadResourceResult, ErrorData>> {
    if let Some(id) = uri.strip_prefix(taskgraph_session::SCHEME) {
        return Some(read_session(ctx, uri, id).await);
    }
    let node = node_json(ctx, parse_node_uri(uri)?);
    Some(node.map(|node| outgoing::json_resource(uri, node)).ok_or_else(|| resource_not_found(uri)))
}

/// The names of the taskgraph and, percent-encoded, of the node in a node's URI.
fn parse_node_uri(uri: &str) -> Option<(&str, &str)> {
    uri.strip_prefix(SCHEME)?.split_once(NODE_SEGMENT)
}

fn node_json(ctx: &Ctx, (graph, id): (&str, &str)) -> Option<Value> {
    let graph = ctx.taskgraphs.get(graph)?;
    let id = percent_decode_str(id).decode_utf8().ok()?;
    render::node(&graph, &NodeId::from(id.as_ref()), ctx.tools.toolbox())
}

async fn read_session(ctx: &Ctx, uri: &str, id: &str) -> Result<ReadResourceResult, ErrorData> {
    match taskgraph_session::show(ctx, id).await {
        Ok(turn) => Ok(outgoing::json_resource(uri, serde_json::to_value(turn).unwrap_or_default())),
        Err(Error::Ended) => Err(resource_not_found(uri)),
        Err(error) => Err(ErrorData::internal_error(error.to_string(), None)),
    }
}

//! What a client can read about a walk: one node of a graph, and where a session stands.

use percent_encoding::percent_decode_str;
use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, ResourceContents, ResourceTemplate};
use serde_json::Value;

use super::Server;
use super::resource::{self, JSON};
use crate::taskgraph_session;
use crate::tool::Ctx;
use crate::tool::call_context::CallContext;
use taskgraph::collection::SCHEME;
use taskgraph::graph::NodeId;
use taskgraph::render;

const NODE: &str = "/node/";
pub(super) const TEMPLATE_NODE: &str = "taskgraph://{name}/node/{id}";
pub(super) const TEMPLATE_NODE_ID: &str = "id";

pub(super) fn templates() -> Vec<ResourceTemplate> {
    vec![
        ResourceTemplate::new(TEMPLATE_NODE, "taskgraph-node")
            .with_title("A node of a taskgraph")
            .with_description("What one step does: its task, its tool with the arguments' schema, and the ways on.")
            .with_mime_type(JSON),
        ResourceTemplate::new("taskgraph-session://{id}", "taskgraph-session")
            .with_title("A guided conversation")
            .with_description("Where a session of `taskgraph_start` stands: its node, path and what is asked next.")
            .with_mime_type(JSON),
    ]
}

/// Whether it is the address of a session, known or not.
pub(super) fn is_session(uri: &str) -> bool {
    uri.starts_with(taskgraph_session::SCHEME)
}

impl Server {
    /// None when the address is of neither kind. A session is there only for whoever began it, which `call` says.
    pub(super) async fn read_walk(
        &self,
        uri: &str,
        call: CallContext,
    ) -> Option<Result<ReadResourceResult, ErrorData>> {
        if let Some(id) = uri.strip_prefix(taskgraph_session::SCHEME) {
            return Some(self.read_session(uri, id, call).await);
        }
        let node = node_address(uri)?;
        Some(self.read_node(node).map(|node| shown(uri, &node)).ok_or_else(|| resource::missing(uri)))
    }

    pub(super) fn is_node(&self, uri: &str) -> bool {
        node_address(uri).is_some_and(|node| self.read_node(node).is_some())
    }

    fn read_node(&self, (graph, id): (&str, &str)) -> Option<Value> {
        let graph = self.taskgraphs.get(graph)?;
        let id = percent_decode_str(id).decode_utf8().ok()?;
        render::node(&graph, &NodeId::from(id.as_ref()), self.tools.toolbox())
    }

    async fn read_session(&self, uri: &str, id: &str, call: CallContext) -> Result<ReadResourceResult, ErrorData> {
        let ctx = Ctx { call, ..self.ctx.clone() };
        match taskgraph_session::show(&ctx, id).await {
            Ok(turn) => Ok(shown(uri, &serde_json::to_value(turn).unwrap_or_default())),
            Err(taskgraph_session::error::Error::Ended) => Err(resource::missing(uri)),
            Err(error) => Err(ErrorData::internal_error(error.to_string(), None)),
        }
    }
}

/// The graph and the node that an address names.
fn node_address(uri: &str) -> Option<(&str, &str)> {
    uri.strip_prefix(SCHEME)?.split_once(NODE)
}

fn shown(uri: &str, value: &Value) -> ReadResourceResult {
    ReadResourceResult::new(vec![ResourceContents::text(format!("{value:#}"), uri).with_mime_type(JSON)])
}

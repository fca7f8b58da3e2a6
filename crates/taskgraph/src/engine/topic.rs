//! What a customer has come for.

use serde::{Deserialize, Serialize};

use crate::graph::{Edge, NodeId};

/// The edge by which a matter began. Its ends and its intent tell it from others with the same intent, and are still
/// right when the graph has changed meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Topic {
    from: NodeId,
    to: NodeId,
    intent: String,
}

impl Topic {
    /// None: the edge has no intent.
    pub(super) fn of(edge: &Edge) -> Option<Topic> {
        let intent = edge.intent.as_ref()?.key.clone();
        Some(Topic { from: edge.from.clone(), to: edge.to.clone(), intent })
    }

    pub(super) fn started_by(&self, edge: &Edge) -> bool {
        let same_intent = edge.intent.as_ref().is_some_and(|intent| intent.key == self.intent);
        same_intent && edge.from == self.from && edge.to == self.to
    }

    /// The intent as intents are compared.
    pub(super) fn intent(&self) -> &str {
        &self.intent
    }
}

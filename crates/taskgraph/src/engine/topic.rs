//! The topic of a conversation: the thing that the customer came for.

use serde::{Deserialize, Serialize};

use crate::graph::{Edge, Intent, NodeId};

/// The edge with which a topic began, identified by its ends and its intent. These identify it among edges with the
/// same intent, and stay valid when the graph has changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Topic {
    from: NodeId,
    to: NodeId,
    intent: String,
}

impl Topic {
    /// Returns the topic that begins with this edge, or `None` if the edge has no intent.
    pub(super) fn of(edge: &Edge) -> Option<Topic> {
        let intent = edge.intent.as_ref()?.key.clone();
        Some(Topic { from: edge.from.clone(), to: edge.to.clone(), intent })
    }

    pub(super) fn started_by(&self, edge: &Edge) -> bool {
        let same_intent = edge.intent.as_ref().is_some_and(|intent| intent.key == self.intent);
        same_intent && edge.from == self.from && edge.to == self.to
    }

    /// Returns `true` if the topic has this intent.
    pub(super) fn is_named(&self, intent: &str) -> bool {
        self.intent == Intent::key_of(intent)
    }

    /// Returns the intent in the form in which intents are compared.
    pub(super) fn intent(&self) -> &str {
        &self.intent
    }
}

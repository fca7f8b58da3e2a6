//! The graph as types: what every dialect of the file becomes.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::resource::{Behavior, Listed};

/// A script: nodes that do something, and edges that say when to go from one to the next.
///
/// Made by [`load::read`](super::load::read) alone, so every edge ends at a node that exists and there is one start.
#[derive(Clone, Debug)]
pub struct Graph {
    name: String,
    about: About,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    start: usize,
    documents: Vec<Document>,
    listed: BTreeMap<String, Listed>,
    json: Value,
    positions: BTreeMap<NodeId, usize>,
    leaving: BTreeMap<NodeId, Vec<usize>>,
}

/// The id of a node, as the file writes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(String);

/// Who the assistant is and for whom it works.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    pub role: String,
    pub user_objective: String,
    pub builder_objective: String,
    pub domain: String,
    pub intro: String,
    /// Further instructions of the owner: `opt_instruct` or `sys_instruct`.
    pub instruction: String,
}

/// One thing to do.
#[derive(Clone, Debug)]
pub struct Node {
    pub id: NodeId,
    pub resource: Resource,
    /// What the resource is to us. Resolved by the resource's id, never by its name.
    pub behavior: Behavior,
    pub task: String,
    /// What to say here (`value`, `message`, `question`); for a nested graph the id of its first node.
    pub text: String,
    /// `text` is said word for word.
    pub verbatim: bool,
    /// Written as the node to begin with.
    pub marked_start: bool,
    /// How often the node may be entered in one conversation.
    pub limit: Option<u32>,
    /// May be passed over when the customer has already given what it asks for.
    pub can_skip: bool,
    pub choices: Vec<String>,
    pub slots: Vec<Slot>,
    /// The owner's own instruction for this node.
    pub prompt: String,
}

/// What a node names: an entry of `tools`, `workers` or `agents`, or one of the fixed ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    pub id: String,
    /// For people only: the seed's `search_customer` is the tool `find_contact_by_email`.
    pub name: String,
}

/// A value to learn from the customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    pub name: String,
    pub description: String,
    /// How to ask for it.
    pub prompt: String,
    pub required: bool,
}

/// When to go from one node to another.
#[derive(Clone, Debug)]
pub struct Edge {
    pub from: NodeId,
    pub to: NodeId,
    /// None: go on without asking.
    pub intent: Option<Intent>,
    /// The intent may be asked for at any time. Never true without an intent.
    pub global: bool,
    /// How likely this way is among several without an intent. Finite and not negative.
    pub weight: f64,
    pub definition: String,
    pub sample_utterances: Vec<String>,
    /// Has conditions (`type: logic`), which nothing follows.
    pub logic: bool,
}

/// What a customer wants.
#[derive(Clone, Debug)]
pub struct Intent {
    /// As written, for people.
    pub text: String,
    /// In lower case and without odd spacing: two intents are equal when their keys are.
    pub key: String,
}

/// Where answers are found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Document {
    /// An address, a path or the text itself, as `kind` says.
    pub source: String,
    pub kind: String,
    /// How many pages of a site are read: `num`. Of no use to who answers.
    #[serde(skip)]
    pub pages_max: Option<usize>,
}

/// The parts a graph is put together from, already checked.
pub(super) struct Parts {
    pub(super) name: String,
    pub(super) about: About,
    pub(super) nodes: Vec<Node>,
    pub(super) edges: Vec<Edge>,
    pub(super) start: usize,
    pub(super) documents: Vec<Document>,
    pub(super) listed: BTreeMap<String, Listed>,
    /// The file, with its secrets replaced.
    pub(super) json: Value,
}

impl Graph {
    pub(super) fn of(parts: Parts) -> Graph {
        let Parts { name, about, nodes, edges, start, documents, listed, json } = parts;
        let positions = nodes.iter().enumerate().map(|(position, node)| (node.id.clone(), position)).collect();
        let mut leaving: BTreeMap<NodeId, Vec<usize>> = BTreeMap::new();
        for (position, edge) in edges.iter().enumerate() {
            leaving.entry(edge.from.clone()).or_default().push(position);
        }
        Graph { name, about, nodes, edges, start, documents, listed, json, positions, leaving }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn about(&self) -> &About {
        &self.about
    }

    /// In the file's order; never empty.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    pub fn start(&self) -> &Node {
        &self.nodes[self.start]
    }

    pub fn node(&self, id: &NodeId) -> Option<&Node> {
        self.positions.get(id).map(|&position| &self.nodes[position])
    }

    /// The edges that leave a node and can be followed, in the file's order.
    pub fn edges_from(&self, id: &NodeId) -> impl Iterator<Item = &Edge> {
        let positions = self.leaving.get(id).map_or(&[][..], Vec::as_slice);
        positions.iter().map(|&position| &self.edges[position]).filter(|edge| !edge.logic)
    }

    /// The edges whose intent may be asked for at any time.
    pub fn global_edges(&self) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(|edge| edge.is_open_at_any_time())
    }

    /// Where the node's nested graph begins, if it has one.
    pub fn nested_start(&self, node: &Node) -> Option<&Node> {
        let nested = node.behavior == Behavior::Nested;
        nested.then(|| self.node(&node.text.trim().into())).flatten()
    }

    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// The entries of `tools`, `workers` and `agents` by their ids.
    pub(super) fn listed(&self) -> &BTreeMap<String, Listed> {
        &self.listed
    }

    /// What to greet the customer with, if the script has a greeting.
    pub fn greeting(&self) -> Option<&str> {
        let text = self.start().text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The file as given, with the values of `fixed_args`, `auth` and `headers` and whatever looks like a token
    /// replaced by `***`.
    pub fn json(&self) -> Value {
        self.json.clone()
    }
}

impl Node {
    /// Visit without a word to anybody.
    pub(super) fn is_silent(&self) -> bool {
        self.behavior == Behavior::Pass && self.text.trim().is_empty()
    }
}

impl Edge {
    /// Its intent may be asked for at any time, and it can be followed.
    pub(super) fn is_open_at_any_time(&self) -> bool {
        self.global && !self.logic
    }
}

impl Intent {
    /// None when the text stands for no intent: nothing, "none" or "None".
    pub(super) fn read(text: &str) -> Option<Intent> {
        let key = Intent::key_of(text);
        (!key.is_empty() && key != "none").then(|| Intent { text: text.trim().to_owned(), key })
    }

    /// How intents are compared.
    pub fn key_of(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
    }
}

impl NodeId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for NodeId {
    fn from(id: &str) -> NodeId {
        NodeId(id.to_owned())
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_no_intent_is_none() {
        for none in ["", " ", "none", "None", "NONE", " none "] {
            assert!(Intent::read(none).is_none(), "{none:?}");
        }
        let intent = Intent::read(" User need  Support /\nRepair ").unwrap();
        assert_eq!(intent.key, "user need support / repair");
    }
}

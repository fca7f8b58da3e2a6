//! The graph, the same for both dialects of the file.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::resource::{Behavior, Listed};

/// The id of the node that hands a conversation to a person in a graph without such a node. No file can use it, since
/// ids are trimmed.
const PERSON_NODE: &str = " person ";
/// The intent that leads there.
const PERSON_INTENT: &str = "A person, please";

/// A taskgraph: nodes that do something, and edges that state when to go from one to the next.
///
/// Only [`load`](crate::load) creates graphs, so every edge connects nodes that exist, and there is one start.
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
    person: Person,
}

/// The way to a person that every conversation has, also in a graph without one.
#[derive(Clone, Debug)]
struct Person {
    node: Node,
    edge: Edge,
}

/// The id of a node, as the file writes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NodeId(String);

/// The description of the assistant and the company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The assistant's role, such as `customer service assistant`.
    pub role: String,
    /// The purpose of the assistant for the customer.
    pub user_objective: String,
    /// The purpose of the assistant for the company.
    pub builder_objective: String,
    /// The company's field of business.
    pub domain: String,
    /// The description of the company.
    pub intro: String,
    /// Further instructions of the owner: `opt_instruct` and `sys_instruct`.
    pub instruction: String,
}

/// A node: one thing to do.
#[derive(Clone, Debug)]
pub struct Node {
    /// The id, unique in the graph.
    pub id: NodeId,
    /// The resource that the node names.
    pub resource: Resource,
    /// The behavior that the resource stands for, found by its id and never by its name.
    pub behavior: Behavior,
    /// The goal of the node in a sentence.
    pub task: String,
    /// The text to say (`value`, `message` or `question`). For a nested graph, the id of its first node.
    pub text: String,
    /// `text` is said word for word.
    pub verbatim: bool,
    /// The file marks the node as the start.
    pub marked_start: bool,
    /// The most times that the node is entered in one conversation. `None`: no limit.
    pub limit: Option<u32>,
    /// The node may be skipped if the customer has already given what it asks for.
    pub can_skip: bool,
    /// The choices that the customer is offered.
    pub choices: Vec<String>,
    /// The prompts for the arguments of the node's tool.
    pub slots: Vec<Slot>,
    /// The owner's additional instruction for this node.
    pub prompt: String,
}

/// The resource of a node: an entry of `tools`, `workers` or `agents`, or a fixed id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// The id that identifies the resource.
    pub id: String,
    /// A name for people. It has no effect: a shipped graph calls `find_contact_by_email` by the name
    /// `search_customer`.
    pub name: String,
}

/// A value to learn from the customer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    /// The argument's name in the tool.
    pub name: String,
    /// The description of the value.
    pub description: String,
    /// The question to ask for the value.
    pub prompt: String,
    /// The tool is not called without the value, also where the tool itself could be.
    pub required: bool,
    /// The value that the node always sends (`fixed`), such as `reopen` for a ticket's stage.
    pub fixed: Option<Value>,
}

/// An edge: the condition for going from one node to another.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The node that the edge leaves.
    pub from: NodeId,
    /// The node that the edge enters.
    pub to: NodeId,
    /// The intent that the customer must have. `None`: the edge is followed without asking.
    pub intent: Option<Intent>,
    /// The intent is available at any time once the node has been passed. Never true without an intent.
    pub global: bool,
    /// The relative probability of the edge among several without an intent. Finite and not negative.
    pub weight: f64,
    /// The definition of the intent, if its name needs one.
    pub definition: String,
    /// Examples of how customers express the intent.
    pub sample_utterances: Vec<String>,
    /// Examples that show the intent and tell the matter too, such as a fault: the customer's words of it are kept.
    pub telling_utterances: Vec<String>,
    /// The edge has conditions (`type: logic`), which are not supported; it is never followed.
    pub logic: bool,
    /// Fields that the result of the node's tool must have with these values (`when`). The edge is then followed at once,
    /// and never otherwise. Only for edges without an intent.
    pub when: Map<String, Value>,
}

/// An intent: something that a customer wants.
#[derive(Clone, Debug)]
pub struct Intent {
    /// As written, for people.
    pub text: String,
    /// The normalised text, in lower case with single spaces. Intents are equal if their keys are.
    pub key: String,
}

/// A document from which questions are answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Document {
    /// An address, a path or the text itself, depending on `kind`.
    pub source: String,
    /// The type that the file states: `url`, `file`, `local`, `text` or empty.
    pub kind: String,
    /// The most pages of a site that are read (`num`). Not shown to models.
    #[serde(skip)]
    pub pages_max: Option<usize>,
}

/// The checked parts of a graph.
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
        let person = Person::from(&nodes[start].id);
        Graph { name, about, nodes, edges, start, documents, listed, json, positions, leaving, person }
    }

    /// Returns the graph's name: the file's name without its extension.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the description of the assistant and the company.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Lists the nodes in the file's order; there is at least one.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Lists the edges in the file's order, including those that are never followed.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Returns the node with which a conversation begins.
    pub fn start(&self) -> &Node {
        &self.nodes[self.start]
    }

    /// Returns the node with this id.
    pub fn node(&self, id: &NodeId) -> Option<&Node> {
        let own = self.positions.get(id).map(|&position| &self.nodes[position]);
        own.or_else(|| (*id == self.person.node.id).then_some(&self.person.node))
    }

    /// Returns the edge to a person: the graph's own that can be followed, or else the one that every graph has.
    pub(super) fn person_edge(&self, can_follow: impl Fn(&Edge) -> bool) -> &Edge {
        let hands_off = |edge: &&Edge| edge.intent.is_some() && self.leads_to_person(edge) && can_follow(edge);
        self.edges.iter().find(hands_off).unwrap_or(&self.person.edge)
    }

    /// Lists all edges, with the one to a person that every graph has.
    pub(super) fn all_edges(&self) -> impl Iterator<Item = &Edge> {
        self.edges.iter().chain([&self.person.edge])
    }

    /// Returns `true` if the edge leads to a person.
    pub(super) fn leads_to_person(&self, edge: &Edge) -> bool {
        self.node(&edge.to).is_some_and(|node| node.behavior == Behavior::HandOff)
    }

    /// Lists the edges that leave a node and can be followed, in the file's order.
    pub fn edges_from(&self, id: &NodeId) -> impl Iterator<Item = &Edge> {
        let positions = self.leaving.get(id).map_or(&[][..], Vec::as_slice);
        positions.iter().map(|&position| &self.edges[position]).filter(|edge| !edge.logic)
    }

    /// Lists the edges with a global intent.
    pub fn global_edges(&self) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(|edge| edge.is_open_at_any_time())
    }

    /// Returns the first node of the node's nested graph, if it has one.
    pub fn nested_start(&self, node: &Node) -> Option<&Node> {
        let nested = node.behavior == Behavior::Nested;
        nested.then(|| self.node(&node.text.trim().into())).flatten()
    }

    /// Lists the documents from which questions are answered (`rag_docs`).
    pub fn documents(&self) -> &[Document] {
        &self.documents
    }

    /// Returns the entries of `tools`, `workers` and `agents` by their ids.
    pub(super) fn listed(&self) -> &BTreeMap<String, Listed> {
        &self.listed
    }

    /// Returns the greeting, if the start has a text.
    pub fn greeting(&self) -> Option<&str> {
        let text = self.start().text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Returns the file's JSON. The values of `fixed_args`, `auth` and `headers` and everything that looks like a token
    /// are replaced by `***`.
    pub fn json(&self) -> Value {
        self.json.clone()
    }
}

impl Person {
    fn from(start: &NodeId) -> Person {
        let id: NodeId = PERSON_NODE.into();
        let node = Node {
            id: id.clone(),
            resource: Resource { id: "human-in-the-loop-worker".to_owned(), name: String::new() },
            behavior: Behavior::HandOff,
            task: String::new(),
            text: String::new(),
            verbatim: false,
            marked_start: false,
            limit: None,
            can_skip: false,
            choices: vec![],
            slots: vec![],
            prompt: String::new(),
        };
        let intent = Intent::read(PERSON_INTENT);
        let (definition, sample_utterances) = (String::new(), vec![]);
        let edge = Edge {
            from: start.clone(),
            to: id,
            intent,
            global: true,
            weight: 1.0,
            definition,
            sample_utterances,
            telling_utterances: vec![],
            logic: false,
            when: Map::new(),
        };
        Person { node, edge }
    }
}

impl Node {
    /// Returns `true` if the node is passed without an action.
    pub(super) fn is_silent(&self) -> bool {
        self.behavior == Behavior::Pass && self.text.trim().is_empty()
    }
}

impl Edge {
    /// Returns `true` if the result of the node's tool decides whether the edge is followed.
    pub(super) fn is_by_result(&self) -> bool {
        self.intent.is_none() && !self.when.is_empty()
    }

    /// Returns `true` if the edge is followed after this result.
    pub(super) fn fits(&self, result: &Value) -> bool {
        self.is_by_result() && self.when.iter().all(|(name, value)| result.get(name) == Some(value))
    }

    /// Returns `true` if the intent is global and the edge can be followed.
    pub(super) fn is_open_at_any_time(&self) -> bool {
        self.global && !self.logic
    }
}

impl Intent {
    /// Reads an intent, or `None` if the text is empty or `none` in any case.
    pub(super) fn read(text: &str) -> Option<Intent> {
        let key = Intent::key_of(text);
        (!key.is_empty() && key != "none").then(|| Intent { text: text.trim().to_owned(), key })
    }

    /// Returns `true` for the names of "none of these".
    pub(super) fn is_none_of_these(name: &str) -> bool {
        Intent::read(name).is_none() || Intent::key_of(name) == "others"
    }

    /// Normalises the text of an intent for comparison.
    pub fn key_of(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
    }
}

impl NodeId {
    /// Returns the id as the file writes it.
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

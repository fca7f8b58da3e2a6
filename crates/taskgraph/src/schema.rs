//! The format of a taskgraph's file as types, and its JSON Schema, by which editors complete and check a file.
//!
//! [`load`](crate::load) accepts more than this format, including the second dialect; new files should be written like
//! this.

use std::collections::BTreeMap;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Deserialize;
use serde_json::Value;

/// A front desk's script: nodes that do something, and edges that state when to go from one to the next.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "Taskgraph")]
pub struct File {
    /// The things to do.
    pub nodes: Vec<Node>,
    /// The ways from node to node.
    pub edges: Vec<Edge>,
    /// The assistant's role, such as `customer service assistant`.
    #[serde(default)]
    pub role: String,
    /// The purpose of the assistant for the customer.
    #[serde(default)]
    pub user_objective: String,
    /// The purpose of the assistant for the company.
    #[serde(default)]
    pub builder_objective: String,
    /// The company's field of business, such as `robotics and automation`.
    #[serde(default)]
    pub domain: String,
    /// The description of the company for the assistant.
    #[serde(default)]
    pub intro: String,
    /// Further instructions.
    #[serde(default)]
    pub opt_instruct: String,
    /// The documents from which questions are answered.
    #[serde(default)]
    pub rag_docs: Vec<Document>,
    /// The tools that nodes name by their id.
    #[serde(default)]
    pub tools: Vec<Listed>,
    /// The workers that nodes name by their id.
    #[serde(default)]
    pub workers: Vec<Listed>,
}

/// One thing to do: `[id, {...}]`, or one object with `id` in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Node {
    /// `[id, {...}]`.
    Pair(String, Body),
    /// An object with `id` in it.
    Object {
        /// The id, unique in the file.
        id: String,
        /// The other fields.
        #[serde(flatten)]
        body: Body,
    },
}

/// The content of a node.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Body {
    /// The tool or worker that does it.
    pub resource: Resource,
    /// The text and its options.
    #[serde(default)]
    pub attribute: Attribute,
    /// The most times that the node is entered in one conversation; without it there is no limit.
    pub limit: Option<u32>,
    /// The kind of node; only `start` has an effect.
    #[serde(default, rename = "type")]
    pub kind: NodeKind,
}

/// The tool or worker of a node.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Resource {
    /// The id of an entry of `tools` or `workers`, or a fixed id: `hubspot/` and the name of a tool of this server,
    /// such as `hubspot/update_contact`, or `message-worker`, `faiss-rag-worker`, `multiple-choice-worker`,
    /// `human-in-the-loop-worker` or `nested_graph`.
    pub id: String,
    /// A name for people; it has no effect.
    #[serde(default)]
    pub name: String,
}

/// The text of a node and its options.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Attribute {
    /// The text to say; for a nested graph the id of its first node.
    pub value: String,
    /// The goal of the node in a sentence.
    pub task: String,
    /// Say `value` word for word.
    pub direct: bool,
    /// The older name of `direct`.
    pub directed: bool,
    /// The node may be skipped if the customer has already given what it asks for.
    pub can_skipped: bool,
    /// The choices of a multiple-choice node.
    pub choice_list: Vec<String>,
    /// The questions for the arguments of the node's tool.
    pub slots: Vec<Slot>,
}

/// The kind of a node.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// No particular kind.
    #[default]
    #[serde(rename = "")]
    Plain,
    /// The node to begin with: exactly one has this type.
    Start,
    /// Offers choices.
    MultipleChoice,
    /// The first node of a nested graph.
    NestedGraphStart,
    /// Does a task.
    Task,
    /// Calls a tool.
    Tool,
    /// Runs an agent.
    Agent,
}

/// A value to learn from the customer.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Slot {
    /// The argument's name in the tool.
    pub name: String,
    /// The description of the value.
    #[serde(default)]
    pub description: String,
    /// The question to ask for the value.
    #[serde(default)]
    pub prompt: String,
    /// The tool is not called without the value.
    #[serde(default)]
    pub required: bool,
    /// The value that the node always sends, such as `reopen` for `stage`.
    pub fixed: Option<Value>,
}

/// The condition for going from one node to another: `[from, to, {...}]`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Edge(
    /// The id of the node that the edge leaves.
    pub String,
    /// The id of the node that the edge enters.
    pub String,
    /// The condition.
    pub EdgeCondition,
);

/// The condition of an edge.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct EdgeCondition {
    /// The intent that the customer must have; `none` or null goes on without asking.
    pub intent: Option<String>,
    /// Further properties of the edge.
    #[serde(default)]
    pub attribute: EdgeAttribute,
}

/// Further properties of an edge.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct EdgeAttribute {
    /// The relative probability of this edge among several without an intent; one with 0 is never drawn.
    pub weight: f64,
    /// The intent is available at any time once the node that the edge leaves has been passed.
    pub pred: bool,
    /// The definition of the intent, if its name needs one.
    pub definition: String,
    /// Examples of how customers express the intent.
    pub sample_utterances: Vec<String>,
    /// Examples that show the intent and tell the matter too, such as `The wheel is broken`: the customer's words of it are
    /// kept, and not asked for again.
    pub telling_utterances: Vec<String>,
    /// Of an edge without an intent: it is followed at once if the result of the node's tool has these fields with these
    /// values, such as `{"open": 0}`, and never otherwise.
    pub when: BTreeMap<String, Value>,
}

/// The weight of an edge that states none.
pub(super) const WEIGHT_DEFAULT: f64 = 1.0;

impl Default for EdgeAttribute {
    fn default() -> EdgeAttribute {
        let (definition, sample_utterances) = (String::new(), vec![]);
        let when = BTreeMap::new();
        EdgeAttribute {
            weight: WEIGHT_DEFAULT,
            pred: false,
            definition,
            sample_utterances,
            telling_utterances: vec![],
            when,
        }
    }
}

/// An entry of `tools` or `workers`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Listed {
    /// The id by which nodes name the entry.
    pub id: String,
    /// A name for people.
    #[serde(default)]
    pub name: String,
    /// The tool or worker, such as `hubspot.find_contact_by_email` or `message_worker.py`.
    #[serde(default)]
    pub path: String,
    /// Ignored: tools are configured by the server's settings. Write no secrets here.
    #[serde(default)]
    pub fixed_args: BTreeMap<String, Value>,
}

/// A document from which questions are answered.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Document {
    /// An address, a path, or the text itself.
    pub source: String,
    /// The type of the source. Without it the source is an address if it looks like one, or else a path.
    #[serde(rename = "type")]
    pub kind: Option<DocumentKind>,
    /// The most pages of the site that are read; 1 without it.
    pub num: Option<u32>,
}

/// The type of a document's source.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DocumentKind {
    /// A page or a site.
    Url,
    /// A file.
    File,
    /// The text itself.
    Text,
    /// A file or a folder on this machine.
    Local,
}

/// Returns the JSON Schema (draft 2020-12) of the format.
pub fn json_schema() -> Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<File>().to_value()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{starter, test_graph};

    #[test]
    fn the_graphs_that_are_shipped_and_written_have_the_format() {
        for text in [test_graph::TEXT, starter::TEXT] {
            let file: File = serde_json::from_str(text).unwrap();
            assert!(!file.nodes.is_empty() && !file.edges.is_empty());
        }
    }
}

//! The format of a taskgraph file as types: what editors complete and check. [`load`](super::load) reads far more
//! leniently; this is how a new file should be written.

use std::collections::BTreeMap;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Deserialize;
use serde_json::Value;

/// A front desk's script: nodes that do something, and edges that say when to go from one to the next.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "Taskgraph")]
pub struct File {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    /// Who the assistant is, such as `customer service assistant`.
    #[serde(default)]
    pub role: String,
    /// What the assistant is for, seen from the customer.
    #[serde(default)]
    pub user_objective: String,
    /// What the company wants to reach with it.
    #[serde(default)]
    pub builder_objective: String,
    /// The company's field, such as `robotics and automation`.
    #[serde(default)]
    pub domain: String,
    /// What the assistant should know of the company.
    #[serde(default)]
    pub intro: String,
    /// Further instructions.
    #[serde(default)]
    pub opt_instruct: String,
    /// What answers are taken from.
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
    Pair(String, Body),
    Object {
        id: String,
        #[serde(flatten)]
        body: Body,
    },
}

/// What a node does.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Body {
    pub resource: Resource,
    #[serde(default)]
    pub attribute: Attribute,
    /// How often the node may be entered in one conversation; without it there is no limit.
    pub limit: Option<u32>,
    #[serde(default, rename = "type")]
    pub kind: NodeKind,
}

/// Which tool or worker does it.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Resource {
    /// The id of an entry of `tools` or `workers`, or a fixed id: `hubspot/` and the name of a tool of this server, such
    /// as `hubspot/update_contact`, or `message-worker`, `faiss-rag-worker`, `multiple-choice-worker`, `human-in-the-loop-worker` or `nested_graph`.
    pub id: String,
    /// For people only.
    #[serde(default)]
    pub name: String,
}

/// What the node says and how.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Attribute {
    /// What to say; for a nested graph the id of its first node.
    pub value: String,
    /// What is to be achieved here, in a sentence.
    pub task: String,
    /// Say `value` word for word.
    pub direct: bool,
    /// The older name of `direct`.
    pub directed: bool,
    /// May be passed over when the customer has already given what it asks for.
    pub can_skipped: bool,
    /// What a multiple-choice node offers.
    pub choice_list: Vec<String>,
    /// How to ask for what the node's tool needs.
    pub slots: Vec<Slot>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    #[default]
    #[serde(rename = "")]
    Plain,
    /// The node to begin with: exactly one has this type.
    Start,
    MultipleChoice,
    NestedGraphStart,
    Task,
    Tool,
    Agent,
}

/// A value to learn from the customer.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Slot {
    /// The argument's name in the tool.
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// How to ask for it.
    #[serde(default)]
    pub prompt: String,
    #[serde(default)]
    pub required: bool,
}

/// When to go from one node to another: `[from, to, {...}]`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Edge(pub String, pub String, pub Way);

#[derive(Debug, Deserialize, JsonSchema)]
pub struct Way {
    /// What the customer wants; `none` or null goes on without asking.
    pub intent: Option<String>,
    #[serde(default)]
    pub attribute: WayAttribute,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(default)]
pub struct WayAttribute {
    /// How likely this way is among several without an intent; one with 0 is never drawn.
    pub weight: f64,
    /// The intent may be asked for at any time once its node has been passed.
    pub pred: bool,
    /// What the intent means, where its name does not say it all.
    pub definition: String,
    /// How customers say it.
    pub sample_utterances: Vec<String>,
}

/// How likely a way is that does not say.
pub(super) const WEIGHT_DEFAULT: f64 = 1.0;

impl Default for WayAttribute {
    fn default() -> WayAttribute {
        let (definition, sample_utterances) = (String::new(), vec![]);
        WayAttribute { weight: WEIGHT_DEFAULT, pred: false, definition, sample_utterances }
    }
}

/// An entry of `tools` or `workers`.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Listed {
    pub id: String,
    #[serde(default)]
    pub name: String,
    /// What it is, such as `hubspot.find_contact_by_email` or `message_worker.py`.
    #[serde(default)]
    pub path: String,
    /// Ignored: tools take theirs from the server's settings. Write no secrets here.
    #[serde(default)]
    pub fixed_args: BTreeMap<String, Value>,
}

/// Where answers are found.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Document {
    /// An address, a path, or the text itself.
    pub source: String,
    /// Without it an address where it looks like one, or else a path.
    #[serde(rename = "type")]
    pub kind: Option<DocumentKind>,
    /// How many pages of the site are read; 1 without it.
    pub num: Option<u32>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DocumentKind {
    Url,
    File,
    Text,
    Local,
}

/// The JSON Schema of the format, as shipped in `taskgraphs/taskgraph.schema.json`.
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

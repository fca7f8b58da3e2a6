//! What a walk asks of the model.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::event::Failure;
use crate::graph::Document;

/// One thing to do next. All but the last of a step are things to say on the way.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// Choose what the customer wants and send it as `intent`, or "none".
    Intent { candidates: Vec<Candidate>, instruction: String },
    /// Learn these values from the customer and send them as `slots`.
    Slots {
        tool: String,
        /// The JSON Schema of the tool's arguments.
        #[schemars(with = "Map<String, Value>")]
        input_schema: Value,
        known: Map<String, Value>,
        missing: Vec<Missing>,
        /// How the tool failed, when it has been called already.
        #[serde(skip_serializing_if = "Option::is_none")]
        failed: Option<Failure>,
        /// May be passed over with `skip` when the customer has given already what it asks for.
        skippable: bool,
        instruction: String,
    },
    /// Call this tool with these arguments and send what it answers as `tool_result`.
    Call {
        tool: String,
        arguments: Map<String, Value>,
        /// Arguments that may be added when the customer has said them.
        optional: Vec<String>,
        /// The tool is of this server. Otherwise call it only if you have it.
        ours: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        failed: Option<Failure>,
        skippable: bool,
        instruction: String,
    },
    /// Say this, then send the customer's answer as `user_text`.
    Say {
        /// Empty: the instruction says what to say.
        text: String,
        /// Word for word.
        verbatim: bool,
        /// What the customer can choose from.
        choices: Vec<String>,
        skippable: bool,
        instruction: String,
    },
    /// Answer the customer from these documents, then send their answer as `user_text`.
    Answer {
        documents: Vec<Document>,
        /// What is known of the company.
        company: String,
        skippable: bool,
        instruction: String,
    },
    /// Action the customer whether to leave the matter at hand, and send `switch`.
    Switch {
        /// The matter at hand.
        from: String,
        to: Candidate,
        instruction: String,
    },
    /// Nothing of the graph fits: say so and what is possible, then send the customer's answer as `user_text`.
    Nothing {
        reason: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        failed: Option<Failure>,
        candidates: Vec<Candidate>,
        instruction: String,
    },
}

/// An intent that can be chosen.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Candidate {
    /// Send this as `intent`.
    pub intent: String,
    /// What happens first.
    pub leads_to: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub definition: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sample_utterances: Vec<String>,
}

/// An argument that nobody has said yet.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Missing {
    pub name: String,
    /// How the graph's author asks for it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prompt: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
}

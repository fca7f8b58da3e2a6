//! The actions that the engine asks of the model.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::event::Failure;
use crate::{graph::Document, instructions};

/// An action for the model. In the list of one step, all but the last are things to say on the way.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// Choose the intent that the customer has and send it as `intent`, or `none`.
    Intent {
        /// The intents to choose from, unless they are all those that were named before.
        #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "short")]
        candidates: Vec<Candidate>,
        /// The instruction for the model.
        instruction: String,
    },
    /// Learn these values from the customer and send them as `slots`.
    Slots {
        /// The tool that needs the values, unless the server calls it in any case.
        #[serde(skip_serializing_if = "String::is_empty")]
        tool: String,
        /// The required arguments that are not known.
        missing: Vec<MissingArgument>,
        /// The names of arguments that may be added if the customer has stated them.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        optional: Vec<String>,
        /// The last failure of the tool, if it was called before.
        #[serde(skip_serializing_if = "Option::is_none")]
        failed: Option<Failure>,
        /// The node may be skipped with `skip` if the customer has already given what it asks for.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        skippable: bool,
        /// The instruction for the model.
        instruction: String,
    },
    /// Call this tool with these arguments and send its result as `tool_result`.
    Call {
        /// The tool's name.
        tool: String,
        /// The arguments of the call.
        arguments: Map<String, Value>,
        /// The names of arguments that may be added if the customer has stated them.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        optional: Vec<String>,
        /// The tool belongs to this server. Otherwise it can only be called if the model has it.
        ours: bool,
        /// The last failure of the tool, if it was called before.
        #[serde(skip_serializing_if = "Option::is_none")]
        failed: Option<Failure>,
        /// The node may be skipped with `skip` if the customer has already given what it asks for.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        skippable: bool,
        /// The instruction for the model.
        instruction: String,
    },
    /// Say this, then send the customer's answer as `user_text`.
    Say {
        /// The text to say. Without it, the instruction describes what to say.
        #[serde(skip_serializing_if = "String::is_empty")]
        text: String,
        /// The text is said word for word.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        verbatim: bool,
        /// The choices that the customer is offered.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        choices: Vec<String>,
        /// The node may be skipped with `skip` if the customer has already given what it asks for.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        skippable: bool,
        /// The instruction for the model, unless `verbatim` says all of it.
        #[serde(skip_serializing_if = "String::is_empty")]
        instruction: String,
    },
    /// Answer the customer from these documents, then send their answer as `user_text`.
    Answer {
        /// The documents that the graph lists.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        documents: Vec<Document>,
        /// The question in the customer's words, for `search_documents`.
        #[serde(skip_serializing_if = "Option::is_none")]
        query: Option<String>,
        /// The node may be skipped with `skip` if the customer has already given what it asks for.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        skippable: bool,
        /// The instruction for the model.
        instruction: String,
    },
    /// Ask the customer if they want to leave the current topic, and send `switch`.
    Switch {
        /// The current topic.
        from: String,
        /// The intent that the customer has asked for.
        to: Candidate,
        /// The instruction for the model.
        instruction: String,
    },
    /// Ask the customer if they want to go on with the topic that was interrupted, and send `switch`.
    GoOn {
        /// The topic that was interrupted.
        matter: String,
        /// The instruction for the model.
        instruction: String,
    },
    /// Nothing in the graph fits: say so and what is possible, then send the customer's answer as `user_text`.
    Nothing {
        /// The reason in one sentence.
        reason: String,
        /// The failure of the tool, if that is the reason.
        #[serde(skip_serializing_if = "Option::is_none")]
        failed: Option<Failure>,
        /// The intents that are possible, unless they are all those that were named before.
        #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "short")]
        candidates: Vec<Candidate>,
        /// The instruction for the model.
        instruction: String,
    },
}

/// Leaves out of the actions of several steps that the customer is told before it goes on, where the last says so too, and
/// all but one of those.
pub fn without_repeated_ends(actions: &mut Vec<Action>) {
    let goes_on = |action: &Action| matches!(action, Action::Say { instruction, .. } if instruction == instructions::FINISH_AND_GO_ON);
    let ends = matches!(actions.last(), Some(Action::Say { instruction, .. }) if instruction.starts_with(instructions::FINISH));
    let mut kept = if ends { 0 } else { 1 };
    actions.retain(|action| {
        let stays = !goes_on(action) || kept > 0;
        kept -= i32::from(goes_on(action) && stays);
        stays
    });
}

impl Action {
    /// Leaves out what only whoever calls the tools needs.
    pub fn without_tool(&mut self) {
        if let Action::Slots { tool, .. } = self {
            tool.clear();
        }
    }

    /// Says of a question for the documents that the passages have been found.
    pub fn searched(&mut self) {
        if let Action::Answer { query, instruction, .. } = self {
            *query = None;
            *instruction = instructions::SEARCHED.to_owned();
        }
    }
}

/// An intent that can be chosen.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Candidate {
    /// The name to send as `intent`.
    pub intent: String,
    /// The first thing that happens for this intent, where another has the same name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub leads_to: String,
    /// The graph's definition of the intent.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub definition: String,
}

/// Writes intents of which only the name is told as their names.
fn short<S: serde::Serializer>(candidates: &[Candidate], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(candidates.iter().map(|candidate| match candidate {
        Candidate { intent, leads_to, definition } if leads_to.is_empty() && definition.is_empty() => {
            Value::from(intent.as_str())
        }
        other => serde_json::to_value(other).unwrap_or_default(),
    }))
}

/// A required argument that is not known.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct MissingArgument {
    /// The argument's name.
    pub name: String,
    /// The question that the graph's author has written for it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prompt: String,
    /// The argument's description.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// A value that can be sent, or what the customer has already said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_matter_is_told_once() {
        let say = |instruction: &str| Action::Say {
            text: String::new(),
            verbatim: false,
            choices: vec![],
            skippable: false,
            instruction: instruction.to_owned(),
        };
        let (goes_on, ends, other) = (say(instructions::FINISH_AND_GO_ON), say(instructions::FINISH), say("Ask."));
        for (actions, expected) in [
            (vec![&goes_on, &ends], vec![&ends]),
            (vec![&goes_on, &goes_on, &other], vec![&goes_on, &other]),
            (vec![&goes_on, &other], vec![&goes_on, &other]),
            (vec![&other, &ends], vec![&other, &ends]),
            (vec![], vec![]),
        ] {
            let mut actions: Vec<Action> = actions.into_iter().cloned().collect();
            without_repeated_ends(&mut actions);
            assert_eq!(actions, expected.into_iter().cloned().collect::<Vec<_>>());
        }
    }
}

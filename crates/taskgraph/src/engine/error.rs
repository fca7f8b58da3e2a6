//! The reasons for which a step is rejected.

use super::argument_names;
use super::limits::{STEPS_MAX, VALUE_LENGTH_MAX};
use crate::problem::quote;

/// The error of a step that was not taken. The run stays in its state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The intent is not offered here.
    #[error("{} is not one of the intents that can be chosen here: expected {}", quote(.given), list(.offered))]
    UnknownIntent {
        /// The intent that was sent.
        given: String,
        /// The intents that can be sent.
        offered: Vec<String>,
    },
    /// The intent fits several that are offered.
    #[error("{} fits several intents: send one of {}", quote(.given), list(.offered))]
    AmbiguousIntent {
        /// The intent that was sent.
        given: String,
        /// The intents that it fits.
        offered: Vec<String>,
    },
    /// No tool of the graph has an argument of this name.
    #[error("no tool of this taskgraph has an argument {}: expected {}", quote(.given), list(.expected))]
    UnknownSlot {
        /// The name that was sent.
        given: String,
        /// The arguments that the customer may state.
        expected: Vec<String>,
    },
    /// Another of these, after the arguments were listed.
    #[error("no tool of this taskgraph has an argument {} either", quote(.given))]
    UnknownToo {
        /// The name that was sent.
        given: String,
    },
    /// A message came while no matter was at hand.
    #[error("not written down yet: send an `intent` for it; it is kept for that")]
    NotWritten,
    /// What came with a "no" stands in no record.
    #[error("written nowhere: if it changes what was done, send it with the `intent` for that")]
    RefusalNotWritten,
    /// How the customer is reached stands in no record yet.
    #[error("written nowhere yet: it is kept for the person whom the customer asks for")]
    KeptForPerson,
    /// "Nothing of this" came with values of the matter at hand.
    #[error("`none` beside values that are asked for leaves nothing: send `switch`: \"leave\" to leave the matter")]
    NothingLeft,
    /// The argument is only accepted from the result of a tool.
    #[error("`{argument}` comes from `{tool}` alone{}", from(.by))]
    OnlyTool {
        /// The argument that was sent.
        argument: String,
        /// The tool that provides it.
        tool: String,
        /// The arguments by which tools find it.
        by: Vec<String>,
    },
    /// The value is none of those that were found.
    #[error("`{argument}` must be one of those found: {}", list(.found))]
    NotFound {
        /// The argument that was sent.
        argument: String,
        /// The values that fit.
        found: Vec<String>,
    },
    /// No tool of the graph takes a value of this type.
    #[error("no tool takes a value of this type as `{argument}`")]
    OtherType {
        /// The argument's name.
        argument: String,
    },
    /// Several values of an argument that takes one.
    #[error("`{argument}` takes one: send the others one at a time, each with its `intent`")]
    OneAtATime {
        /// The argument's name.
        argument: String,
    },
    /// The value of an argument is too long.
    #[error("the value of `{argument}` must not exceed {VALUE_LENGTH_MAX} bytes")]
    TooLong {
        /// The argument's name.
        argument: String,
    },
    /// A result was sent although no call is expected.
    #[error("no tool was asked for here, so there is no `tool_result` to send")]
    NoToolAsked,
    /// A result was sent although the tool's required arguments are not known.
    #[error("the tool cannot have been called without {}: send them as `slots`, before or together with its answer", list(.missing))]
    ArgumentsFirst {
        /// The arguments that are missing.
        missing: Vec<String>,
    },
    /// The current node cannot be skipped.
    #[error("nothing can be skipped here")]
    NothingToSkip,
    /// The run has reached its last step.
    #[error("this session has reached its {STEPS_MAX} steps: start another")]
    TooManySteps,
    /// The state names nodes that the graph no longer has.
    #[error("the taskgraph has changed since this session began: start another")]
    GraphChanged,
    /// The state was written by another version of this program.
    #[error("this session was kept by another version of the server (`{version}`): start another")]
    OtherVersion {
        /// The state's version.
        version: u32,
    },
}

impl StepError {
    /// Shortens the reason: of the names of arguments the nearest stay, and none if some were listed `before`.
    pub(super) fn shortened(&self, before: bool) -> StepError {
        match self {
            StepError::UnknownSlot { given, .. } if before => StepError::UnknownToo { given: given.clone() },
            StepError::UnknownSlot { given, expected } => {
                StepError::UnknownSlot { given: given.clone(), expected: argument_names::near(given, expected) }
            }
            other => other.clone(),
        }
    }
}

/// The values to send in place of one that a tool alone provides.
fn from(by: &[String]) -> String {
    if by.is_empty() { String::new() } else { format!(": send what it is found by, one of {}", list(by)) }
}

fn list(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(NAMES_MAX).map(|name| whole(name)).collect();
    if names.len() > NAMES_MAX {
        shown.push(format!("{} more", names.len() - NAMES_MAX));
    }
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}

/// The most names that a message lists.
const NAMES_MAX: usize = 60;

/// Quotes a name in backticks, whole, so that it can be sent as it stands.
fn whole(name: &str) -> String {
    format!("`{}`", name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>())
}

//! The reasons for which a step is rejected.

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
    /// No tool of the graph has an argument of this name.
    #[error("no tool of this taskgraph has an argument {}: expected {}", quote(.given), list(.expected))]
    UnknownSlot {
        /// The name that was sent.
        given: String,
        /// The arguments that the customer may state.
        expected: Vec<String>,
    },
    /// The argument is only accepted from the result of a tool.
    #[error("`{argument}` comes from `{tool}` alone: call it and send its answer as `tool_result`")]
    OnlyTool {
        /// The argument that was sent.
        argument: String,
        /// The tool that provides it.
        tool: String,
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
    /// A decision about the current topic was sent although none is expected.
    #[error("nothing is to be switched here: send `switch` when it is asked for, or together with an `intent`")]
    NothingToSwitch,
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

fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quote(name)).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

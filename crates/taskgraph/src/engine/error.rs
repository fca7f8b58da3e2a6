//! Why a step is not taken.

use super::{STEPS_MAX, context::VALUE_LENGTH_MAX};
use crate::problem::quote;

/// A step that was not taken; the walk stands where it stood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    #[error("{} is not one of the intents that can be chosen here: expected {}", quote(.given), list(.offered))]
    UnknownIntent { given: String, offered: Vec<String> },
    #[error("no tool of this taskgraph has an argument {}: expected {}", quote(.given), list(.expected))]
    UnknownSlot { given: String, expected: Vec<String> },
    #[error("`{argument}` comes from `{tool}` alone: call it and send its answer as `tool_result`")]
    OnlyTool { argument: String, tool: String },
    #[error("the value of `{argument}` must not exceed {VALUE_LENGTH_MAX} bytes")]
    TooLong { argument: String },
    #[error("no tool was asked for here, so there is no `tool_result` to send")]
    NoToolAsked,
    #[error("the tool cannot have been called without {}: send them as `slots`, before or together with its answer", list(.missing))]
    ArgumentsFirst { missing: Vec<String> },
    #[error("nothing can be skipped here")]
    NothingToSkip,
    #[error("nothing is to be switched here: send `switch` when it is asked for, or together with an `intent`")]
    NothingToSwitch,
    #[error("this session has reached its {STEPS_MAX} steps: start another")]
    TooManySteps,
    #[error("the taskgraph has changed since this session began: start another")]
    GraphChanged,
    #[error("this session was kept by another version of the server (`{version}`): start another")]
    OtherVersion { version: u32 },
}

fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quote(name)).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

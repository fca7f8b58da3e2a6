//! The errors of a taskgraph session.

use crate::store;
use crate::tool::ToolError;
use taskgraph::engine::error::StepError;

/// The reason why a session could not be started, read or moved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// No taskgraph has the name that was asked for; these names there are.
    #[error("there is no taskgraph with this name")]
    GraphUnknown(Vec<String>),
    /// The id is unknown, belongs to another caller, or the session has ended.
    #[error("there is no such session: it ends 24 hours after its last step")]
    Ended,
    /// A tool is being called for the session; its result may still come.
    #[error("a tool is being called for this session, and nothing else is done with it meanwhile")]
    Busy {
        /// The seconds after which the call is given up.
        seconds: i64,
    },
    /// Another step was taken since the session was read.
    #[error("another step of this session was taken at the same time")]
    Overtaken,
    /// The graph does not take the step.
    #[error(transparent)]
    Refused(#[from] StepError),
    /// The state cannot be written as JSON.
    #[error("the session could not be written: {0}")]
    Unwritable(String),
    /// A tool that the step calls asks the person first.
    #[error(transparent)]
    Asks(Box<ToolError>),
}

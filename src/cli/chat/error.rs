//! The failures of the chat command.

use std::io;

use crate::chat::desk::UnknownGraph;
use crate::cli::desk_choices;

/// The reason why a conversation could not be held.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No taskgraph has the name that was given.
    #[error(transparent)]
    Graph(#[from] UnknownGraph),
    /// The model or the persona.
    #[error(transparent)]
    Choice(#[from] desk_choices::Error),
    /// A file, by its name.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// The terminal could not be read or written.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
}

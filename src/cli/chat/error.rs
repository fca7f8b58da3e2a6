//! The failures of the chat command.

use std::fs;
use std::io;
use std::path::Path;

use crate::chat::desk::UnknownGraph;
use crate::chat::persona::{InvalidPersona, Persona};

/// The reason why a conversation could not be held.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The taskgraph.
    #[error(transparent)]
    Graph(#[from] UnknownGraph),
    /// The settings of the model.
    #[error(transparent)]
    Model(#[from] crate::app::model::Error),
    /// A model is wanted and none is named.
    #[error("`--brain model` needs `--model-url` and `--model`, or FRONTDESK_MODEL_URL and FRONTDESK_MODEL")]
    NoModel,
    /// A file, by its name.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// The file of the persona.
    #[error("--persona {0}: {1}")]
    Persona(String, InvalidPersona),
    /// The terminal.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
}

/// Reads the file of a persona.
pub(super) fn persona(file: &Path) -> Result<Persona, Error> {
    let text = fs::read_to_string(file).map_err(|error| Error::File(format!("--persona {}", file.display()), error))?;
    Persona::read(&text).map_err(|error| Error::Persona(file.display().to_string(), error))
}

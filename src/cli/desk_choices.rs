//! The choices of an operator about who answers in a chat, for every command that has one.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use crate::app::model;
use crate::chat::brain::model::ModelBrain;
use crate::chat::desk::NewBrain;
use crate::chat::persona::{InvalidPersona, Persona};
use crate::config::{ChatBrain, ModelSettings};

/// A choice that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The settings of the model.
    #[error(transparent)]
    Model(#[from] model::Error),
    /// A model is wanted and none is named.
    #[error("`--brain model` needs `--model-url` and `--model`, or FRONTDESK_MODEL_URL and FRONTDESK_MODEL")]
    NoModel,
    /// The file of the persona cannot be read.
    #[error("--persona {0}: {1}")]
    File(String, io::Error),
    /// The file of the persona.
    #[error("--persona {0}: {1}")]
    Persona(String, InvalidPersona),
}

/// The model that answers first, if one is wanted.
pub(super) fn brain(choice: Option<ChatBrain>, settings: &ModelSettings) -> Result<Option<NewBrain>, Error> {
    if choice == Some(ChatBrain::Lexical) {
        return Ok(None);
    }
    let client = model::client(settings, |name| std::env::var(name).ok())?;
    match client {
        Some(client) => Ok(Some(Arc::new(move || Box::new(ModelBrain::new(client.clone()))))),
        None if choice == Some(ChatBrain::Model) => Err(Error::NoModel),
        None => Ok(None),
    }
}

/// The persona of a file; without one that of nobody.
pub(super) fn persona(file: Option<&Path>) -> Result<Persona, Error> {
    let Some(file) = file else { return Ok(Persona::default()) };
    let text = fs::read_to_string(file).map_err(|error| Error::File(file.display().to_string(), error))?;
    Persona::read(&text).map_err(|error| Error::Persona(file.display().to_string(), error))
}

//! The errors of a library as a whole.

use std::io;

use crate::embed;

/// The reason why a library cannot be opened or searched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Tantivy failed to read or write the index.
    #[error("the index cannot be read or written: {0}")]
    Index(#[from] tantivy::TantivyError),
    /// The index folder cannot be created, read or locked.
    #[error("the index folder `{folder}` cannot be used: {cause}")]
    Folder {
        /// The path of the folder.
        folder: String,
        /// The error of the file system.
        cause: io::Error,
    },
    /// Another process holds the lock of the index folder.
    #[error("another process writes to the index folder")]
    InUse,
    /// The endpoint for embeddings failed.
    #[error(transparent)]
    Embeddings(#[from] embed::Error),
    /// A blocking task of the index panicked.
    #[error("the index stopped working; the log has the cause")]
    Stopped,
}

//! The settings of a library.

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, Utc};

use crate::{embed::EmbeddingClient, reading::Runner};

/// The place of the index and the limits of a library. Any value of any field is valid.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder that keeps the index between runs, in a subfolder of its own. `None` keeps the index in memory.
    pub folder: Option<PathBuf>,
    /// The endpoint for embeddings. `None` finds passages by their words alone.
    pub embeddings: Option<EmbeddingClient>,
    /// Starts a process for each document that may do harm. `None` reads all documents in this process.
    pub runner: Option<Arc<dyn Runner>>,
    /// The current time. A web site is read again a day after it was last read.
    pub now: DateTime<Utc>,
    /// The most estimated tokens that the passages of one search have together.
    pub answer_tokens_max: usize,
    /// The most passages that one search returns, whatever limit the caller gives.
    pub passages_max: usize,
    /// The most characters of a query that are used; the rest is ignored.
    pub query_chars_max: usize,
    /// The most documents in one library; further ones are left out and reported.
    pub documents_max: usize,
    /// The most bytes of a file or page; larger ones are left out and reported.
    pub document_bytes_max: usize,
    /// The most levels of subfolders that are searched for files.
    pub folder_depth_max: usize,
    /// The most pages that are read of one web site, whatever the source asks for.
    pub site_pages_max: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            folder: None,
            embeddings: None,
            runner: None,
            now: DateTime::UNIX_EPOCH,
            answer_tokens_max: 1_600,
            passages_max: 20,
            query_chars_max: 2_000,
            documents_max: 20_000,
            document_bytes_max: 20_000_000,
            folder_depth_max: 12,
            site_pages_max: 2_000,
        }
    }
}

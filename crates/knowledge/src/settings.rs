//! What a library is built with.

use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::embed::Embeddings;

/// Where the index lives and how much of everything there may be. Every field is valid with any value.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Keeps the index between runs, in a folder of its own inside this one. `None`: in memory.
    pub folder: Option<PathBuf>,
    /// Finds passages by their meaning too. `None`: by their words alone, and nothing is missing but recall.
    pub embeddings: Option<Embeddings>,
    /// When this is: sites are read anew a day after they were read last.
    pub now: DateTime<Utc>,
    /// What one search may answer, in estimated tokens.
    pub answer_tokens_max: usize,
    /// The most passages one search may answer with, whatever the caller asks for.
    pub passages_max: usize,
    /// A longer query is cut: what follows a page of text is not a question.
    pub query_chars_max: usize,
    /// More documents than this in one library are left out and reported.
    pub documents_max: usize,
    /// A larger file or page is left out and reported.
    pub document_bytes_max: usize,
    /// How deep the folders of a source are searched.
    pub folder_depth_max: usize,
    /// No site is read further than this many pages, whatever is asked for.
    pub site_pages_max: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            folder: None,
            embeddings: None,
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

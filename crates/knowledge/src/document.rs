//! The results that a library returns: passages, whole documents and the list of documents.

/// A part of a document that is short enough to be sent to a model. Its text is untrusted data.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// The score of the ranking: higher is better, comparable only within one search.
    pub score: f32,
    /// The title of the document.
    pub title: String,
    /// The document's path below its source, or its web address.
    pub source: String,
    /// The `doc://` URI of the whole document, for [`Library::document`](crate::Library::document).
    pub uri: String,
    /// The headings above the passage, outermost first. A first heading that equals the title is left out.
    pub heading_path: Vec<String>,
    /// The number of the passage within its document, counted from 0.
    pub position: u64,
    /// The text of the passage, as Markdown.
    pub text: String,
}

/// One whole document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The `doc://` URI, which stays the same at every start.
    pub uri: String,
    /// The document's own title, or its first heading, or its file name.
    pub title: String,
    /// The document's path below its source, or its web address.
    pub source: String,
    /// The whole text as Markdown, whatever the format of the file.
    pub text: String,
}

/// One row in the list of documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentSummary {
    /// The `doc://` URI, for [`Library::document`](crate::Library::document).
    pub uri: String,
    /// The document's own title, or its first heading, or its file name.
    pub title: String,
    /// The document's path below its source, or its web address.
    pub source: String,
}

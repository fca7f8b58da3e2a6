//! What a library gives back.

/// A part of a document, short enough to be read whole. Its text is the document's, not ours: untrusted data.
#[derive(Clone, Debug, PartialEq)]
pub struct Passage {
    /// Higher is better; comparable within one search only.
    pub score: f32,
    pub title: String,
    /// Where the document comes from: a path below its source, or a web address.
    pub source: String,
    /// The whole document's link, for [`Library::document`](super::Library::document).
    pub uri: String,
    /// The headings the passage stands under, outermost first.
    pub heading_path: Vec<String>,
    /// Counts the passages of one document from 0.
    pub position: u64,
    pub text: String,
}

/// One whole document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub uri: String,
    pub title: String,
    pub source: String,
    /// Markdown, whatever the document was written in.
    pub text: String,
}

/// One line of the list of documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub uri: String,
    pub title: String,
    pub source: String,
}

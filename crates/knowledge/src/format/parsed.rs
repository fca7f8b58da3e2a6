//! The result of parsing a document.

/// A parsed document.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ParsedDocument {
    /// The document's own title, if it has one.
    pub(crate) title: Option<String>,
    pub(crate) markdown: String,
    /// The links of a web page, as written in it.
    pub(crate) links: Vec<String>,
}

/// The reason why a document cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParseError {
    #[error("its elements are nested deeper than {0}")]
    TooDeep(usize),
    #[error("it cannot be parsed: {0}")]
    Malformed(String),
    #[error("it took longer than {0} seconds to read")]
    TooSlow(u64),
    #[error("it cannot be parsed: its parser failed")]
    Panicked,
}

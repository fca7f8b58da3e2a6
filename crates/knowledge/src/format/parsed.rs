//! The result of parsing a document.

use serde::{Deserialize, Serialize};

use crate::report::FailureKind;

/// Document as text with headings, and the number of parts that were left out.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ParsedDocument {
    /// The document's own title, if it has one.
    pub(crate) title: Option<String>,
    pub(crate) markdown: String,
    /// The links of a web page, as written in it.
    pub(crate) links: Vec<String>,
    /// The address that the links of a web page are relative to, if it is not the page's.
    pub(crate) base: Option<String>,
    /// The address of the page that a web page is another form of, as written in it.
    pub(crate) canonical: Option<String>,
    /// True if a web page asks crawlers not to index it.
    pub(crate) is_noindex: bool,
    /// True if it asks them not to follow its links.
    pub(crate) is_nofollow: bool,
    /// The characters that were left out because nobody sees them or their author struck them.
    pub(crate) hidden_chars: usize,
    /// The pages that hold a picture and no text, such as scans between pages with text.
    pub(crate) pictured_pages: usize,
    /// The places where characters stand that the file gives no meaning.
    pub(crate) lost_chars: usize,
    /// True if the text was cut because it is far larger than the file.
    pub(crate) is_cut: bool,
}

/// The reason why a document cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub(crate) enum ParseError {
    #[error("one of its tags has more than {0} attributes")]
    TooManyAttributes(usize),
    #[error("it is damaged or not of the format that its name says: {0}")]
    Malformed(String),
    #[error("it is protected by a password")]
    Encrypted,
    #[error("it holds no text, only pictures, like a scan")]
    Scanned,
    #[error("its letters have no meaning that a program can read")]
    Garbled,
    #[error("it took longer than {0} seconds to read")]
    TooSlow(u64),
    #[error("it needs more memory than {0} MiB to read")]
    TooLarge(u64),
    #[error("one of its parts unpacks to more than {0} bytes")]
    PartTooLarge(u64),
    #[error("its parser failed")]
    Panicked,
    #[error("no process can be started to read it: {0}")]
    NotStarted(String),
}

impl ParseError {
    pub(crate) fn kind(&self) -> FailureKind {
        match self {
            ParseError::Encrypted => FailureKind::Password,
            ParseError::Scanned | ParseError::Garbled => FailureKind::Scan,
            ParseError::Malformed(_) | ParseError::Panicked => FailureKind::Damaged,
            ParseError::TooManyAttributes(_)
            | ParseError::TooSlow(_)
            | ParseError::TooLarge(_)
            | ParseError::PartTooLarge(_) => FailureKind::Limit,
            ParseError::NotStarted(_) => FailureKind::Unavailable,
        }
    }
}

//! One form for every document: whatever it was written in, it is read as Markdown from here on.

mod docx;
mod guard;
mod html;
mod nesting;
mod pdf;
mod plain;

/// What a document is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Markdown,
    Text,
    Html,
    Pdf,
    Docx,
}

/// A document as read: its text and what it says about itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Draft {
    /// What the document calls itself, if it does.
    pub(super) title: Option<String>,
    pub(super) markdown: String,
    /// Where a page leads to, as written in it.
    pub(super) links: Vec<String>,
}

impl Format {
    /// For messages.
    pub(super) const NAMES: &str = "Markdown, text, HTML, PDF, DOCX";

    /// By the ending of a file's name.
    pub(super) fn of_path(path: &str) -> Option<Format> {
        let (_, ending) = path.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Some(Format::Markdown),
            "txt" | "text" => Some(Format::Text),
            "html" | "htm" | "xhtml" => Some(Format::Html),
            "pdf" => Some(Format::Pdf),
            "docx" => Some(Format::Docx),
            _ => None,
        }
    }

    /// By what a web server says a page is.
    pub(super) fn of_media_type(media_type: &str) -> Option<Format> {
        match media_type {
            "text/html" | "application/xhtml+xml" => Some(Format::Html),
            "text/markdown" => Some(Format::Markdown),
            "text/plain" => Some(Format::Text),
            "application/pdf" => Some(Format::Pdf),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Some(Format::Docx),
            _ => None,
        }
    }

    /// Whether its bytes are characters in some encoding.
    pub(super) fn is_text(self) -> bool {
        matches!(self, Format::Markdown | Format::Text | Format::Html)
    }

    /// Read a document.
    ///
    /// # Errors
    /// With what is wrong with it, when it is not what it claims to be.
    pub(super) fn read(self, bytes: &[u8]) -> Result<Draft, Unreadable> {
        match self {
            Format::Markdown | Format::Text => Ok(plain::read(&plain::decode(bytes))),
            Format::Html => {
                let page = html::decode(bytes);
                guard::run(move || html::read(&page))
            }
            Format::Pdf => pdf::read(bytes),
            Format::Docx => docx::read(bytes),
        }
    }
}

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("its elements are nested deeper than {0}")]
    TooDeep(usize),
    #[error("it cannot be parsed: {0}")]
    Malformed(String),
    #[error("it took longer than {0} seconds to read")]
    TooSlow(u64),
    #[error("it cannot be parsed: its parser failed")]
    Panicked,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_tells_the_format() {
        assert_eq!(Format::of_path("a/README.MD"), Some(Format::Markdown));
        assert_eq!(Format::of_path("index.htm"), Some(Format::Html));
        for unknown in ["picture.png", "md", "archive.tar.gz", ""] {
            assert_eq!(Format::of_path(unknown), None, "{unknown}");
        }
    }
}

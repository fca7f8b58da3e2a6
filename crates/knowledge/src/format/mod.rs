//! The formats of documents. Each parser turns its format into Markdown.

pub(crate) mod parsed;

mod docx;
mod html;
mod isolation;
mod nesting;
mod pdf;
mod plain;

use parsed::{ParseError, ParsedDocument};

/// The format of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Markdown,
    Text,
    Html,
    Pdf,
    Docx,
}

impl Format {
    /// The names of all formats, for error messages.
    pub(crate) const NAMES: &str = "Markdown, text, HTML, PDF, DOCX";

    /// Returns the format for the extension of a path.
    pub(crate) fn of_path(path: &str) -> Option<Format> {
        let (_, extension) = path.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Some(Format::Markdown),
            "txt" | "text" => Some(Format::Text),
            "html" | "htm" | "xhtml" => Some(Format::Html),
            "pdf" => Some(Format::Pdf),
            "docx" => Some(Format::Docx),
            _ => None,
        }
    }

    /// Returns the format for a media type.
    pub(crate) fn of_media_type(media_type: &str) -> Option<Format> {
        match media_type {
            "text/html" | "application/xhtml+xml" => Some(Format::Html),
            "text/markdown" => Some(Format::Markdown),
            "text/plain" => Some(Format::Text),
            "application/pdf" => Some(Format::Pdf),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Some(Format::Docx),
            _ => None,
        }
    }

    /// Returns true if files of this format are text in some character encoding.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Format::Markdown | Format::Text | Format::Html)
    }

    /// Parses a document.
    ///
    /// # Errors
    /// If the bytes are not a valid document of this format.
    pub(crate) fn parse(self, bytes: &[u8]) -> Result<ParsedDocument, ParseError> {
        match self {
            Format::Markdown | Format::Text => Ok(plain::parse(&plain::decode(bytes))),
            Format::Html => {
                let page = html::decode(bytes);
                isolation::run(move || html::parse(&page))
            }
            Format::Pdf => pdf::parse(bytes),
            Format::Docx => docx::parse(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides_the_format() {
        assert_eq!(Format::of_path("a/README.MD"), Some(Format::Markdown));
        assert_eq!(Format::of_path("index.htm"), Some(Format::Html));
        for unknown in ["picture.png", "md", "archive.tar.gz", ""] {
            assert_eq!(Format::of_path(unknown), None, "{unknown}");
        }
    }
}

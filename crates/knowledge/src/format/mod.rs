//! The formats of documents. Each parser turns its format into Markdown.

pub(crate) mod parsed;

pub(crate) mod encoding;

mod blocks;
mod csv;
mod docx;
mod front_matter;
mod html;
mod isolation;
mod markdown;
mod package;
mod pdf;
mod pptx;
mod superscript;
mod symbols;
mod table;
mod xlsx;

use parsed::{ParseError, ParsedDocument};

/// The most bytes of text for each byte of a file, and those that a small file may have beyond that.
const TEXT_PER_BYTE_MAX: usize = 4;
const TEXT_BYTES_FREE: usize = 1_000_000;

/// The first bytes of content that tell its format.
const START_BYTES: usize = 100;

/// The format of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Markdown,
    Text,
    Html,
    Pdf,
    Docx,
    Pptx,
    Xlsx,
    Csv,
}

/// All formats, with the extensions of their files and their media types.
const FORMATS: [(Format, &[&str], &[&str]); 8] = [
    (Format::Markdown, &["md", "markdown"], &["text/markdown"]),
    (Format::Text, &["txt", "text"], &["text/plain"]),
    (Format::Html, &["html", "htm", "xhtml"], &["text/html", "application/xhtml+xml"]),
    (Format::Pdf, &["pdf"], &["application/pdf"]),
    (Format::Docx, &["docx"], &["application/vnd.openxmlformats-officedocument.wordprocessingml.document"]),
    (Format::Pptx, &["pptx"], &["application/vnd.openxmlformats-officedocument.presentationml.presentation"]),
    (Format::Xlsx, &["xlsx"], &["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]),
    (Format::Csv, &["csv", "tsv"], &["text/csv", "text/tab-separated-values"]),
];

impl Format {
    /// The names of all formats, for error messages.
    pub(crate) const NAMES: &str = "Markdown, text, HTML, PDF, DOCX, PPTX, XLSX, CSV";

    /// Returns the format for the extension of a path.
    pub(crate) fn of_path(path: &str) -> Option<Format> {
        let (_, extension) = path.rsplit_once('.')?;
        let extension = extension.to_ascii_lowercase();
        FORMATS.iter().find(|(_, extensions, _)| extensions.contains(&extension.as_str())).map(|(format, ..)| *format)
    }

    /// Returns the format for a media type.
    pub(crate) fn of_media_type(media_type: &str) -> Option<Format> {
        FORMATS.iter().find(|(_, _, types)| types.contains(&media_type)).map(|(format, ..)| *format)
    }

    /// Returns the format of content without a media type, by its first bytes, or else by its path.
    pub(crate) fn of_content(path: &str, bytes: &[u8]) -> Option<Format> {
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(START_BYTES)]).trim_start().to_ascii_lowercase();
        match start {
            start if start.starts_with("%pdf") => Some(Format::Pdf),
            start if start.starts_with("<!doctype html") || start.starts_with("<html") => Some(Format::Html),
            _ => Format::of_path(path),
        }
    }

    /// Returns a number for the format, which another process of the same program knows.
    pub(crate) fn code(self) -> u8 {
        self as u8
    }

    pub(crate) fn of_code(code: u8) -> Option<Format> {
        FORMATS.iter().map(|(format, ..)| *format).find(|format| format.code() == code)
    }

    /// Returns true if files of this format are text in some character encoding.
    pub(crate) fn is_text(self) -> bool {
        matches!(self, Format::Markdown | Format::Text | Format::Html | Format::Csv)
    }

    /// Parses a document.
    ///
    /// # Errors
    /// If the bytes are not a valid document of this format.
    pub(crate) fn parse(self, bytes: &[u8]) -> Result<ParsedDocument, ParseError> {
        let bytes_max = TEXT_PER_BYTE_MAX * bytes.len() + TEXT_BYTES_FREE;
        let bytes = bytes.to_vec();
        let mut parsed = isolation::run(move || self.parsed(&bytes))?;
        if parsed.markdown.len() > bytes_max {
            parsed.markdown.truncate(parsed.markdown.floor_char_boundary(bytes_max));
            parsed.is_cut = true;
        }
        Ok(parsed)
    }

    fn parsed(self, bytes: &[u8]) -> Result<ParsedDocument, ParseError> {
        match self {
            Format::Markdown => Ok(markdown::parse(&encoding::decode(bytes, None))),
            Format::Text => Ok(markdown::parse_text(&encoding::decode(bytes, None))),
            Format::Html => html::parse(&encoding::decode_page(bytes)),
            Format::Pdf => pdf::parse(bytes),
            Format::Docx => docx::parse(bytes),
            Format::Pptx => pptx::parse(bytes),
            Format::Xlsx => xlsx::parse(bytes),
            Format::Csv => Ok(csv::parse(&encoding::decode(bytes, None))),
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
        assert!(FORMATS.iter().all(|(format, ..)| Format::of_code(format.code()) == Some(*format)));
        assert_eq!(Format::of_content("/download", b"%PDF-1.7"), Some(Format::Pdf));
        assert_eq!(Format::of_content("/", b"\n<!DOCTYPE HTML>"), Some(Format::Html));
        assert_eq!(Format::of_content("/a.docx", b"PK"), Some(Format::Docx));
        for unknown in ["picture.png", "md", "archive.tar.gz", ""] {
            assert_eq!(Format::of_path(unknown), None, "{unknown}");
        }
    }
}

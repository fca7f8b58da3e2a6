//! The formats of documents. Each parser turns its format into Markdown.

pub(crate) mod parsed;

pub(crate) mod encoding;

mod blocks;
mod csv;
mod declaration;
mod docx;
mod formula;
mod front_matter;
pub(crate) mod html;
mod isolation;
mod markdown;
mod package;
mod pdf;
mod pptx;
mod superscript;
mod symbols;
mod table;
mod xlsx;

pub(crate) use package::entity;
use parsed::{ParseError, ParsedDocument};

/// The most bytes of text for each byte of a file, and those that a small file may have beyond that.
const TEXT_PER_BYTE_MAX: usize = 4;
const TEXT_BYTES_FREE: usize = 1_000_000;

/// The first bytes of content that tell its format.
const START_BYTES: usize = 512;

/// The first bytes of a ZIP archive.
const ZIP: &[u8] = b"PK\x03\x04";

/// The begins of web pages (MIME Sniffing, section 7.1), in small letters.
const PAGE_STARTS: [&str; 17] = [
    "<!doctype html",
    "<html",
    "<head",
    "<script",
    "<iframe",
    "<h1",
    "<div",
    "<font",
    "<table",
    "<a ",
    "<style",
    "<title",
    "<b>",
    "<body",
    "<br",
    "<p>",
    "<!--",
];

/// Returns the format of an Office file, by the folder of its parts.
fn of_package(bytes: &[u8]) -> Option<Format> {
    match package::folder(bytes, &["word/", "ppt/", "xl/"])? {
        "word/" => Some(Format::Docx),
        "ppt/" => Some(Format::Pptx),
        _ => Some(Format::Xlsx),
    }
}

/// Returns true if bytes are no data of a program (MIME Sniffing, section 7.2).
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| !matches!(byte, 0x00..=0x08 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F))
}

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

    /// Returns the format of content whose media type tells nothing, by its first bytes, or else by its path. Text of no
    /// known ending is plain text.
    pub(crate) fn of_content(path: &str, bytes: &[u8]) -> Option<Format> {
        let start = &bytes[..bytes.len().min(START_BYTES)];
        let text = String::from_utf8_lossy(start).trim_start_matches('\u{FEFF}').trim_start().to_ascii_lowercase();
        let is_page = PAGE_STARTS.iter().any(|tag| text.starts_with(tag));
        match text {
            _ if Format::is_certain(Format::Pdf, bytes) => Some(Format::Pdf),
            _ if is_page => Some(Format::Html),
            _ if start.starts_with(ZIP) => Format::of_path(path).or_else(|| of_package(bytes)),
            text => Format::of_path(path).or_else(|| (is_text(start) && !text.is_empty()).then_some(Format::Text)),
        }
    }

    /// Returns true if the first bytes can be of this format only, whatever a media type says.
    pub(crate) fn is_certain(self, bytes: &[u8]) -> bool {
        self == Format::Pdf && bytes.starts_with(b"%PDF-")
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
        assert_eq!(Format::of_content("/a.docx", b"PK\x03\x04"), Some(Format::Docx));
        assert_eq!(Format::of_content("/hours", b"Open from 9."), Some(Format::Text));
        assert_eq!(Format::of_content("/hours", b"\x01\x02"), None);
        assert_eq!(
            Format::of_content("/download", &package::tests::packed("word/document.xml", &[("word/document.xml", "")])),
            Some(Format::Docx)
        );
        for unknown in ["picture.png", "md", "archive.tar.gz", ""] {
            assert_eq!(Format::of_path(unknown), None, "{unknown}");
        }
    }
}

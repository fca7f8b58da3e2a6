//! Parses Markdown and plain text: the character encoding, and the title in a front matter.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::parsed::ParsedDocument;

/// Decodes a text by its byte order mark, as UTF-8, or else as Windows-1252, in which every byte is a character.
pub(super) fn decode(bytes: &[u8]) -> String {
    decode_as(bytes, None)
}

/// Decodes a text like [`decode`], but with the declared encoding in the place of Windows-1252.
pub(super) fn decode_as(bytes: &[u8], declared: Option<&'static Encoding>) -> String {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => declared.unwrap_or(WINDOWS_1252),
    };
    encoding.decode(bytes).0.into_owned()
}

/// Parses a decoded text.
pub(super) fn parse(text: &str) -> ParsedDocument {
    let (matter, body) = front_matter(text);
    let title = matter.lines().find_map(|line| line.strip_prefix("title:"));
    let title = title.map(|title| title.trim().trim_matches(['"', '\'']).to_owned()).filter(|title| !title.is_empty());
    ParsedDocument { title, markdown: body.to_owned(), links: Vec::new() }
}

/// Splits a text into its front matter and its body. The front matter, as static site generators use it, is between two
/// lines of `---`.
fn front_matter(text: &str) -> (&str, &str) {
    let opened = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"));
    let closed = opened.and_then(|rest| rest.split_once("\n---"));
    // If more than the end of the line follows the second mark, there is no front matter.
    match closed {
        Some((matter, rest)) if rest.starts_with(['\r', '\n']) || rest.is_empty() => (matter, rest),
        _ => ("", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_encodings_are_decoded() {
        assert_eq!(decode("Größe".as_bytes()), "Größe");
        assert_eq!(decode(b"\xEF\xBB\xBFBOM"), "BOM");
        assert_eq!(decode(b"Gr\xF6\xDFe \x80"), "Größe €");
        assert_eq!(decode(b"\xFF\xFEh\0i\0"), "hi");
    }

    #[test]
    fn a_front_matter_gives_the_title_and_is_not_part_of_the_text() {
        let parsed = parse("---\ntitle: \"Warranty\"\ndate: 2026\n---\nTwo years.\n");
        assert_eq!((parsed.title.as_deref(), parsed.markdown.as_str()), (Some("Warranty"), "\nTwo years.\n"));
        let text = "---\nA line, then text.\n---- \n";
        assert_eq!(parse(text), ParsedDocument { markdown: text.to_owned(), ..ParsedDocument::default() });
    }
}

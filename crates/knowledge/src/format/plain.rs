//! Markdown and plain text: what they are written in, and the title a front matter may hold.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::Draft;

/// The text of a file in UTF-8, in what its byte order mark says, or else in the old Western encoding, in which every
/// byte means something.
pub(super) fn decode(bytes: &[u8]) -> String {
    decode_as(bytes, None)
}

/// The same, where the file itself says what it is in, should it be neither of the first two.
pub(super) fn decode_as(bytes: &[u8], said: Option<&'static Encoding>) -> String {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => said.unwrap_or(WINDOWS_1252),
    };
    encoding.decode(bytes).0.into_owned()
}

pub(super) fn read(text: &str) -> Draft {
    let (matter, body) = front_matter(text);
    let title = matter.lines().find_map(|line| line.strip_prefix("title:"));
    let title = title.map(|title| title.trim().trim_matches(['"', '\'']).to_owned()).filter(|title| !title.is_empty());
    Draft { title, markdown: body.to_owned(), links: Vec::new() }
}

/// The settings that static site generators put before a page, between two lines of `---`, and what follows them.
fn front_matter(text: &str) -> (&str, &str) {
    let opened = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n"));
    let closed = opened.and_then(|rest| rest.split_once("\n---"));
    // Anything but the end of the line after the second mark means that this is text.
    match closed {
        Some((matter, rest)) if rest.starts_with(['\r', '\n']) || rest.is_empty() => (matter, rest),
        _ => ("", text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_encodings_are_read() {
        assert_eq!(decode("Größe".as_bytes()), "Größe");
        assert_eq!(decode(b"\xEF\xBB\xBFBOM"), "BOM");
        assert_eq!(decode(b"Gr\xF6\xDFe \x80"), "Größe €");
        assert_eq!(decode(b"\xFF\xFEh\0i\0"), "hi");
    }

    #[test]
    fn a_front_matter_gives_the_title_and_is_no_text() {
        let draft = read("---\ntitle: \"Warranty\"\ndate: 2026\n---\nTwo years.\n");
        assert_eq!((draft.title.as_deref(), draft.markdown.as_str()), (Some("Warranty"), "\nTwo years.\n"));
        let text = "---\nA line, then text.\n---- \n";
        assert_eq!(read(text), Draft { markdown: text.to_owned(), ..Draft::default() });
    }
}

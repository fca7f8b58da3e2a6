//! Parses PDF files with text. Scanned pages are pictures and give no text.

mod widths;

use pdf_extract::{Document, PlainTextOutput};
use unicode_normalization::UnicodeNormalization;

use super::parsed::{ParseError, ParsedDocument};

/// The share of characters without a meaning from which on a text is no text.
const GARBLED_SHARE_MAX: f64 = 0.1;

/// The letters and digits a page has at least; scans have a page number.
const CHARS_PER_PAGE_MIN: usize = 16;

/// Parses a file.
///
/// # Errors
/// If it is damaged, has a password, or holds no text that can be read.
pub(super) fn parse(bytes: &[u8]) -> Result<ParsedDocument, ParseError> {
    let mut file = Document::load_mem(bytes).map_err(failure)?;
    if file.is_encrypted() {
        // Many files may be read by everybody, and have a password for changes only.
        file.decrypt("").map_err(|_| ParseError::Encrypted)?;
    }
    widths::write_out_ranges(&mut file);
    let mut text = String::new();
    pdf_extract::output_doc(&file, &mut PlainTextOutput::new(&mut text)).map_err(failure)?;
    let markdown = tidy(&folded(&text));
    match quality(&markdown, file.get_pages().len()) {
        Some(error) => Err(error),
        None => Ok(ParsedDocument { markdown, ..ParsedDocument::default() }),
    }
}

fn failure(cause: impl std::fmt::Display) -> ParseError {
    let cause = cause.to_string();
    let lower = cause.to_lowercase();
    match lower.contains("decrypt") || lower.contains("encrypt") || lower.contains("password") {
        true => ParseError::Encrypted,
        false => ParseError::Malformed(cause),
    }
}

/// Returns the reason why a text is not worth indexing.
fn quality(text: &str, pages: usize) -> Option<ParseError> {
    let shown = text.chars().filter(|c| !c.is_whitespace()).count();
    let readable = text.chars().filter(|c| c.is_alphanumeric()).count();
    let garbled = text.chars().filter(|c| is_meaningless(*c)).count();
    if shown > 0 && garbled as f64 > shown as f64 * GARBLED_SHARE_MAX {
        return Some(ParseError::Garbled);
    }
    (readable < CHARS_PER_PAGE_MIN.min(CHARS_PER_PAGE_MIN * pages) && pages > 1 || readable == 0)
        .then_some(ParseError::Scanned)
}

/// Returns true for characters that fonts without a map leave: private ones, controls, and the replacement.
fn is_meaningless(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{FFF0}'..='\u{FFFF}') || (c.is_control() && !c.is_whitespace())
}

/// Turns the ligatures of printed text into letters, as queries have them. Fractions and powers are no ligatures: their
/// compatible forms are other numbers.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'ﬀ' => folded.push_str("ff"),
            'ﬁ' => folded.push_str("fi"),
            'ﬂ' => folded.push_str("fl"),
            'ﬃ' => folded.push_str("ffi"),
            'ﬄ' => folded.push_str("ffl"),
            'ﬅ' | 'ﬆ' => folded.push_str("st"),
            '\u{A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}' => folded.push(' '),
            // Letters of full width and presentation forms, which are the same letters.
            '\u{FF01}'..='\u{FF5E}' => folded.extend(char::from_u32(u32::from(c) - 0xFEE0)),
            '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => folded.extend(std::iter::once(c).nfkc()),
            c if super::blocks::is_ignorable(c) && c != '\u{AD}' => {}
            '\u{AD}' => folded.push('-'),
            c => folded.push(super::symbols::shown(c)),
        }
    }
    folded.nfc().collect()
}

/// Puts one empty line between paragraphs, trims the lines, and joins words that are hyphenated at a line end.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            end_paragraph(&mut tidied);
        } else {
            join(&mut tidied, line);
        }
    }
    end_paragraph(&mut tidied);
    tidied
}

fn end_paragraph(text: &mut String) {
    while text.ends_with('\n') {
        text.pop();
    }
    if !text.is_empty() {
        text.push_str("\n\n");
    }
}

/// Appends a line, without the hyphen before it if it continues a word.
fn join(text: &mut String, line: &str) {
    let hyphenated = text.strip_suffix("-\n").is_some_and(|before| before.ends_with(char::is_lowercase));
    if hyphenated && line.starts_with(char::is_lowercase) {
        text.truncate(text.len() - 2);
    }
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Builds a PDF file of one page with these lines.
    fn pdf(lines: &[&str]) -> Vec<u8> {
        let shown: String = lines.iter().map(|line| format!("({line}) Tj 0 -14 Td ")).collect();
        let content = format!("BT /F1 12 Tf 72 720 Td {shown}ET");
        let objects = [
            "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
                .to_owned(),
            format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        ];
        let mut file = "%PDF-1.4\n".to_owned();
        let mut offsets = String::new();
        for (n, object) in (1..).zip(objects) {
            offsets += &format!("{:010} 00000 n \n", file.len());
            file += &format!("{n} 0 obj\n{object}\nendobj\n");
        }
        let start = file.len();
        file += &format!(
            "xref\n0 6\n0000000000 65535 f \n{offsets}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        );
        file.into_bytes()
    }

    #[test]
    fn the_text_of_a_page_is_extracted() {
        let text = parse(&pdf(&["The robot clean-", "er rests at night.", "Charge it for 3 hours."])).unwrap().markdown;
        assert_eq!(
            text.split_whitespace().collect::<Vec<_>>().join(" "),
            "The robot cleaner rests at night. Charge it for 3 hours."
        );
    }

    #[test]
    fn ligatures_are_letters_and_numbers_stay_what_they_are() {
        assert_eq!(folded("o\u{FB03}ce 1½ h, 10⁵, \u{A0}5\u{200B}6 e\u{301}"), "office 1½ h, 10⁵,  56 é");
        assert_eq!(quality("Page 1", 3), Some(ParseError::Scanned));
        assert_eq!(quality("\u{E001}\u{E002}\u{E003} abc", 1), Some(ParseError::Garbled));
        assert_eq!(quality("Open from 9 to 17, also on Sundays.", 3), None);
    }

    #[test]
    fn damaged_files_never_panic() {
        let parse = |bytes: &[u8]| crate::format::Format::Pdf.parse(bytes);
        let whole = pdf(&["Text"]);
        for damaged in [&b"%PDF-1.4 nonsense"[..], b"", b"<html>", &whole[..whole.len() / 2]] {
            assert!(parse(damaged).is_err(), "{:?}", String::from_utf8_lossy(damaged));
        }
        for at in (0..whole.len()).step_by(7) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x1f;
            // Some changes leave a valid file; none may end the process.
            let _either = parse(&damaged);
        }
    }
}

//! Parses PDF files with text. Scanned pages are pictures and give no text.

use unicode_normalization::UnicodeNormalization;

use super::{
    isolation,
    parsed::{ParseError, ParsedDocument},
};

pub(super) fn parse(bytes: &[u8]) -> Result<ParsedDocument, ParseError> {
    let bytes = bytes.to_vec();
    isolation::run(move || {
        let text = pdf_extract::extract_text_from_mem(&bytes);
        let text = text.map_err(|cause| ParseError::Malformed(cause.to_string()))?;
        // Ligatures such as `ffi` become single letters, as queries have them.
        Ok(ParsedDocument { markdown: tidy(&text.nfkc().collect::<String>()), ..ParsedDocument::default() })
    })
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
    fn damaged_files_never_panic() {
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

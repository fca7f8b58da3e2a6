//! PDF files that hold text. Scanned pages hold pictures, and nothing here reads those.

use unicode_normalization::UnicodeNormalization;

use super::{Draft, Unreadable, guard};

pub(super) fn read(bytes: &[u8]) -> Result<Draft, Unreadable> {
    let bytes = bytes.to_vec();
    guard::run(move || {
        let text = pdf_extract::extract_text_from_mem(&bytes);
        let text = text.map_err(|cause| Unreadable::Malformed(cause.to_string()))?;
        // Printers set `ffi` as one character; questions do not.
        Ok(Draft { markdown: tidy(&text.nfkc().collect::<String>()), ..Draft::default() })
    })
}

/// One empty line between paragraphs, no spaces at the ends of lines, and words that a line end divided in one piece.
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

fn join(text: &mut String, line: &str) {
    let divided = text.strip_suffix("-\n").is_some_and(|before| before.ends_with(char::is_lowercase));
    if divided && line.starts_with(char::is_lowercase) {
        text.truncate(text.len() - 2);
    }
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of one page with these lines, as small as PDF allows.
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
    fn the_text_of_a_page_is_read() {
        let text = read(&pdf(&["The robot clean-", "er rests at night.", "Charge it for 3 hours."])).unwrap().markdown;
        assert_eq!(
            text.split_whitespace().collect::<Vec<_>>().join(" "),
            "The robot cleaner rests at night. Charge it for 3 hours."
        );
    }

    #[test]
    fn what_is_no_pdf_is_refused_and_never_panics() {
        let whole = pdf(&["Text"]);
        for damaged in [&b"%PDF-1.4 nonsense"[..], b"", b"<html>", &whole[..whole.len() / 2]] {
            assert!(read(damaged).is_err(), "{:?}", String::from_utf8_lossy(damaged));
        }
        for at in (0..whole.len()).step_by(7) {
            let mut bent = whole.clone();
            bent[at] ^= 0x1f;
            // Some changes still leave a file that can be read; none may take the process down.
            let _either = read(&bent);
        }
    }
}

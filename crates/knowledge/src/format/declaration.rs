//! Finds the encoding that a page declares, as browsers do (HTML standard, "prescan a byte stream to determine its encoding").

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// The bytes at the beginning of a page in which a declaration is looked for. Browsers read 1,024 bytes, and begin anew
/// when a later one differs.
const DECLARATION_BYTES: usize = 65_536;

/// Returns the encoding in the first `meta` element of a page that names one, or in its XML declaration.
pub(super) fn find(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARATION_BYTES)];
    Scan { bytes: head, at: 0 }.meta().or_else(|| xml(head))
}

fn xml(head: &[u8]) -> Option<&'static Encoding> {
    let declaration = String::from_utf8_lossy(head.strip_prefix(b"<?xml")?);
    let (_, value) = declaration.split("?>").next()?.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    of_label(value[1..].split(quote).next()?)
}

/// Returns the encoding of a label. A page in which a declaration can be read is not UTF-16, whatever it says.
fn of_label(label: &str) -> Option<&'static Encoding> {
    Encoding::for_label(label.as_bytes()).map(|found| match found {
        found if found == UTF_16LE || found == UTF_16BE => UTF_8,
        found if found == X_USER_DEFINED => WINDOWS_1252,
        found => found,
    })
}

/// Returns the encoding in the `content` of a `meta` element, such as `text/html; charset=utf-8`.
fn of_content(content: &str) -> Option<&'static Encoding> {
    let values = content.match_indices("charset").map(|(at, key)| content[at + key.len()..].trim_start());
    let value = values.filter_map(|value| value.strip_prefix('=')).next()?.trim_start();
    match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        Some(quote) => of_label(value[1..].split_once(quote)?.0),
        None => of_label(value.split(|c: char| c.is_ascii_whitespace() || c == ';').next()?),
    }
}

/// A pass over the tags at the beginning of a page.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn meta(&mut self) -> Option<&'static Encoding> {
        while self.at < self.bytes.len() {
            let rest = &self.bytes[self.at..];
            if rest.starts_with(b"<!--") {
                // The end of a comment may be part of its begin: `<!-->`.
                self.at += 2;
                self.skip_behind(b"-->");
            } else if is_meta(rest) {
                self.at += "<meta".len();
                if let Some(found) = self.declared() {
                    return Some(found);
                }
            } else if is_tag(rest) {
                self.at += rest.iter().position(|byte| is_space(*byte) || *byte == b'>').unwrap_or(rest.len());
                while self.attribute().is_some() {}
            } else if rest.starts_with(b"<!") || rest.starts_with(b"</") || rest.starts_with(b"<?") {
                self.skip_behind(b">");
            } else {
                self.at += 1;
            }
        }
        None
    }

    fn skip_behind(&mut self, end: &[u8]) {
        let rest = &self.bytes[self.at..];
        self.at += rest.windows(end.len()).position(|window| window == end).map_or(rest.len(), |at| at + end.len());
    }

    /// Reads the attributes of a `meta` element.
    fn declared(&mut self) -> Option<&'static Encoding> {
        let (mut is_pragma, mut of_pragma, mut own) = (false, None, None);
        while let Some((name, value)) = self.attribute() {
            match name.as_str() {
                "http-equiv" => is_pragma |= value == "content-type",
                "content" => of_pragma = of_pragma.or_else(|| of_content(&value)),
                "charset" => own = own.or_else(|| of_label(&value)),
                _ => {}
            }
        }
        own.or(of_pragma.filter(|_| is_pragma))
    }

    /// Reads one attribute, in small letters, or returns `None` at the end of the tag.
    fn attribute(&mut self) -> Option<(String, String)> {
        self.skip(|byte| is_space(byte) || byte == b'/');
        if matches!(self.peek(), None | Some(b'>')) {
            return None;
        }
        let first = self.at;
        self.at += 1;
        self.skip(|byte| !is_space(byte) && !matches!(byte, b'=' | b'/' | b'>'));
        let name = small(&self.bytes[first..self.at]);
        self.skip(is_space);
        if self.peek() != Some(b'=') {
            return Some((name, String::new()));
        }
        self.at += 1;
        self.skip(is_space);
        Some((name, self.value()))
    }

    fn value(&mut self) -> String {
        let Some(quote) = self.peek().filter(|byte| matches!(byte, b'"' | b'\'')) else {
            let start = self.at;
            self.skip(|byte| !is_space(byte) && byte != b'>');
            return small(&self.bytes[start..self.at]);
        };
        let start = self.at + 1;
        self.at = start;
        self.skip(|byte| byte != quote);
        let value = small(&self.bytes[start..self.at]);
        self.at += 1;
        value
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip(&mut self, is_skipped: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&is_skipped) {
            self.at += 1;
        }
    }
}

fn is_meta(rest: &[u8]) -> bool {
    rest.len() > 5 && rest[..5].eq_ignore_ascii_case(b"<meta") && (is_space(rest[5]) || rest[5] == b'/')
}

/// Returns true at the begin of a start or end tag.
fn is_tag(rest: &[u8]) -> bool {
    let name = rest.strip_prefix(b"</").or_else(|| rest.strip_prefix(b"<"));
    name.is_some_and(|name| name.first().is_some_and(u8::is_ascii_alphabetic))
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0C)
}

fn small(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_ascii_lowercase()
}

//! The marks of Markdown, and of the HTML in it, at one place of a text.

use crate::format::html;

/// Returns the bytes up to the end of a paragraph.
pub(super) fn paragraph_bytes(text: &str) -> usize {
    let is_empty_line = |(at, _): &(usize, &str)| {
        let next = text[at + 1..].trim_start_matches([' ', '\t', '\r']);
        next.starts_with('\n')
    };
    text.match_indices('\n').find(is_empty_line).map_or(text.len(), |(at, _)| at)
}

/// Returns the name of a tag in small letters, given what stands between its brackets. An address such as
/// `<mark@example.com>` is no tag: behind a name stands white space, a slash or the end.
pub(super) fn tag_name(inner: &str) -> Option<String> {
    let tag = inner.strip_prefix('/').unwrap_or(inner);
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(tag.len());
    let is_whole = tag[end..].is_empty() || tag[end..].starts_with(|c: char| c.is_whitespace() || c == '/');
    (end > 0 && is_whole).then(|| tag[..end].to_ascii_lowercase())
}

/// Returns true if a tag goes by this name.
pub(super) fn is_named(tag: &str, name: &str) -> bool {
    let bytes = tag.as_bytes();
    let after = bytes.get(name.len()).copied();
    bytes.len() >= name.len()
        && bytes[..name.len()].eq_ignore_ascii_case(name.as_bytes())
        && after.is_none_or(|after| after.is_ascii_whitespace() || matches!(after, b'/' | b'>'))
}

/// Returns true if a start tag alone makes its element invisible.
pub(super) fn hides(start_tag: &str) -> bool {
    let small = start_tag.to_ascii_lowercase();
    (small.contains("hidden") || small.contains("style"))
        && html::parse(&format!("{start_tag}x")).is_ok_and(|read| read.hidden_chars > 0)
}

/// The mark and the length of the fence that a line begins with.
pub(super) fn fence(line: &str) -> Option<(char, usize)> {
    let line = line.trim_start_matches([' ', '\t', '>']);
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(mark).len();
    (length >= 3 && !(mark == '`' && line[length..].contains('`'))).then_some((mark, length))
}

/// Returns the bytes of a fenced block with its last line.
pub(super) fn fenced_bytes(rest: &str, (mark, length): (char, usize)) -> usize {
    let mut bytes = 0;
    for (number, line) in rest.split_inclusive('\n').enumerate() {
        bytes += line.len();
        let closes = fence(line).is_some_and(|(closing, long)| closing == mark && long >= length);
        if number > 0 && closes && line.trim().trim_start_matches(['>', ' ']).trim_start_matches(mark).is_empty() {
            break;
        }
    }
    bytes
}

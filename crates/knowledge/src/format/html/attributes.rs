//! Counts the attributes of the tags of a page before it is parsed: the parser compares each with all others of its tag.

use super::elements::RAW;

/// Returns the most attributes of one tag. It may be more than the parser finds, but is never much less.
pub(super) fn most_of_one_tag(html: &str) -> usize {
    let (mut most, mut rest) = (0, html);
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let name = name(rest.trim_start_matches('/'));
        if name.is_empty() {
            continue;
        }
        let (attributes, after) = attributes(rest);
        most = most.max(attributes);
        let is_raw = !rest.starts_with('/') && RAW.contains(&name.as_str());
        rest = if is_raw { after_end_of(&name, after) } else { after };
    }
    most
}

/// Counts the words of a tag outside of quotes, and returns the text behind the tag.
fn attributes(tag: &str) -> (usize, &str) {
    let (mut count, mut quote, mut in_word) = (0, None, true);
    for (at, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => (quote, in_word) = (Some(byte), false),
            (None, b'>') => return (count, &tag[at + 1..]),
            (None, b' ' | b'\t' | b'\n' | b'\r' | b'\x0C' | b'/') => in_word = false,
            (None, _) if !in_word => (count, in_word) = (count + 1, true),
            (None, _) => {}
        }
    }
    (count, "")
}

/// Returns the name that a tag begins with, in lower case, or an empty string if this is not a tag.
fn name(tag: &str) -> String {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(tag.len());
    let name = &tag[..end];
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name.to_ascii_lowercase() } else { String::new() }
}

/// Returns the text behind the end tag of the element `name`, up to the tag's name.
fn after_end_of<'a>(name: &str, rest: &'a str) -> &'a str {
    let is_end = |(at, _): &(usize, &str)| {
        let tag = &rest.as_bytes()[at + 2..];
        tag.len() >= name.len() && tag[..name.len()].eq_ignore_ascii_case(name.as_bytes())
    };
    rest.match_indices("</").find(is_end).map_or("", |(at, end)| &rest[at + end.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_counted_by_tag() {
        let cases = [
            ("", 0),
            ("1 < 2 <3 a b c", 0),
            ("<div class='a b c' id=x><b hidden>", 2),
            ("<script>if (a<b) { x y z }</SCRIPT ><i a b>", 2),
            ("<!-- <div a b c> --><div a>", 1),
            ("<style>a<b x y z", 0),
            ("<a href=\"x>y\" b>", 2),
        ];
        for (html, expected) in cases {
            assert_eq!(most_of_one_tag(html), expected, "{html}");
        }
        assert_eq!(most_of_one_tag(&format!("<a{}>", " x".repeat(100_000))), 100_000);
    }
}

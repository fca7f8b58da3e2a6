//! Measures the nesting of a web page from its tags alone, before the page is parsed.

/// Elements without content (HTML standard, "void elements").
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements whose end tag may be omitted. They cannot be nested without another element between.
const CLOSED_BY_THE_NEXT: &[&str] =
    &["body", "dd", "dt", "head", "html", "li", "option", "p", "tbody", "td", "tfoot", "th", "thead", "tr"];

/// Elements whose content is text, in which `<` begins no tag.
const RAW: &[&str] = &["script", "style", "textarea", "title"];

/// Returns the most elements that are open at once. It may be more than in a browser, but is never much less.
pub(super) fn depth(html: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (is_end, name) = (rest.starts_with('/'), name(rest.trim_start_matches('/')));
        if name.is_empty() || VOID.contains(&name.as_str()) || CLOSED_BY_THE_NEXT.contains(&name.as_str()) {
            continue;
        }
        if is_end {
            open = open.saturating_sub(1);
        } else if RAW.contains(&name.as_str()) {
            rest = after_end_of(&name, rest);
        } else {
            open += 1;
            deepest = deepest.max(open);
        }
    }
    deepest
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
    fn open_elements_are_counted() {
        let cases = [
            ("", 0),
            ("1 < 2 <3", 0),
            ("<div><b>x</b><i>y</i></div><div></div>", 2),
            ("<ul><li>a<li>b<li>c</ul><p>x<p>y<br><img src=x>", 1),
            ("<script>if (a<b) { '<div><div>' }</SCRIPT ><div>", 1),
            ("<!-- <div><div> --><div>", 1),
            ("<style>a<b", 0),
            ("</div></div><x-y>", 1),
        ];
        for (html, expected) in cases {
            assert_eq!(depth(html), expected, "{html}");
        }
        assert_eq!(depth(&"<div>".repeat(100_000)), 100_000);
    }
}

//! How deep a web page is nested, told from its tags alone, before anything that costs more looks at it.

/// Elements that hold nothing.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements whose end people leave out. They cannot be nested without another element between.
const CLOSED_BY_THE_NEXT: &[&str] =
    &["body", "dd", "dt", "head", "html", "li", "option", "p", "tbody", "td", "tfoot", "th", "thead", "tr"];

/// Elements in which `<` is text.
const RAW: &[&str] = &["script", "style", "textarea", "title"];

/// The most elements that are open at once. It may be more than a browser finds, never much less.
pub(super) fn depth(html: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (ends, name) = (rest.starts_with('/'), name(rest.trim_start_matches('/')));
        if name.is_empty() || VOID.contains(&name.as_str()) || CLOSED_BY_THE_NEXT.contains(&name.as_str()) {
            continue;
        }
        if ends {
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

/// The name that a tag begins with, or nothing if this is no tag.
fn name(tag: &str) -> String {
    let end = tag.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(tag.len());
    let name = &tag[..end];
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name.to_ascii_lowercase() } else { String::new() }
}

fn after_end_of<'a>(name: &str, rest: &'a str) -> &'a str {
    let ends = |(at, _): &(usize, &str)| {
        let tag = &rest.as_bytes()[at + 2..];
        tag.len() >= name.len() && tag[..name.len()].eq_ignore_ascii_case(name.as_bytes())
    };
    rest.match_indices("</").find(ends).map_or("", |(at, end)| &rest[at + end.len()..])
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

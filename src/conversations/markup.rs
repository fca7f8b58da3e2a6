//! Texts of messages as HTML, and back.

use crate::records::note;

/// The beginnings of addresses that become links.
const LINKS: [&str; 2] = ["https://", "http://"];
/// The signs that end a sentence rather than an address.
const AFTER_LINK: [char; 8] = ['.', ',', ';', ':', '!', '?', ')', '\''];

/// A plain text as HTML that says the same: paragraphs, line breaks and links; everything else is text.
pub fn rich(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty());
    paragraphs
        .map(|paragraph| format!("<p>{}</p>", paragraph.lines().map(line).collect::<Vec<_>>().join("<br>")))
        .collect()
}

/// The text of a message: the plain one, else what the rich one says.
pub fn plain(text: Option<&str>, rich: Option<&str>) -> String {
    let given = text.map(str::trim).filter(|text| !text.is_empty());
    given.map_or_else(|| note::plain(rich.unwrap_or_default()), str::to_owned)
}

fn line(line: &str) -> String {
    let mut html = String::new();
    let mut rest = line;
    while let Some(at) = LINKS.iter().filter_map(|link| rest.find(link)).min() {
        let (before, after) = rest.split_at(at);
        let end = after.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(after.len());
        let link = after[..end].trim_end_matches(AFTER_LINK);
        let shown = note::html(link);
        html.push_str(&note::html(before));
        html.push_str(&format!("<a href=\"{}\">{shown}</a>", shown.replace('\'', "&#39;")));
        rest = &after[link.len()..];
    }
    html + &note::html(rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_becomes_html_that_says_the_same() {
        for (text, html) in [
            ("Hello", "<p>Hello</p>"),
            ("Hello\nSarah,\n\n\nit works.\r\n", "<p>Hello<br>Sarah,</p><p>it works.</p>"),
            ("a < b & \"c\"", "<p>a &lt; b &amp; \"c\"</p>"),
            (
                "See https://acme.example/a?b=1&c=2.",
                "<p>See <a href=\"https://acme.example/a?b=1&amp;c=2\">https://acme.example/a?b=1&amp;c=2</a>.</p>",
            ),
            (
                "(http://a.example) \"https://b.example\"onclick=x",
                "<p>(<a href=\"http://a.example\">http://a.example</a>) \
                 \"<a href=\"https://b.example\">https://b.example</a>\"onclick=x</p>",
            ),
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ] {
            assert_eq!(rich(text), html, "{text}");
        }
    }

    #[test]
    fn the_plain_text_counts_unless_there_is_none() {
        assert_eq!(plain(Some(" hi "), Some("<p>other</p>")), "hi");
        assert_eq!(plain(Some(" "), Some("<div>hi<br>there</div>")), "hi\nthere");
        assert_eq!(plain(None, None), "");
    }

    proptest! {
        #[test]
        fn no_text_becomes_markup_and_none_is_lost(text in "[a-z<>&\"' :/.]{0,40}(https?://[a-z.\"<>&']{0,9})?[ a-z]{0,9}") {
            let html = rich(&text);
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let tags = html.replace("<p>", "").replace("</p>", "").replace("<br>", "").replace("</a>", "");
            for part in tags.split('<').skip(1) {
                prop_assert!(part.starts_with("a href=\"http"), "{}", html);
                prop_assert!(!part.split('>').next().unwrap().trim_start_matches("a href=\"").trim_end_matches('"').contains('"'));
            }
            prop_assert_eq!(words(&plain(None, Some(&html))), words(&text));
        }
    }
}

//! The front matter of Markdown files, as static site generators use it: YAML between `---`, TOML between `+++`.

/// Splits a text into the title in its front matter and the body behind it.
pub(super) fn split(text: &str) -> (Option<String>, &str) {
    let text = text.trim_start_matches('\u{FEFF}');
    for (mark, ends, title) in
        [("---", &["---", "..."][..], yaml_title as fn(&str) -> _), ("+++", &["+++"], toml_title)]
    {
        if let Some((matter, body)) = between(text, mark, ends) {
            return (title(matter), body);
        }
    }
    (None, text)
}

/// Returns the lines between a first line `mark` and the next line that is one of `ends`, and the text behind it.
fn between<'a>(text: &'a str, mark: &str, ends: &[&str]) -> Option<(&'a str, &'a str)> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next().filter(|line| line.trim_end() == mark && line.ends_with('\n'))?;
    let mut at = first.len();
    for line in lines {
        if ends.contains(&line.trim_end()) {
            return Some((&text[first.len()..at], &text[at + line.trim_end().len()..]));
        }
        at += line.len();
    }
    None
}

/// Returns the value of `title:` at the first level, also one in quotes or over several lines.
fn yaml_title(matter: &str) -> Option<String> {
    let mut lines = matter.lines();
    let value = lines.find_map(|line| line.strip_prefix("title:"))?.trim();
    let folded = value.starts_with(['>', '|']) || value.is_empty();
    let more = lines.take_while(|line| line.trim().is_empty() || line.starts_with([' ', '\t']));
    let more = more.map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let title = match (folded, more.is_empty()) {
        (true, _) => more,
        (false, true) => unquoted(value),
        (false, false) => unquoted(&format!("{value} {more}")),
    };
    Some(title).filter(|title| !title.is_empty())
}

/// Returns the value of `title =` before the first table.
fn toml_title(matter: &str) -> Option<String> {
    let top = matter.lines().take_while(|line| !line.trim_start().starts_with('['));
    let is_title =
        |line: &str| line.split_once('=').filter(|(key, _)| key.trim() == "title").map(|(_, value)| unquoted(value));
    top.filter_map(is_title).find(|title| !title.is_empty())
}

/// Takes the quotes from a value, or the comment from one without quotes.
fn unquoted(value: &str) -> String {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some((inner, _)) = value.strip_prefix(quote).and_then(|rest| rest.rsplit_once(quote)) {
            return match quote {
                '"' => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
                _ => inner.replace("''", "'"),
            };
        }
    }
    value.split(" #").next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_is_read_and_the_front_matter_is_no_text() {
        let cases = [
            ("---\ntitle: \"Warranty\"\ndate: 2026\n---\nTwo years.\n", Some("Warranty"), "\nTwo years.\n"),
            (
                "---\ntitle: >-\n  Guide to the\n  Plonk\ntags: [a]\n---\n\nGreen.",
                Some("Guide to the Plonk"),
                "\n\nGreen.",
            ),
            ("---\r\ntitle: 'It''s' \r\n...\r\nA", Some("It's"), "\r\nA"),
            ("---\ntitle: Plonk # draft\n---", Some("Plonk"), ""),
            ("+++\ntitle = \"Plonk\"\n[x]\ntitle = \"no\"\n+++\nA", Some("Plonk"), "\nA"),
            ("---\nA line, then text.\n---- \n", None, "---\nA line, then text.\n---- \n"),
            ("Text", None, "Text"),
        ];
        for (text, title, body) in cases {
            assert_eq!(split(text), (title.map(str::to_owned), body), "{text}");
        }
    }
}

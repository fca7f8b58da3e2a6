//! The front matter of Markdown files, as static site generators use it: YAML between `---`, TOML between `+++`. A text may
//! begin with a rule as well, so that only lines of a known shape are taken for front matter.

/// The keys that static site generators and editors of notes use. A text of other keys may be a list of opening hours.
const KEYS: [&str; 30] = [
    "title",
    "date",
    "layout",
    "author",
    "authors",
    "description",
    "summary",
    "tags",
    "tag",
    "categories",
    "category",
    "keywords",
    "draft",
    "published",
    "slug",
    "weight",
    "order",
    "lang",
    "language",
    "permalink",
    "url",
    "id",
    "aliases",
    "created",
    "updated",
    "lastmod",
    "type",
    "template",
    "toc",
    "sidebar_position",
];

/// Splits a text into the title in its front matter and the body behind it.
pub(super) fn split(text: &str) -> (Option<String>, &str) {
    let text = text.trim_start_matches('\u{FEFF}');
    let yaml = between(text, "---", &["---", "..."]).filter(|(matter, _)| is_front_matter(matter, ':'));
    if let Some((matter, body)) = yaml {
        return (yaml_title(matter), body);
    }
    let toml = between(text, "+++", &["+++"]).filter(|(matter, _)| is_front_matter(matter, '='));
    toml.map_or((None, text), |(matter, body)| (toml_title(matter), body))
}

/// Returns true if each line of the first level is a key, an item, a table or a comment, and a key is known.
fn is_front_matter(matter: &str, sign: char) -> bool {
    let top = || matter.lines().filter(|line| !line.trim().is_empty() && !line.starts_with([' ', '\t']));
    let is_part = |line: &str| key(line, sign).is_some() || line.starts_with(['#', '[', ']', '}']) || is_item(line);
    top().all(is_part) && top().filter_map(|line| key(line, sign)).any(|key| KEYS.contains(&key.as_str()))
}

fn is_item(line: &str) -> bool {
    line.strip_prefix('-').is_some_and(|item| item.is_empty() || item.starts_with(' '))
}

/// Returns the key of a line in small letters. Behind the colon of YAML stands a space.
fn key(line: &str, sign: char) -> Option<String> {
    let (key, value) = line.split_once(sign)?;
    let key = key.trim().trim_matches(['"', '\'']);
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let is_apart = sign != ':' || value.is_empty() || value.starts_with(char::is_whitespace);
    (is_key && is_apart).then(|| key.to_lowercase())
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
    let is_title = |line: &&str| key(line, ':').is_some_and(|key| key == "title");
    let value = lines.find(is_title).and_then(|line| line.split_once(':'))?.1.trim();
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
    if let Some(inner) = value.strip_prefix("\"\"\"") {
        return inner.trim_end_matches('"').trim().to_owned();
    }
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
            ("---\n\"title\": Plonk\n---\nA", Some("Plonk"), "\nA"),
            ("+++\ntitle = \"\"\"Plonk\"\"\"\n+++\nA", Some("Plonk"), "\nA"),
            ("---\nauthor: Ada\ntags:\n- a\n  - b\n# c\n---\nA", None, "\nA"),
            ("---\nHOURS\n9-17\n---\nA", None, "---\nHOURS\n9-17\n---\nA"),
            ("---\n\n# Hours\n\n9-17\n\n---\nA", None, "---\n\n# Hours\n\n9-17\n\n---\nA"),
            ("---\nMonday: 9-17\nSunday: closed\n---\nA", None, "---\nMonday: 9-17\nSunday: closed\n---\nA"),
            ("+++\nNew\n+++\nA", None, "+++\nNew\n+++\nA"),
        ];
        for (text, title, body) in cases {
            assert_eq!(split(text), (title.map(str::to_owned), body), "{text}");
        }
    }
}

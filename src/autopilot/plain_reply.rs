//! A reply without Markdown, which most channels show as it stands. Pure.

/// The text without marks of emphasis, code, headings and links.
pub fn of(text: &str) -> String {
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn line(line: &str) -> String {
    let begun = line.trim_start();
    let hashes = begun.chars().take_while(|c| *c == '#').count();
    let heading = (1..=6).contains(&hashes).then(|| begun[hashes..].strip_prefix(' ')).flatten();
    let plain = ["**", "`"].iter().fold(heading.unwrap_or(line).to_owned(), |text, mark| without_pairs(&text, mark));
    without_links(&plain)
}

/// Marks that come in pairs; one that stands alone is none.
fn without_pairs(text: &str, mark: &str) -> String {
    match text.matches(mark).count() % 2 {
        0 => text.replace(mark, ""),
        _ => text.to_owned(),
    }
}

/// Links as their words and their address.
fn without_links(text: &str) -> String {
    let (mut told, mut rest) = (String::new(), text);
    while let Some(open) = rest.find('[') {
        match link(&rest[open..]) {
            Some((words, address, length)) => {
                told.push_str(&rest[..open]);
                told.push_str(&if words == address { address.to_owned() } else { format!("{words} ({address})") });
                rest = &rest[open + length..];
            }
            None => {
                told.push_str(&rest[..=open]);
                rest = &rest[open + 1..];
            }
        }
    }
    told + rest
}

/// The words and the address of a link with which a text begins, and its length.
fn link(text: &str) -> Option<(&str, &str, usize)> {
    let middle = text.find("](")?;
    let end = middle + text[middle..].find(')')?;
    let (words, address) = (&text[1..middle], &text[middle + 2..end]);
    let is_link = address.starts_with("http") && !words.contains('[') && !words.is_empty();
    is_link.then_some((words, address, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_left_out_and_everything_else_stays() {
        for (text, plain) in [
            ("**Hello** and `code`", "Hello and code"),
            ("## Prices\n# 1 robot\n#1 of all", "Prices\n1 robot\n#1 of all"),
            ("See [our prices](https://x.example/a) now", "See our prices (https://x.example/a) now"),
            ("[https://x.example](https://x.example)", "https://x.example"),
            ("2 ** 3, a`b", "2 ** 3, a`b"),
            ("[attachment, IMAGE: a.png] (seen)", "[attachment, IMAGE: a.png] (seen)"),
            ("[x](mailto:a@b.c) and [", "[x](mailto:a@b.c) and ["),
            ("- one\n- two", "- one\n- two"),
            ("Größe **ø**", "Größe ø"),
            ("", ""),
        ] {
            assert_eq!(of(text), plain, "{text}");
        }
    }
}

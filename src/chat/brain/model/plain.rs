//! A model's words without the marks of Markdown: a chat shows plain text as it stands.

/// The longest text between two brackets of a link, and the longest address.
const LINK_BYTES_MAX: usize = 2_000;

/// Removes emphasis, headings and marks of code from a text. A link becomes its words with the address behind them; a list
/// keeps its lines.
pub(super) fn plain(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("```")).map(plain_line);
    lines.collect::<Vec<_>>().join("\n")
}

fn plain_line(line: &str) -> String {
    let line = without_heading(line);
    let line = line.strip_prefix("* ").map_or_else(|| line.to_owned(), |item| format!("- {item}"));
    let line = ["**", "__", "`"].into_iter().fold(line, |line, mark| without_pairs(&line, mark));
    without_links(&line)
}

fn without_heading(line: &str) -> &str {
    let rest = line.trim_start_matches('#');
    let depth = line.len() - rest.len();
    if (1..=6).contains(&depth) && rest.starts_with(' ') { rest.trim_start() } else { line }
}

/// Removes a mark where it stands directly around words.
fn without_pairs(line: &str, mark: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(line.len()), line);
    while let Some((before, after)) = rest.split_once(mark) {
        let opens = before.chars().next_back().is_none_or(|c| !c.is_alphanumeric())
            && after.starts_with(|c: char| !c.is_whitespace());
        match after.split_once(mark).filter(|(inner, _)| opens && !inner.ends_with(char::is_whitespace)) {
            Some((inner, left)) => {
                plain.extend([before, inner]);
                rest = left;
            }
            None => {
                plain.extend([before, mark]);
                rest = after;
            }
        }
    }
    plain + rest
}

fn without_links(line: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(line.len()), line);
    while let Some((before, after)) = rest.split_once('[') {
        let link = after.split_once("](").and_then(|(words, left)| Some((words, left.split_once(')')?)));
        let short = |text: &str| text.len() <= LINK_BYTES_MAX && !text.contains(['[', ' ']);
        match link.filter(|(words, (address, _))| !words.contains('[') && short(address)) {
            Some((words, (address, left))) => {
                plain.push_str(before.strip_suffix('!').unwrap_or(before));
                plain.push_str(words);
                if words != address {
                    plain.push_str(&format!(" ({address})"));
                }
                rest = left;
            }
            None => {
                plain.extend([before, "["]);
                rest = after;
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_removed_and_words_stay() {
        for (text, expected) in [
            ("**Hours**: we open at `9:00`.", "Hours: we open at 9:00."),
            ("## Robots\n* ADAM\n- **DUST-E**\n1. __One__", "Robots\n- ADAM\n- DUST-E\n1. One"),
            (
                "See [the page](https://x.example/a) or [https://x.example](https://x.example).",
                "See the page (https://x.example/a) or https://x.example.",
            ),
            ("![A robot](https://x.example/r.png)", "A robot (https://x.example/r.png)"),
            ("```\nadam --start\n```", "adam --start"),
            (
                "2 ** 3 ** 4, a_b, snake__case__name, #1, [x] and **open",
                "2 ** 3 ** 4, a_b, snake__case__name, #1, [x] and **open",
            ),
            ("Costs 5 * 3 = 15", "Costs 5 * 3 = 15"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }
}

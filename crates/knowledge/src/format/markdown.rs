//! Parses Markdown and plain text. Markdown is kept as it is, but for what no reader of it sees: comments, tags of HTML,
//! struck text and pictures that are written into the text.

mod syntax;

use std::collections::{HashMap, HashSet};

use syntax::{fence, fenced_bytes, hides, is_named, paragraph_bytes, tag_name};

use super::{
    blocks::{self, Blocks},
    front_matter, html,
    html::elements,
    parsed::ParsedDocument,
    superscript,
};

/// Elements that are read as a piece of HTML.
const CONVERTED: &[&str] = &["dl", "h1", "h2", "h3", "h4", "h5", "h6", "math", "ol", "pre", "table", "ul"];

/// Other elements of HTML, whose tags are left out. Whatever else stands between angle brackets is text.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "big", "br", "button", "cite", "code", "em", "font", "i", "img", "input", "ins", "kbd", "label",
    "mark", "picture", "q", "small", "source", "span", "strong", "tt", "u", "var", "video", "wbr",
];

/// The most bytes of an entity such as `&CounterClockwiseContourIntegral;`.
const ENTITY_BYTES_MAX: usize = 33;

/// The bytes of the text before a raised number that decide how it is joined.
const LOOK_BACK_BYTES: usize = 64;

/// Parses a decoded plain text.
pub(super) fn parse_text(text: &str) -> ParsedDocument {
    ParsedDocument { markdown: visible(text.to_owned()), ..ParsedDocument::default() }
}

/// Parses a decoded Markdown text.
pub(super) fn parse(text: &str) -> ParsedDocument {
    let (title, body) = front_matter::split(text);
    let mut cleaner = Cleaner { text: body, ..Cleaner::default() };
    cleaner.clean();
    let markdown = visible(cleaner.out);
    ParsedDocument { title, markdown, hidden_chars: cleaner.hidden_chars, ..ParsedDocument::default() }
}

/// Takes the characters that show nothing out of a text.
fn visible(mut text: String) -> String {
    if text.contains(blocks::is_ignorable) {
        text.retain(|c| !blocks::is_ignorable(c));
    }
    text
}

/// One pass over a text. Searches that failed are remembered, so that none is made again from each later place.
#[derive(Default)]
struct Cleaner<'a> {
    text: &'a str,
    at: usize,
    out: String,
    hidden_chars: usize,
    /// For each kind of mark, the place up to which it is known to be absent.
    absent: HashMap<String, usize>,
    unclosed: HashSet<String>,
    /// The end of the paragraph that was last looked for.
    paragraph_end: usize,
    /// The bytes that searches have looked at.
    searched: usize,
}

impl Cleaner<'_> {
    fn clean(&mut self) {
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            if self.is_line_start() && self.skip_line_start(rest) {
                continue;
            }
            let next = rest.find(['`', '<', '~', '\\', '&', ']', 'd', '\n']).unwrap_or(rest.len());
            self.keep(next);
            let rest = &self.text[self.at..];
            let Some(first) = rest.chars().next() else { return };
            let is_done = match first {
                '`' => self.code_span(rest),
                '<' => self.comment(rest) || self.tag(rest),
                '~' => self.struck(rest),
                '&' => self.entity(rest),
                ']' => self.data_link(rest),
                'd' => self.data(rest),
                '\\' => {
                    self.keep(1);
                    let escaped = self.text[self.at..].chars().next().map_or(0, char::len_utf8);
                    self.keep(escaped);
                    true
                }
                _ => false,
            };
            if !is_done {
                self.keep(first.len_utf8());
            }
        }
    }

    fn keep(&mut self, bytes: usize) {
        self.out.push_str(&self.text[self.at..self.at + bytes]);
        self.at += bytes;
    }

    fn hide(&mut self, bytes: usize) {
        let hidden = &self.text[self.at..self.at + bytes];
        self.hidden_chars += hidden.chars().filter(|c| !c.is_whitespace()).count();
        self.at += bytes;
    }

    fn is_line_start(&self) -> bool {
        self.at == 0 || self.text.as_bytes()[self.at - 1] == b'\n'
    }

    /// Keeps a fenced block, and leaves out a line that only names a picture for other places.
    fn skip_line_start(&mut self, rest: &str) -> bool {
        let line = rest.split('\n').next().unwrap_or_default();
        if let Some(fence) = fence(line) {
            let block = fenced_bytes(rest, fence);
            self.keep(block);
            return true;
        }
        let definition = line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("]:"));
        let is_picture = definition.is_some_and(|(_, address)| {
            address
                .trim_start()
                .trim_start_matches('<')
                .get(..5)
                .is_some_and(|start| start.eq_ignore_ascii_case("data:"))
        });
        // `[//]: # (text)` and `[comment]: <> (text)` are the comments of Markdown.
        let is_comment = definition.is_some_and(|(_, address)| {
            matches!(address.split_whitespace().next(), Some("#" | "<>")) && address.trim().len() > 2
        });
        match (is_picture, is_comment) {
            (true, _) => self.at += line.len(),
            (_, true) => self.hide(line.len()),
            _ => {}
        }
        is_picture || is_comment
    }

    /// Finds `mark` before the end of the paragraph, at least `from` bytes ahead.
    fn in_paragraph(&mut self, mark: &str, from: usize) -> Option<usize> {
        let known = self.absent.get(mark).copied().unwrap_or_default();
        if self.at < known {
            return None;
        }
        let start = self.at + from;
        let end = self.paragraph_end(start);
        let found = self.text[start..end].find(mark);
        self.searched += found.unwrap_or(end - start);
        if found.is_none() {
            self.absent.insert(mark.to_owned(), end);
        }
        found.map(|at| at + from)
    }

    /// Returns the end of the paragraph at `start`: the line end before an empty line.
    fn paragraph_end(&mut self, start: usize) -> usize {
        if start >= self.paragraph_end {
            self.paragraph_end = start + paragraph_bytes(&self.text[start..]);
            self.searched += self.paragraph_end - start;
        }
        self.paragraph_end
    }

    fn code_span(&mut self, rest: &str) -> bool {
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        let mark = "`".repeat(ticks.min(8));
        match self.in_paragraph(&mark, ticks) {
            Some(end) => {
                let close = &rest[end..];
                let more = close.len() - close.trim_start_matches('`').len();
                self.keep(end + more);
            }
            None => self.keep(ticks),
        }
        true
    }

    fn struck(&mut self, rest: &str) -> bool {
        if !rest.starts_with("~~") || rest.starts_with("~~~") || rest[2..].starts_with(char::is_whitespace) {
            return false;
        }
        match self.in_paragraph("~~", 2) {
            Some(end) => {
                self.hide(end);
                self.at += 2;
                true
            }
            None => false,
        }
    }

    fn comment(&mut self, rest: &str) -> bool {
        if !rest.starts_with("<!--") || self.unclosed.contains("<!--") {
            return false;
        }
        let found = rest[4..].find("-->");
        self.searched += found.unwrap_or(rest.len());
        match found {
            Some(end) => self.hide(end + 7),
            None => {
                self.unclosed.insert("<!--".to_owned());
                return false;
            }
        }
        true
    }

    fn entity(&mut self, rest: &str) -> bool {
        let Some(end) = rest.bytes().take(ENTITY_BYTES_MAX).position(|byte| byte == b';') else { return false };
        let entity = &rest[..=end];
        if !entity[1..end].bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'#') {
            return false;
        }
        let shown = html::parse(entity).map(|shown| shown.markdown).unwrap_or_default();
        match shown.as_str() {
            "" if entity == "&shy;" || entity == "&ZeroWidthSpace;" => {}
            "" => self.out.push(' '),
            // It may be code, a table or an address.
            "&" | "<" | ">" | "\\|" | "|" => return false,
            shown if shown.starts_with('&') => return false,
            shown => self.out.push_str(shown),
        }
        self.at += entity.len();
        true
    }

    /// Leaves out the address of a link or picture that is the picture itself.
    fn data_link(&mut self, rest: &str) -> bool {
        let Some(address) = rest.strip_prefix("](") else { return false };
        let is_data =
            address.trim_start_matches([' ', '<']).get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"));
        if is_data {
            self.out.push(']');
            self.at += 2 + address.find([')', '\n']).map_or(address.len(), |end| end + 1);
        }
        is_data
    }

    /// Leaves out a picture that stands in the text.
    fn data(&mut self, rest: &str) -> bool {
        let begins = rest.starts_with("data:") && !self.out.ends_with(char::is_alphanumeric);
        let is_encoded =
            begins && rest.bytes().take(100).collect::<Vec<u8>>().windows(8).any(|window| window == b";base64,");
        if is_encoded {
            let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ')' | '"' | '\'' | '>'));
            self.at += end.unwrap_or(rest.len());
        }
        is_encoded
    }

    fn tag(&mut self, rest: &str) -> bool {
        let Some(end) = rest[1..].find(['<', '>']).map(|at| at + 1) else { return false };
        let inner = &rest[1..end];
        if !rest[end..].starts_with('>') || inner.contains("\n\n") {
            return false;
        }
        let Some(name) = tag_name(inner) else { return false };
        let is_end = inner.starts_with('/');
        let is_element = [elements::VOID, elements::BLOCKS, elements::SKIPPED, elements::STRUCK, CONVERTED, INLINE]
            .iter()
            .any(|names| names.contains(&name.as_str()));
        if !(is_element || matches!(name.as_str(), "sup" | "sub")) {
            return false;
        }
        if !is_end && !inner.ends_with('/') && self.whole(&name, rest, end + 1) {
            return true;
        }
        match name.as_str() {
            "img" if !is_end => self.picture(&rest[..=end]),
            _ => self.lone_tag(&name),
        }
        self.at += end + 1;
        true
    }

    /// Handles an element with its content. Returns false for one that only its tags are left out of.
    fn whole(&mut self, name: &str, rest: &str, start_tag: usize) -> bool {
        let is_hidden = elements::STRUCK.contains(&name) || hides(&rest[..start_tag]);
        let is_skipped = elements::SKIPPED.contains(&name) && name != "object";
        let is_read = CONVERTED.contains(&name) || matches!(name, "sup" | "sub");
        if !(is_hidden || is_skipped || is_read) {
            return false;
        }
        let Some((content_end, element_end)) = self.end_of(name, rest, start_tag) else { return false };
        if is_hidden {
            self.hide(element_end);
            return true;
        }
        self.at += element_end;
        match name {
            _ if is_skipped => {}
            "sup" | "sub" => self.raise(name, &rest[start_tag..content_end]),
            _ => {
                let read = html::parse(&rest[..element_end]).unwrap_or_default();
                self.hidden_chars += read.hidden_chars;
                self.out.push_str(&format!("\n\n{}\n\n", read.markdown));
            }
        }
        true
    }

    /// Finds the end of an element: where its content ends, and where its end tag ends.
    fn end_of(&mut self, name: &str, rest: &str, start_tag: usize) -> Option<(usize, usize)> {
        if self.unclosed.contains(name) {
            return None;
        }
        let (mut depth, mut at, mut nearest) = (1_usize, start_tag, None);
        while let Some(found) = rest[at..].find('<') {
            let tag = at + found + 1;
            self.searched += found + 1;
            let is_end = rest[tag..].starts_with('/');
            let from = tag + usize::from(is_end);
            at = tag;
            if !is_named(&rest[from..], name) {
                continue;
            }
            depth = if is_end { depth - 1 } else { depth + 1 };
            if is_end {
                let end = rest[from..].find('>').map_or(rest.len(), |end| from + end + 1);
                nearest = nearest.or(Some((tag - 1, end)));
                if depth == 0 {
                    return Some((tag - 1, end));
                }
            }
        }
        // Their number does not match, in this and every later place.
        self.unclosed.insert(name.to_owned());
        nearest
    }

    fn raise(&mut self, name: &str, content: &str) {
        let text = html::parse(content).map(|read| read.markdown).unwrap_or_default();
        let cut = self.out.floor_char_boundary(self.out.len().saturating_sub(LOOK_BACK_BYTES));
        let mut blocks = Blocks::default();
        blocks.inline(&self.out.split_off(cut));
        match name {
            "sup" if self.text[self.at..].starts_with(['/', '\u{2044}']) => {
                superscript::raise_numerator(&mut blocks, &text)
            }
            "sup" => superscript::raise(&mut blocks, &text),
            _ => superscript::lower(&mut blocks, &text),
        }
        self.out.push_str(&blocks.into_markdown());
    }

    /// Keeps the words that stand for a picture.
    fn picture(&mut self, tag: &str) {
        self.out.push_str(html::parse(tag).unwrap_or_default().markdown.trim());
    }

    /// Puts white space where a tag would begin another line.
    fn lone_tag(&mut self, name: &str) {
        let separates = name == "br" || elements::BLOCKS.contains(&name);
        if separates && !self.out.is_empty() && !self.out.ends_with(char::is_whitespace) {
            let tail = &self.out[self.out.floor_char_boundary(self.out.len().saturating_sub(LOOK_BACK_BYTES))..];
            let in_table = tail.contains('|') && !tail[tail.rfind('|').unwrap_or(0)..].contains('\n');
            self.out.push(if in_table { ' ' } else { '\n' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        parse(text).markdown
    }

    #[test]
    fn markdown_is_read_as_people_see_it() {
        let cases = [
            ("A <!-- internal: 81 % --> B", "A  B"),
            ("Was ~~$49~~ now $39, <del>5</del> 6, `~~code~~` ~5", "Was  now $39,  6, `~~code~~` ~5"),
            ("<div hidden>\n\nsecret\n\n<div>x</div></div>\n\nB", "\n\nB"),
            ("<span style=\"display:none\">secret</span>B", "B"),
            ("![A cup](data:image/png;base64,AAAA) and ![x](cup.png)", "![A cup] and ![x](cup.png)"),
            ("![A][a]\n\n[a]: data:image/png;base64,AAAA\n[b]: cup.png", "![A][a]\n\n\n[b]: cup.png"),
            ("$19<sup>99</sup>, 10<sup>5</sup>, H<sub>2</sub>O", "$19^99, 10^5, H2O"),
            ("5&nbsp;&euro;, 1&frac12;, &minus;20, a &amp; b", "5 €, 1½, −20, a &amp; b"),
            ("<h2 align=center>Hours</h2>\nFrom 9.", "\n\n## Hours\n\n\nFrom 9."),
            ("<p>a</p><p>b</p>", "a\nb\n"),
            ("Write to <NAME> at <https://a.com> if 1 < 2 > 0", "Write to <NAME> at <https://a.com> if 1 < 2 > 0"),
            ("```html\n<!-- kept --><del>x</del>\n```\n<b>y</b>", "```html\n<!-- kept --><del>x</del>\n```\ny"),
            ("<script>alert('x')</script>A\\<b>", "A\\<b>"),
            ("Ge\u{AD}währ", "Gewähr"),
            ("<!-- never closed", "<!-- never closed"),
            (
                "Write to <mark@example.com>, <center@firm.de>, <p.miller@firm.de>, part <b-12>, <table-5>",
                "Write to <mark@example.com>, <center@firm.de>, <p.miller@firm.de>, part <b-12>, <table-5>",
            ),
            ("a<div STYLE=\"display:none\">secret</div><span Hidden>c</span>B", "aB"),
            ("<img src=a.png alt=\"Price $5\">, a<br/>b", "Price $5, a\nb"),
            (
                "About ~~5 euros.\r\n\r\nTerms: 30 days.\r\n\r\n~~7",
                "About ~~5 euros.\r\n\r\nTerms: 30 days.\r\n\r\n~~7",
            ),
            ("[//]: # (margin 81 %)\n[comment]: <> (secret)\n[1]: #top\nA", "\n\n[1]: #top\nA"),
            ("1 <sup>1</sup>/<sub>2</sub> or 1<sup>3</sup>⁄4", "1 1/2 or 1 3⁄4"),
        ];
        for (text, expected) in cases {
            assert_eq!(cleaned(text), expected, "{text}");
        }
        assert_eq!(parse("A <!--1234--> ~~56~~").hidden_chars, 11 + 4);
    }

    #[test]
    fn tables_of_html_become_tables_of_markdown() {
        let table = "<table>\n<tr><th>Robot<th>Price\n<tr><td>ADAM<td>5\n</table>";
        assert_eq!(cleaned(table).trim(), "| Robot | Price |\n| --- | --- |\n| ADAM | 5 |");
    }

    /// Each of these made a search begin anew from each of its places.
    #[test]
    fn marks_are_looked_for_once_with_and_without_an_end() {
        for mark in [
            "`",
            "``",
            "~~a",
            "<!-- ",
            "<del>",
            "<table>",
            "<a ",
            "<a \"",
            "> ",
            "](data:",
            "&",
            "[a]:",
            "<sup>",
            "`a` ",
            "~~a~~ ",
            "~~a ",
            "| `a` |\n",
            "``a` ",
            "<del>a</del>",
            "`a\r\n",
        ] {
            let text = mark.repeat(200_000 / mark.len());
            let mut cleaner = Cleaner { text: &text, ..Cleaner::default() };
            cleaner.clean();
            assert!(cleaner.searched <= 4 * text.len(), "{mark}: {} bytes", cleaner.searched);
            assert!(cleaner.out.len() <= 2 * text.len(), "{mark}");
        }
    }
}

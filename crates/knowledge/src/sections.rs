//! Divides a Markdown text into sections at its headings.

use pulldown_cmark::{Event, Options, Parser};

use crate::text;

/// The most characters of a heading or title. A longer one is truncated.
pub(crate) const HEADING_CHARS_MAX: usize = 160;

/// The text between two headings.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Section<'a> {
    /// The headings above it, outermost first.
    pub(crate) heading_path: Vec<String>,
    pub(crate) text: &'a str,
}

/// A heading and its byte range in the text.
struct Heading {
    level: usize,
    text: String,
    start: usize,
    end: usize,
}

/// Returns the sections in their order. A heading without any text or subheading below it is a section of its own,
/// because it may be the answer to a question.
pub(crate) fn sections(markdown: &str) -> Vec<Section<'_>> {
    let headings = headings(markdown);
    let mut path: Vec<&Heading> = Vec::new();
    let before = headings.first().map_or(markdown.len(), |first| first.start);
    let mut sections = vec![Section { heading_path: Vec::new(), text: &markdown[..before] }];
    for (n, heading) in headings.iter().enumerate() {
        path.retain(|above| above.level < heading.level);
        path.push(heading);
        let next = headings.get(n + 1);
        let text = &markdown[heading.end..next.map_or(markdown.len(), |next| next.start)];
        let has_subheading = next.is_some_and(|next| next.level > heading.level);
        let text = if text.trim().is_empty() && !has_subheading { &markdown[heading.start..heading.end] } else { text };
        sections.push(Section { heading_path: path.iter().map(|heading| heading.text.clone()).collect(), text });
    }
    sections.retain(|section| !section.text.trim().is_empty());
    sections
}

/// Returns the heading that the text begins with, if it begins with one.
pub(crate) fn first_heading(markdown: &str) -> Option<String> {
    let first = headings(markdown).into_iter().next()?;
    let is_first = markdown[..first.start].trim().is_empty() && !first.text.trim().is_empty();
    is_first.then_some(first.text)
}

/// Finds the headings of the text. Those inside lists and block quotes are not headings of the document.
///
/// The lines are looked at one by one, once each: a whole parser's time grows with the depth of nested quotes and lists.
fn headings(markdown: &str) -> Vec<Heading> {
    let mut found = Vec::new();
    let mut lines = Lines::default();
    let mut at = 0;
    for line in markdown.split_inclusive('\n') {
        found.extend(lines.heading(markdown, at, line));
        at += line.len();
    }
    found
}

/// The lines before the current one, as far as they decide what it is.
#[derive(Default)]
struct Lines {
    /// The mark and the length of the open fence.
    fence: Option<(char, usize)>,
    /// True below an item of a list, whose lines are indented.
    in_item: bool,
    /// The start of the open paragraph.
    paragraph: Option<usize>,
}

impl Lines {
    /// Returns the heading that ends with this line, at byte `at` of the text.
    fn heading(&mut self, markdown: &str, at: usize, line: &str) -> Option<Heading> {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let content = line.trim();
        if let Some((mark, length)) = self.fence {
            let is_end = fence(content).is_some_and(|(closing, long)| closing == mark && long >= length);
            if is_end && content.trim_start_matches(mark).is_empty() {
                self.fence = None;
            }
            return None;
        }
        if content.is_empty() {
            self.paragraph = None;
            return None;
        }
        let is_nested = (self.in_item && indent >= 2) || indent >= CODE_INDENT || line.contains('\t') && indent > 0;
        if let Some(fence) = fence(content).filter(|_| indent < CODE_INDENT || self.in_item) {
            (self.fence, self.paragraph) = (Some(fence), None);
            self.in_item &= is_nested;
            return None;
        }
        if is_nested {
            return None;
        }
        let underline = self.paragraph.and_then(|start| underlined(content).map(|level| (start, level)));
        if let Some((start, level)) = underline {
            self.paragraph = None;
            let text = inline_text(&markdown[start..at]);
            return Some(Heading { level, text, start, end: at + line.len() });
        }
        if is_item(content) || content.starts_with('>') {
            self.in_item = !content.starts_with('>');
            self.paragraph = None;
            return None;
        }
        self.in_item = false;
        if let Some((level, text)) = atx(content) {
            self.paragraph = None;
            return Some(Heading { level, text: inline_text(text), start: at, end: at + line.len() });
        }
        // A line below a quote or an item continues it, so that only a line after an empty one begins a paragraph.
        let continues =
            at > 0 && !is_blank_before(markdown, at) && self.paragraph.is_none() && !self.was_heading(markdown, at);
        if self.paragraph.is_none() && !continues {
            self.paragraph = Some(at);
        }
        None
    }

    /// Returns true if the line before byte `at` cannot be continued, as it is a heading or the end of a fence.
    fn was_heading(&self, markdown: &str, at: usize) -> bool {
        let before = markdown[..at].trim_end_matches(['\n', '\r']);
        let line = before.rsplit('\n').next().unwrap_or_default().trim();
        atx(line).is_some() || fence(line).is_some() || underlined(line).is_some()
    }
}

/// The spaces from which on a line is code.
const CODE_INDENT: usize = 4;

/// The bytes of a heading whose marks are parsed. More than [`HEADING_CHARS_MAX`] characters are not kept.
const INLINE_BYTES_MAX: usize = 4_000;

fn is_blank_before(markdown: &str, at: usize) -> bool {
    let before = markdown[..at].strip_suffix('\n').unwrap_or_default();
    before.is_empty() || before.trim_end_matches([' ', '\t', '\r']).ends_with('\n')
}

fn fence(line: &str) -> Option<(char, usize)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(mark).len();
    (length >= 3 && !(mark == '`' && line[length..].contains('`'))).then_some((mark, length))
}

fn is_item(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = line.len() - number.len();
    let numbered = (1..=9).contains(&digits) && (number.starts_with(". ") || number.starts_with(") "));
    numbered || ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark)) || matches!(line, "-" | "*" | "+")
}

/// Returns the level of the heading that a line underlines.
fn underlined(line: &str) -> Option<usize> {
    let is_all = |mark: char| line.chars().all(|c| c == mark);
    if is_all('=') { Some(1) } else { is_all('-').then_some(2) }
}

/// Returns the level and the content of a heading that begins with `#`.
fn atx(line: &str) -> Option<(usize, &str)> {
    let content = line.trim_start_matches('#');
    let level = line.len() - content.len();
    if !(1..=6).contains(&level) || !(content.is_empty() || content.starts_with([' ', '\t'])) {
        return None;
    }
    let content = content.trim();
    let closed = content.trim_end_matches('#');
    Some((level, if closed.is_empty() || closed.ends_with([' ', '\t']) { closed.trim() } else { content }))
}

/// Returns the text of a heading without its marks.
fn inline_text(content: &str) -> String {
    let cut = &content[..content.floor_char_boundary(INLINE_BYTES_MAX.min(content.len()))];
    let line = format!("# {}", cut.split_whitespace().collect::<Vec<_>>().join(" "));
    let mut heading = String::new();
    for event in Parser::new_ext(&line, Options::ENABLE_TABLES) {
        match event {
            Event::Text(text) | Event::Code(text) => heading.push_str(&text),
            Event::SoftBreak | Event::HardBreak => heading.push(' '),
            _ => {}
        }
    }
    text::truncate(&heading, HEADING_CHARS_MAX).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(markdown: &str) -> Vec<(String, &str)> {
        sections(markdown).iter().map(|section| (section.heading_path.join(" > "), section.text.trim())).collect()
    }

    #[test]
    fn sections_have_the_headings_above_them() {
        let text = "Before.\n\n# Robots\nAll.\n\n## ADAM `2`\n\n### Price\nAsk.\n\n## ACE\nArm.\n\nEnd\n===\nBye.";
        let expected = [
            ("", "Before."),
            ("Robots", "All."),
            ("Robots > ADAM 2 > Price", "Ask."),
            ("Robots > ACE", "Arm."),
            ("End", "Bye."),
        ];
        assert_eq!(summary(text), expected.map(|(path, text)| (path.to_owned(), text)));
    }

    #[test]
    fn a_heading_without_text_is_a_section() {
        assert_eq!(
            summary("## No smoking\n## Open daily\nFrom 9."),
            [("No smoking".to_owned(), "## No smoking"), ("Open daily".to_owned(), "From 9."),]
        );
    }

    #[test]
    fn marks_inside_headings_are_no_part_of_their_text() {
        let text = "## 1. *Intro* [x](y) #\nA\n\nTwo\nlines\n---\nB\n#no\n- item\n---\nC\n\t# code";
        let expected = [("1. Intro x", "A"), ("Two lines", "B\n#no\n- item\n---\nC\n\t# code")];
        assert_eq!(summary(text), expected.map(|(path, text)| (path.to_owned(), text)));
    }

    #[test]
    fn code_and_quotes_have_no_headings() {
        assert_eq!(
            summary("```\n# a comment\n```\n> # quoted\n\n- # item"),
            [(String::new(), "```\n# a comment\n```\n> # quoted\n\n- # item")]
        );
        assert_eq!(summary(" \n"), []);
    }
}

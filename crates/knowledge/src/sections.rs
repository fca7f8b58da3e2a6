//! Divides a Markdown text into sections at its headings.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

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
    level: HeadingLevel,
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
fn headings(markdown: &str) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    let (mut open, mut nesting) = (false, 0);
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if nesting == 0 => {
                open = true;
                found.push(Heading { level, text: String::new(), start: range.start, end: range.end });
            }
            Event::End(TagEnd::Heading(_)) => open = false,
            Event::Start(Tag::BlockQuote(_) | Tag::Item) => nesting += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::Item) => nesting -= 1,
            Event::Text(text) | Event::Code(text) if open => append(&mut found, &text),
            Event::SoftBreak | Event::HardBreak if open => append(&mut found, " "),
            _ => {}
        }
    }
    found
}

fn append(headings: &mut [Heading], text: &str) {
    if let Some(heading) = headings.last_mut() {
        heading.text.push_str(text);
        let end = text::truncate(&heading.text, HEADING_CHARS_MAX).len();
        heading.text.truncate(end);
    }
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
    fn code_and_quotes_have_no_headings() {
        assert_eq!(
            summary("```\n# a comment\n```\n> # quoted\n\n- # item"),
            [(String::new(), "```\n# a comment\n```\n> # quoted\n\n- # item")]
        );
        assert_eq!(summary(" \n"), []);
    }
}

//! The sections of a Markdown text: what stands under which headings.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// A heading longer than this is a paragraph in disguise, and is shown cut.
pub(super) const HEADING_CHARS_MAX: usize = 160;

/// The text between two headings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Section<'a> {
    /// The headings it stands under, outermost first.
    pub(super) heading_path: Vec<String>,
    pub(super) text: &'a str,
}

/// A heading and where it stands in the text, from its first to behind its last byte.
struct Heading {
    level: HeadingLevel,
    text: String,
    start: usize,
    end: usize,
}

/// The sections in the order they are written. A heading with nothing under it is a section of its own, as its words
/// may be the answer.
pub(super) fn sections(markdown: &str) -> Vec<Section<'_>> {
    let headings = headings(markdown);
    let mut path: Vec<&Heading> = Vec::new();
    let before = headings.first().map_or(markdown.len(), |first| first.start);
    let mut sections = vec![Section { heading_path: Vec::new(), text: &markdown[..before] }];
    for (n, heading) in headings.iter().enumerate() {
        path.retain(|above| above.level < heading.level);
        path.push(heading);
        let next = headings.get(n + 1);
        let text = &markdown[heading.end..next.map_or(markdown.len(), |next| next.start)];
        let leads_to_more = next.is_some_and(|next| next.level > heading.level);
        let text = if text.trim().is_empty() && !leads_to_more { &markdown[heading.start..heading.end] } else { text };
        sections.push(Section { heading_path: path.iter().map(|heading| heading.text.clone()).collect(), text });
    }
    sections.retain(|section| !section.text.trim().is_empty());
    sections
}

/// What the text begins with, if that is a heading.
pub(super) fn first_heading(markdown: &str) -> Option<String> {
    let first = headings(markdown).into_iter().next()?;
    let is_first = markdown[..first.start].trim().is_empty() && !first.text.trim().is_empty();
    is_first.then_some(first.text)
}

/// The headings of the text itself; those inside lists and quotes belong to what is quoted.
fn headings(markdown: &str) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    let (mut open, mut within) = (false, 0);
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if within == 0 => {
                open = true;
                found.push(Heading { level, text: String::new(), start: range.start, end: range.end });
            }
            Event::End(TagEnd::Heading(_)) => open = false,
            Event::Start(Tag::BlockQuote(_) | Tag::Item) => within += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::Item) => within -= 1,
            Event::Text(text) | Event::Code(text) if open => add(&mut found, &text),
            Event::SoftBreak | Event::HardBreak if open => add(&mut found, " "),
            _ => {}
        }
    }
    found
}

fn add(headings: &mut [Heading], text: &str) {
    if let Some(heading) = headings.last_mut() {
        heading.text.push_str(text);
        let end = super::cut(&heading.text, HEADING_CHARS_MAX).len();
        heading.text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(markdown: &str) -> Vec<(String, &str)> {
        sections(markdown).iter().map(|section| (section.heading_path.join(" > "), section.text.trim())).collect()
    }

    #[test]
    fn sections_know_the_headings_above_them() {
        let text = "Before.\n\n# Robots\nAll.\n\n## ADAM `2`\n\n### Price\nAsk.\n\n## ACE\nArm.\n\nEnd\n===\nBye.";
        let expected = [
            ("", "Before."),
            ("Robots", "All."),
            ("Robots > ADAM 2 > Price", "Ask."),
            ("Robots > ACE", "Arm."),
            ("End", "Bye."),
        ];
        assert_eq!(seen(text), expected.map(|(path, text)| (path.to_owned(), text)));
    }

    #[test]
    fn a_heading_that_says_it_all_is_kept() {
        assert_eq!(
            seen("## No smoking\n## Open daily\nFrom 9."),
            [("No smoking".to_owned(), "## No smoking"), ("Open daily".to_owned(), "From 9."),]
        );
    }

    #[test]
    fn code_and_quotes_have_no_headings() {
        assert_eq!(
            seen("```\n# a comment\n```\n> # quoted\n\n- # item"),
            [(String::new(), "```\n# a comment\n```\n> # quoted\n\n- # item")]
        );
        assert_eq!(seen(" \n"), []);
    }
}

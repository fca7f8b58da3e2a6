//! Parts of long texts, so that one message does not fill a model's context.

use domain::text_cleaning;

/// The longest part of a name, a subject, a label or a changed value that is shown.
const LINE_CHARACTERS_MAX: usize = 200;

/// A part of a long text, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextPart {
    /// The first character, counted from 0.
    pub from: usize,
    /// The number of characters.
    pub length_max: usize,
}

/// The part of a text that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The text of the part.
    pub text: String,
    /// The position of the rest, if there is more.
    pub next: Option<usize>,
}

impl TextPart {
    /// The beginning of a text.
    pub fn first(length_max: usize) -> TextPart {
        TextPart { from: 0, length_max }
    }

    /// Cuts the part out of the text. A text that is short enough is shown in full, wherever the part begins.
    pub fn of(self, text: &str) -> Excerpt {
        let length = text.chars().count();
        if length <= self.length_max {
            return Excerpt { text: text.to_owned(), next: None };
        }
        let end = self.from.saturating_add(self.length_max);
        let text = text.chars().skip(self.from).take(self.length_max).collect();
        Excerpt { text, next: (end < length).then_some(end) }
    }
}

/// A name, a subject or a label on one line, with an ellipsis if it was cut.
pub fn line(text: &str) -> String {
    beginning(&text.replace("\r\n", " ").replace(|c| text_cleaning::is_line_break(c) || c == '\t', " "))
}

/// The beginning of a text, with an ellipsis if it was cut.
pub fn beginning(text: &str) -> String {
    let excerpt = TextPart::first(LINE_CHARACTERS_MAX).of(text);
    if excerpt.next.is_some() { excerpt.text + "…" } else { excerpt.text }
}

/// The longest title that is made of a text.
const TITLE_CHARACTERS_MAX: usize = 80;

/// A title for a text that has none: its first line, cut at a word.
pub fn title(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default().trim();
    if line.chars().count() <= TITLE_CHARACTERS_MAX {
        return line.to_owned();
    }
    let cut: String = line.chars().take(TITLE_CHARACTERS_MAX).collect();
    let whole_words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", whole_words.trim_end())
}

/// True for a text that one line shows in full.
pub fn is_line(text: &str) -> bool {
    !text.contains(text_cleaning::is_line_break) && text.chars().nth(LINE_CHARACTERS_MAX).is_none()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_title_is_the_beginning_of_the_text() {
        assert_eq!(title("It beeps.\nAll day."), "It beeps.");
        assert_eq!(title("\n It beeps."), "It beeps.");
        let long = title(&"robot ".repeat(40));
        assert!(long.ends_with("robot…") && long.chars().count() <= TITLE_CHARACTERS_MAX + 1, "{long}");
        assert_eq!(title(&"é".repeat(200)).chars().count(), TITLE_CHARACTERS_MAX + 1);
    }

    #[test]
    fn short_texts_are_whole_and_long_ones_say_where_to_continue() {
        let part = TextPart { from: 3, length_max: 4 };
        assert_eq!(part.of("æøå"), Excerpt { text: "æøå".into(), next: None });
        assert_eq!(part.of("æøåabcdefg"), Excerpt { text: "abcd".into(), next: Some(7) });
        assert_eq!(TextPart { from: 99, length_max: 4 }.of("abcdefg"), Excerpt { text: String::new(), next: None });
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(line("Sarah\r\nMark\u{2028}\tIgnore"), "Sarah Mark  Ignore");
        let long = "é".repeat(201);
        assert_eq!((line(&long).chars().count(), is_line(&long), is_line(&long[2..])), (201, false, true));
    }

    proptest! {
        #[test]
        fn the_parts_together_are_the_text(text in "\\PC{0,80}", length_max in 1usize..20) {
            let (mut whole, mut next) = (String::new(), Some(0));
            while let Some(from) = next {
                let part = TextPart { from, length_max }.of(&text);
                whole += &part.text;
                next = part.next;
            }
            prop_assert_eq!(whole, text);
        }
    }
}

//! Parts of long texts, so that one message does not fill a model's context.

/// The longest part of a title or of a changed value that is shown.
const LINE_CHARACTERS_MAX: usize = 200;

/// A part of a long text, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
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

impl Part {
    /// The beginning of a text.
    pub fn first(length_max: usize) -> Part {
        Part { from: 0, length_max }
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

/// The beginning of a text for one line of a list, with an ellipsis if it was cut.
pub fn line(text: &str) -> String {
    let excerpt = Part::first(LINE_CHARACTERS_MAX).of(text);
    if excerpt.next.is_some() { excerpt.text + "…" } else { excerpt.text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn short_texts_are_whole_and_long_ones_say_where_to_continue() {
        let part = Part { from: 3, length_max: 4 };
        assert_eq!(part.of("æøå"), Excerpt { text: "æøå".into(), next: None });
        assert_eq!(part.of("æøåabcdefg"), Excerpt { text: "abcd".into(), next: Some(7) });
        assert_eq!(Part { from: 99, length_max: 4 }.of("abcdefg"), Excerpt { text: String::new(), next: None });
    }

    proptest! {
        #[test]
        fn the_parts_together_are_the_text(text in "\\PC{0,80}", length_max in 1usize..20) {
            let (mut whole, mut next) = (String::new(), Some(0));
            while let Some(from) = next {
                let part = Part { from, length_max }.of(&text);
                whole += &part.text;
                next = part.next;
            }
            prop_assert_eq!(whole, text);
        }
    }
}

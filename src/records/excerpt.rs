//! Long texts, part by part: a customer's message must not fill a model's whole memory.

/// What is shown of a title, or of a value before and after a change.
const LINE_CHARACTERS_MAX: usize = 200;

/// Which part of long texts is shown, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub from: usize,
    pub length_max: usize,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    pub text: String,
    /// Where the rest begins, if there is more.
    pub next: Option<usize>,
}

impl Part {
    pub fn first(length_max: usize) -> Part {
        Part { from: 0, length_max }
    }

    /// Texts that fit are shown whole, wherever the part begins.
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

/// The beginning of what stands in one line of a list, with an ellipsis where it goes on.
pub fn line(text: &str) -> String {
    let excerpt = Part::first(LINE_CHARACTERS_MAX).of(text);
    if excerpt.next.is_some() { excerpt.text + "…" } else { excerpt.text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_is_whole_and_what_does_not_says_where_to_go_on() {
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

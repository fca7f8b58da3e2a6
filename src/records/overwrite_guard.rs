//! Refuses a text that would replace a much longer one by mistake.

use super::error::Error;

/// The length, in characters, under which a text may be replaced unchecked, unless it names something by a number.
const WORTH_CHARACTERS: usize = 30;
/// The fewest digits of a word that names something, such as the serial number `DE-4471`.
const DIGITS_MIN: usize = 3;
/// A new text is much shorter if it has less than this part of the old one.
const PART: usize = 2;

/// Fails if `after` is much shorter than `before`.
pub fn check(before: &str, after: &str) -> Result<(), Error> {
    let (old, new) = (before.trim(), after.trim());
    let (long, short) = (old.chars().count(), new.chars().count());
    let is_worth = long >= WORTH_CHARACTERS || numbers(old).any(|number| !new.contains(number));
    match is_worth && short * PART < long {
        true => Err(Error::TextLost { characters: long - short, text: before.to_owned() }),
        false => Ok(()),
    }
}

/// The words that name something by a number.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| c.is_whitespace() || ".,;:!?()".contains(c));
    words.filter(|word| word.chars().filter(char::is_ascii_digit).count() >= DIGITS_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_much_shorter_text_is_refused() {
        let long = "x".repeat(100);
        for (before, after, refused) in [
            (long.as_str(), "short", true),
            (&long, &long[..49], true),
            (&long, &long[..50], false),
            (&long, "", true),
            ("The side brush stands still since Monday. Serial DE-4471.", "x", true),
            ("Serial DE-4471.", "It beeps", false),
            ("Serial no. DE-4471.", "beeps", true),
            ("Serial no. DE-4471.", "DE-4471", false),
            ("It stops at the door.", "It stops.", false),
            ("", "It stops.", false),
        ] {
            assert_eq!(check(before, after).is_err(), refused, "{before} {after}");
        }
    }
}

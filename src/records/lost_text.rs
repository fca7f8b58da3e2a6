//! Refuses a text that would replace a much longer one by mistake.

use super::error::Error;

/// A text shorter than this is no loss.
const WORTH_CHARACTERS: usize = 60;
/// A new text is much shorter if it has less than this part of the old one.
const PART: usize = 2;

/// Fails if `after` is much shorter than `before`.
pub fn check(before: &str, after: &str) -> Result<(), Error> {
    let (old, new) = (before.trim(), after.trim());
    let (long, short) = (old.chars().count(), new.chars().count());
    match long >= WORTH_CHARACTERS && short < long / PART {
        true => Err(Error::TextLost { characters: long - short, text: before.to_owned() }),
        false => Ok(()),
    }
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
            ("It stops at the door.", "It stops.", false),
            ("", "It stops.", false),
        ] {
            assert_eq!(check(before, after).is_err(), refused, "{before} {after}");
        }
    }
}

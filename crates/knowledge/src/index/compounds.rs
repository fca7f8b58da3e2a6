//! Compounds that are written as one word or as two: `touchscreen` and `touch screen`, `wi fi` and `wifi`.

/// The fewest letters of a part of a compound; shorter ones are endings.
const PART_LETTERS_MIN: usize = 3;

/// Joins each two adjacent words into one.
pub(super) fn joined(words: &[String]) -> impl Iterator<Item = String> {
    words.windows(2).map(|pair| pair.concat())
}

/// Splits a word into two words for which `is_known` is true, with the longest possible first word. Returns `None` if
/// there are no such words.
///
/// # Errors
/// The errors of `is_known`.
pub(super) fn split<E>(word: &str, is_known: impl Fn(&str) -> Result<bool, E>) -> Result<Option<(String, String)>, E> {
    let cuts: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
    let inner = PART_LETTERS_MIN..(cuts.len() + 1).saturating_sub(PART_LETTERS_MIN);
    for at in inner.rev() {
        let (start, end) = word.split_at(cuts[at]);
        if is_known(start)? && is_known(end)? {
            return Ok(Some((start.to_owned(), end.to_owned())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compounds_are_split_where_both_parts_are_known() {
        let known =
            |word: &str| Ok::<bool, ()>(["touch", "screen", "reinigung", "plan", "net", "work"].contains(&word));
        let split = |word: &str| split(word, known).unwrap();
        assert_eq!(split("touchscreen"), Some(("touch".to_owned(), "screen".to_owned())));
        assert_eq!(split("network"), Some(("net".to_owned(), "work".to_owned())));
        for whole in ["screen", "touchpad", "screens", "", "ab", "größe"] {
            assert_eq!(split(whole), None, "{whole}");
        }
    }

    #[test]
    fn adjacent_words_are_joined() {
        let words = ["wi", "fi", "down"].map(str::to_owned);
        assert_eq!(joined(&words).collect::<Vec<_>>(), ["wifi", "fidown"]);
        assert_eq!(joined(&words[..1]).count(), 0);
    }
}

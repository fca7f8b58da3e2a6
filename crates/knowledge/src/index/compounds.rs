//! Words that some write as one and others as two: `touchscreen` and `touch screen`, `wi fi` and `wifi`.

/// A part of a compound has at least this many letters; shorter ones are endings.
const PART_LETTERS_MIN: usize = 3;

/// Each two neighbours as one word.
pub(super) fn joined(words: &[String]) -> impl Iterator<Item = String> {
    words.windows(2).map(|pair| pair.concat())
}

/// The two words that `word` is made of, if it is made of two that are known. The longest start wins.
///
/// # Errors
/// Those of `known`.
pub(super) fn divided<E>(word: &str, known: impl Fn(&str) -> Result<bool, E>) -> Result<Option<(String, String)>, E> {
    let cuts: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
    let inner = PART_LETTERS_MIN..(cuts.len() + 1).saturating_sub(PART_LETTERS_MIN);
    for at in inner.rev() {
        let (start, end) = word.split_at(cuts[at]);
        if known(start)? && known(end)? {
            return Ok(Some((start.to_owned(), end.to_owned())));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compounds_are_divided_where_both_parts_are_known() {
        let known =
            |word: &str| Ok::<bool, ()>(["touch", "screen", "reinigung", "plan", "net", "work"].contains(&word));
        let divided = |word: &str| divided(word, known).unwrap();
        assert_eq!(divided("touchscreen"), Some(("touch".to_owned(), "screen".to_owned())));
        assert_eq!(divided("network"), Some(("net".to_owned(), "work".to_owned())));
        for whole in ["screen", "touchpad", "screens", "", "ab", "größe"] {
            assert_eq!(divided(whole), None, "{whole}");
        }
    }

    #[test]
    fn neighbours_are_joined() {
        let words = ["wi", "fi", "down"].map(str::to_owned);
        assert_eq!(joined(&words).collect::<Vec<_>>(), ["wifi", "fidown"]);
        assert_eq!(joined(&words[..1]).count(), 0);
    }
}

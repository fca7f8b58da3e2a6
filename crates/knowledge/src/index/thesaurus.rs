//! What else an English word may be called, from WordNet: `unpack` and `unload`, `sill` and `threshold`.
//!
//! The table is made by `thesaurus/make.py` from Princeton's dictionary, whose licence is beside it; nothing in it was
//! chosen by us. It stays text: a word is found by halving, and only the pages that are looked at are ever read.

static TABLE: &str = include_str!("thesaurus/wordnet.txt");

/// How words end, and how the form in the dictionary then does (WordNet's rules of detachment).
const ENDINGS: &[(&str, &str)] =
    &[("ies", "y"), ("es", ""), ("s", ""), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e")];

/// The other words for `word`, which is in lower case; none for what the table does not have.
pub(super) fn of(word: &str) -> impl Iterator<Item = &'static str> {
    forms(word).find_map(|form| others(&form)).into_iter().flat_map(|others| others.split(' '))
}

/// The forms of `word` that a dictionary may have: itself first.
fn forms(word: &str) -> impl Iterator<Item = String> {
    let shorter = ENDINGS.iter().filter_map(|(ending, end)| Some(format!("{}{end}", word.strip_suffix(ending)?)));
    std::iter::once(word.to_owned()).chain(shorter).chain(undoubled(word))
}

/// `stopped` and `stopping` are of `stop`.
fn undoubled(word: &str) -> Option<String> {
    let stem = word.strip_suffix("ed").or_else(|| word.strip_suffix("ing"))?;
    let last = stem.chars().next_back()?;
    let shorter = stem.strip_suffix(last)?;
    (shorter.chars().count() > 1 && shorter.ends_with(last)).then(|| shorter.to_owned())
}

/// What stands behind `word` in its line of the table.
fn others(word: &str) -> Option<&'static str> {
    let (mut from, mut to) = (0, TABLE.len());
    while from < to {
        let start = TABLE[from..from.midpoint(to)].rfind('\n').map_or(from, |at| from + at + 1);
        let end = TABLE[start..].find('\n').map_or(TABLE.len(), |length| start + length);
        let (head, others) = TABLE[start..end].split_once(' ')?;
        match head.cmp(word) {
            std::cmp::Ordering::Equal => return Some(others),
            std::cmp::Ordering::Less => from = end + 1,
            std::cmp::Ordering::Greater => to = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_found_by_its_word() {
        assert!(TABLE.is_ascii() && TABLE.lines().is_sorted_by_key(|line| line.split(' ').next()));
        for line in TABLE.lines() {
            let (word, expected) = line.split_once(' ').unwrap();
            assert_eq!(others(word), Some(expected));
        }
        for absent in ["", "aaa", "zzzz", "sil", "sills"] {
            assert_eq!(others(absent), None, "{absent}");
        }
    }

    #[test]
    fn inflected_words_are_found_too() {
        assert!(of("sills").any(|other| other == "threshold"));
        for (inflected, word) in
            [("hurting", "hurt"), ("stopped", "stop"), ("batteries", "battery"), ("closes", "close")]
        {
            assert!(of(inflected).eq(of(word)) && of(word).count() > 0, "{inflected}");
        }
        assert_eq!(of("barista").count(), 0);
    }
}

//! Words of one family that the stemmers keep apart: `grinder` and `grind`, `rent` and `rental`.

use tantivy::{Searcher, Term, schema::Field};

/// The shorter of two relatives has at least this many letters.
const LETTERS_MIN: usize = 4;

/// By how many letters they may differ, all of them at the end.
const ENDING_LETTERS_MAX: usize = 3;

/// The words of `field` that are `word` with a short ending more or less.
pub(super) fn of(word: &str, searcher: &Searcher, field: Field) -> tantivy::Result<Vec<String>> {
    let mut found = Vec::new();
    for shorter in shorter(word) {
        if searcher.doc_freq(&Term::from_field_text(field, shorter))? > 0 {
            found.push(shorter.to_owned());
        }
    }
    if word.chars().count() >= LETTERS_MIN {
        longer(word, searcher, field, &mut found)?;
    }
    Ok(found)
}

fn shorter(word: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
    let shortest = LETTERS_MIN.max(starts.len().saturating_sub(ENDING_LETTERS_MAX));
    (shortest..starts.len()).map(move |letters| &word[..starts[letters]])
}

fn longer(word: &str, searcher: &Searcher, field: Field, found: &mut Vec<String>) -> tantivy::Result<()> {
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut words = index.terms().range().gt(word.as_bytes()).into_stream()?;
        while words.advance() {
            let Ok(candidate) = std::str::from_utf8(words.key()) else { continue };
            let Some(ending) = candidate.strip_prefix(word) else { break };
            let candidate = candidate.to_owned();
            if ending.chars().count() <= ENDING_LETTERS_MAX && !found.contains(&candidate) {
                found.push(candidate);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_short_and_stems_are_not() {
        assert_eq!(shorter("grinder").collect::<Vec<_>>(), ["grin", "grind", "grinde"]);
        assert_eq!(shorter("rental").collect::<Vec<_>>(), ["rent", "renta"]);
        assert_eq!(shorter("größe").collect::<Vec<_>>(), ["größ"]);
        assert_eq!((shorter("rent").count(), shorter("").count()), (0, 0));
    }
}

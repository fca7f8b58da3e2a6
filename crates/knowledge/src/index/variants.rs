//! Variants of a term that the stemmers do not reduce to the same stem: `grinder` and `grind`, `rent` and `rental`.

use tantivy::{Searcher, Term, schema::Field};

/// The fewest letters of the shorter of two variants.
const LETTERS_MIN: usize = 4;

/// The most letters that the longer of two variants has after the shorter.
const ENDING_LETTERS_MAX: usize = 3;

/// Returns the terms of `field` that equal `word` with a short ending added or removed.
pub(super) fn of(word: &str, searcher: &Searcher, field: Field) -> tantivy::Result<Vec<String>> {
    let mut found = Vec::new();
    for shorter in prefixes(word) {
        if searcher.doc_freq(&Term::from_field_text(field, shorter))? > 0 {
            found.push(shorter.to_owned());
        }
    }
    if word.chars().count() >= LETTERS_MIN {
        add_longer(word, searcher, field, &mut found)?;
    }
    Ok(found)
}

/// Returns the prefixes of a word that are long enough to be variants of it.
fn prefixes(word: &str) -> impl Iterator<Item = &str> {
    let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
    let shortest = LETTERS_MIN.max(starts.len().saturating_sub(ENDING_LETTERS_MAX));
    (shortest..starts.len()).map(move |letters| &word[..starts[letters]])
}

fn add_longer(word: &str, searcher: &Searcher, field: Field, found: &mut Vec<String>) -> tantivy::Result<()> {
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut terms = index.terms().range().gt(word.as_bytes()).into_stream()?;
        while terms.advance() {
            let Ok(candidate) = std::str::from_utf8(terms.key()) else { continue };
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
    fn variants_differ_in_a_short_ending_only() {
        assert_eq!(prefixes("grinder").collect::<Vec<_>>(), ["grin", "grind", "grinde"]);
        assert_eq!(prefixes("rental").collect::<Vec<_>>(), ["rent", "renta"]);
        assert_eq!(prefixes("größe").collect::<Vec<_>>(), ["größ"]);
        assert_eq!((prefixes("rent").count(), prefixes("").count()), (0, 0));
    }
}

//! Spelling correction with the terms of the documents.

use tantivy::{Searcher, Term, query::FuzzyTermQuery, schema::Field};

/// Returns the most edits for a word with the given number of letters. Short words are similar to too many others.
fn distance_max(letters: usize) -> u8 {
    match letters {
        0..=5 => 0,
        6..=9 => 1,
        _ => 2,
    }
}

/// Returns the term of `field` that begins with the same letter and needs the fewest edits; of several, the one in the
/// most passages.
pub(super) fn correct(word: &str, searcher: &Searcher, field: Field) -> tantivy::Result<Option<String>> {
    for distance in 1..=distance_max(word.chars().count()) {
        let found = most_common_within(distance, word, searcher, field)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn most_common_within(distance: u8, word: &str, searcher: &Searcher, field: Field) -> tantivy::Result<Option<String>> {
    let similar = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, true).automaton()?;
    let mut best: Option<(u32, String)> = None;
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut terms = index.terms().search(&similar).into_stream()?;
        while let Some((candidate, info)) = terms.next() {
            let better = best.as_ref().is_none_or(|(common, _)| info.doc_freq > *common);
            let candidate = String::from_utf8_lossy(candidate);
            if better && candidate.chars().next() == word.chars().next() {
                best = Some((info.doc_freq, candidate.into_owned()));
            }
        }
    }
    Ok(best.map(|(_, word)| word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_words_are_corrected() {
        let letters = ["adam", "paris", "robots", "matradee", "installing"].map(|word| distance_max(word.len()));
        assert_eq!(letters, [0, 0, 1, 1, 2]);
    }
}

//! What a mistyped word most likely is, among the words of the documents.

use tantivy::{Searcher, Term, query::FuzzyTermQuery, schema::Field};

/// How many letters may be wrong in a word of this many. Short words have too many neighbours to guess among.
fn distance_max(letters: usize) -> u8 {
    match letters {
        0..=5 => 0,
        6..=9 => 1,
        _ => 2,
    }
}

/// The most common word of `field` that needs the fewest changes and begins with the same letter.
pub(super) fn nearest(word: &str, searcher: &Searcher, field: Field) -> tantivy::Result<Option<String>> {
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
        let mut words = index.terms().search(&similar).into_stream()?;
        while let Some((candidate, info)) = words.next() {
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
    fn only_long_words_may_be_wrong() {
        let letters = ["adam", "paris", "robots", "matradee", "installing"].map(|word| distance_max(word.len()));
        assert_eq!(letters, [0, 0, 1, 1, 2]);
    }
}

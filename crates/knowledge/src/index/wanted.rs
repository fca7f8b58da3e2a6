//! The words of the index that stand for an idea, and what each counts.

use std::collections::BTreeMap;

use tantivy::{Score, Searcher, Term};

use super::{compounds, question::Idea, relatives, schema::Fields, spelling};

/// What a word counts that the question does not use, but other people would.
const IMPLIED_WEIGHT: Score = 0.7;

/// What a word counts that was found only by changing letters.
const GUESS_WEIGHT: Score = 0.5;

/// What a word counts that has the same stem but for its ending.
const RELATIVE_WEIGHT: Score = 0.4;

/// The words for `idea`, each once, with the most it counts. None if no document has any like it.
pub(super) fn of(idea: &Idea, searcher: &Searcher, fields: &Fields) -> tantivy::Result<BTreeMap<String, Score>> {
    let known = |word: &str| is_known(word, searcher, fields);
    let mut wanted = Wanted::default();
    for word in &idea.said {
        for relative in relatives::of(word, searcher, fields.text_words)? {
            wanted.add(relative, RELATIVE_WEIGHT);
        }
        if known(word)? {
            wanted.add(word.clone(), 1.0);
        }
    }
    for word in &idea.implied {
        if known(word)? {
            wanted.add(word.clone(), IMPLIED_WEIGHT);
        }
    }
    if wanted.0.is_empty() {
        guess(&idea.said, searcher, fields, &mut wanted)?;
    }
    Ok(wanted.0)
}

#[derive(Default)]
struct Wanted(BTreeMap<String, Score>);

impl Wanted {
    fn add(&mut self, word: String, weight: Score) {
        let counts = self.0.entry(word).or_default();
        *counts = counts.max(weight);
    }
}

/// For words that no document has: the words they are made of, or else what is spelled most like them.
fn guess(said: &[String], searcher: &Searcher, fields: &Fields, wanted: &mut Wanted) -> tantivy::Result<()> {
    for word in said {
        if let Some((start, end)) = compounds::divided(word, |part| is_known(part, searcher, fields))? {
            wanted.add(start, 1.0);
            wanted.add(end, 1.0);
            return Ok(());
        }
        if let Some(word) = spelling::nearest(word, searcher, fields.text_words)? {
            wanted.add(word, GUESS_WEIGHT);
            return Ok(());
        }
    }
    Ok(())
}

fn is_known(word: &str, searcher: &Searcher, fields: &Fields) -> tantivy::Result<bool> {
    for field in [fields.text_words, fields.heading_words, fields.title_words] {
        if searcher.doc_freq(&Term::from_field_text(field, word))? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

//! Query expansion: finds the terms of the index that stand for a query term, each with a weight.

use std::collections::BTreeMap;

use tantivy::{Score, Searcher, Term};

use super::{compounds, query::QueryTerm, schema::Fields, spelling, variants};

/// The weight of a synonym.
const SYNONYM_WEIGHT: Score = 0.7;

/// The weight of a corrected spelling.
const SPELLING_WEIGHT: Score = 0.5;

/// The weight of a variant with another ending.
const VARIANT_WEIGHT: Score = 0.4;

/// Terms of the index, each with its highest weight.
#[derive(Default)]
struct Expansion(BTreeMap<String, Score>);

impl Expansion {
    fn add(&mut self, term: String, weight: Score) {
        let highest = self.0.entry(term).or_default();
        *highest = highest.max(weight);
    }
}

/// Returns the terms of the index for `query_term` with their weights. Empty if no document has any of them.
pub(super) fn expand(
    query_term: &QueryTerm,
    searcher: &Searcher,
    fields: &Fields,
) -> tantivy::Result<BTreeMap<String, Score>> {
    let mut expansion = Expansion::default();
    for term in &query_term.literal {
        for variant in variants::of(term, searcher, fields.text_terms)? {
            expansion.add(variant, VARIANT_WEIGHT);
        }
        if is_indexed(term, searcher, fields)? {
            expansion.add(term.clone(), 1.0);
        }
    }
    for term in &query_term.synonyms {
        if is_indexed(term, searcher, fields)? {
            expansion.add(term.clone(), SYNONYM_WEIGHT);
        }
    }
    if expansion.0.is_empty() {
        add_similar(&query_term.literal, searcher, fields, &mut expansion)?;
    }
    Ok(expansion.0)
}

/// Adds the two parts of a compound, or else the corrected spelling, for the first term that has either.
fn add_similar(
    terms: &[String],
    searcher: &Searcher,
    fields: &Fields,
    expansion: &mut Expansion,
) -> tantivy::Result<()> {
    for term in terms {
        if let Some((start, end)) = compounds::split(term, |part| is_indexed(part, searcher, fields))? {
            expansion.add(start, 1.0);
            expansion.add(end, 1.0);
            return Ok(());
        }
        if let Some(corrected) = spelling::correct(term, searcher, fields.text_terms)? {
            expansion.add(corrected, SPELLING_WEIGHT);
            return Ok(());
        }
    }
    Ok(())
}

fn is_indexed(term: &str, searcher: &Searcher, fields: &Fields) -> tantivy::Result<bool> {
    for field in [fields.text_terms, fields.heading_terms, fields.title_terms] {
        if searcher.doc_freq(&Term::from_field_text(field, term))? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

//! Parses a query into the terms to look up.
//!
//! Each word of a query is one query term, and so is a phrase such as `how much`. A passage is credited once for each
//! query term, for the index term that counts most: the word itself, or with less weight a synonym, a variant or a
//! corrected spelling.
//!
//! Only the short list of synonyms is used. A general thesaurus (9,000 entries from WordNet) was measured on 371
//! questions and is left out: the right passage was among the first four for 346 of them with it and for 345 without,
//! and for none of the questions that the ranking was not tuned on did it change that.

use std::collections::HashSet;

use tantivy::Score;

use super::{compounds, synonyms};
use crate::analysis::{self, Analyzer};

/// The most words of a query; the rest of a longer one is ignored.
const WORDS_MAX: usize = 64;

/// The weight of a common word, such as `find` or `work`, beside other query terms.
const COMMON_WEIGHT: Score = 0.5;

/// A parsed query.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) terms: Vec<QueryTerm>,
}

/// A word or phrase of a query, analyzed in each language of the library.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct QueryTerm {
    /// The terms of the word itself. Empty for a phrase.
    pub(super) literal: Vec<String>,
    /// The terms of its synonyms.
    pub(super) synonyms: Vec<String>,
    /// True for a common word that says little beside others.
    is_common: bool,
}

impl QueryTerm {
    /// Returns the weight of this term beside the others of its query.
    pub(super) fn weight(&self) -> Score {
        if self.is_common { COMMON_WEIGHT } else { 1.0 }
    }

    fn is_empty(&self) -> bool {
        self.literal.is_empty() && self.synonyms.is_empty()
    }
}

/// Parses a query. Stop words are looked up only if the query has no other words.
pub(super) fn parse(query: &str, analyzers: &[Analyzer]) -> Query {
    let words: Vec<String> =
        analysis::split_words(query).into_iter().take(WORDS_MAX).map(|word| word.to_lowercase()).collect();
    let mut analyzers = analyzers.to_vec();
    let mut terms = content_terms(&words, &mut analyzers);
    if terms.iter().all(|term| term.literal.is_empty()) {
        let stop_words = words.iter().map(|word| QueryTerm {
            literal: analyzers.iter_mut().flat_map(|analyzer| analyzer.all_terms(word)).collect(),
            ..QueryTerm::default()
        });
        terms.extend(stop_words.filter(|term| !term.is_empty()));
    }
    Query { terms: without_duplicates(terms) }
}

/// Returns the query terms without stop words: the words, then the known phrases, then the compounds of two words.
fn content_terms(words: &[String], analyzers: &mut [Analyzer]) -> Vec<QueryTerm> {
    let mut analyze = |words: &[&str]| -> Vec<String> {
        let mut terms = Vec::new();
        for word in words {
            terms.extend(analyzers.iter_mut().flat_map(|analyzer| analyzer.content_terms(word)));
        }
        terms
    };
    let mut terms: Vec<QueryTerm> = Vec::new();
    for word in words {
        let (literal, synonyms) = (analyze(&[word.as_str()]), analyze(synonyms::of_word(word)));
        terms.push(QueryTerm { literal, synonyms, is_common: analysis::is_common(word) });
    }
    for synonyms in synonyms::of_phrases(words) {
        terms.push(QueryTerm { synonyms: analyze(synonyms), ..QueryTerm::default() });
    }
    for joined in compounds::joined(words) {
        terms.push(QueryTerm { synonyms: analyze(&[joined.as_str()]), ..QueryTerm::default() });
    }
    terms.retain(|term| !term.is_empty());
    terms
}

/// Removes repeated words, and synonyms that the query contains itself.
fn without_duplicates(mut terms: Vec<QueryTerm>) -> Vec<QueryTerm> {
    let mut literals = HashSet::new();
    for term in &mut terms {
        term.literal.retain(|word| literals.insert(word.clone()));
    }
    for term in &mut terms {
        let mut seen = HashSet::new();
        term.synonyms.retain(|word| !literals.contains(word) && seen.insert(word.clone()));
    }
    terms.retain(|term| !term.is_empty());
    terms
}

#[cfg(test)]
mod tests {
    use tantivy::tokenizer::Language;

    use super::*;

    fn literals(query: &str, languages: &[Option<Language>]) -> Vec<Vec<String>> {
        let query = parse(query, &languages.iter().copied().map(Analyzer::new).collect::<Vec<_>>());
        query.terms.into_iter().map(|term| term.literal).filter(|literal| !literal.is_empty()).collect()
    }

    #[test]
    fn a_word_has_one_form_in_each_language() {
        let both = literals("Lieferungen!", &[Some(Language::English), Some(Language::German)]);
        assert_eq!(both, [["lieferungen", "liefer"]]);
    }

    #[test]
    fn stop_words_count_only_alone() {
        let english = [Some(Language::English)];
        assert_eq!(literals("How much is the ADAM, the Adam?", &english), [["adam"]]);
        assert_eq!(literals("who are you", &english).len(), 3);
        assert!(literals("?", &english).is_empty());
        assert!(literals("ADAM", &[]).is_empty());
    }

    #[test]
    fn synonyms_of_words_and_phrases_are_looked_up_too() {
        let query = parse("how much is delivery", &[Analyzer::new(Some(Language::English))]);
        assert!(query.terms[0].literal == ["deliveri"] && query.terms[0].synonyms.contains(&"ship".to_owned()));
        assert!(query.terms.iter().any(|term| term.literal.is_empty() && term.synonyms.contains(&"price".to_owned())));
    }
}

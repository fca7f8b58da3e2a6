//! Ranks passages by their terms.
//!
//! The score is BM25F (Robertson, Zaragoza and Taylor, 2004: term frequencies are weighted by field and added before
//! they saturate), with three changes for short passages:
//! - A passage is credited once for each query term, for the index term that counts most. The inverse document
//!   frequency of an index term is averaged with that of its whole query term, so that a rare synonym of a common word
//!   does not count as a rare word.
//! - The other passages of a document add to the score (Callan, 1994), because a manual names its subject only once.
//! - A passage with more of the query terms scores higher.

use std::collections::BTreeMap;

use tantivy::{
    DocAddress, DocSet, Score, Searcher, TERMINATED, Term,
    postings::Postings,
    schema::{Field, IndexRecordOption},
};

use super::{
    corpus_stats::{CorpusStats, HEADING_WEIGHT},
    schema::Fields,
};

/// The weight of a term in the document's title, which all its passages share; one in the text has the weight 1.
const TITLE_WEIGHT: Score = 0.5;

/// BM25's `k1`: a lower value makes further occurrences of a term count less.
const SATURATION: Score = 1.2;

/// BM25's `b`: the influence of a passage's length, from 0 to 1.
const LENGTH_INFLUENCE: Score = 0.5;

/// The weight of the document's score beside the passage's own.
const DOCUMENT_WEIGHT: Score = 0.4;

/// The number of passages with a query term at which a document reaches half of its highest possible score.
const DOCUMENT_HALF: Score = 2.0;

/// The exponent of the share of query terms that a passage contains.
const COVERAGE_POWER: Score = 0.25;

/// The entries that contain a term, each with the term frequency, weighted by field.
type Occurrences = Vec<(usize, Score)>;

/// A query term after its expansion.
#[derive(Debug)]
pub(super) struct WeightedTerms {
    /// The weight beside the other query terms.
    pub(super) weight: Score,
    /// The index terms that stand for it, each with its weight.
    pub(super) terms: BTreeMap<String, Score>,
}

/// Returns the `limit` passages with the highest scores, best first.
pub(super) fn rank(
    query: &[WeightedTerms],
    searcher: &Searcher,
    fields: &Fields,
    stats: &CorpusStats,
    limit: usize,
) -> tantivy::Result<Vec<(Score, DocAddress)>> {
    let mut scores = Scores::new(stats);
    let mut counter = TermCounter { searcher, fields, stats, frequencies: vec![0.0; stats.lengths.len()] };
    for query_term in query {
        let found = query_term.terms.iter().map(|(term, weight)| Ok((*weight, counter.occurrences(term)?)));
        scores.add(query_term.weight, &found.collect::<tantivy::Result<Vec<_>>>()?);
    }
    let mut scored = scores.finish(query.len());
    let order = |(score, entry): &(Score, usize), (other, after): &(Score, usize)| {
        other.total_cmp(score).then(entry.cmp(after))
    };
    if limit < scored.len() {
        scored.select_nth_unstable_by(limit, order);
        scored.truncate(limit);
    }
    scored.sort_unstable_by(order);
    Ok(scored.into_iter().map(|(score, entry)| (score, stats.address(entry))).collect())
}

/// Counts the occurrences of terms in all entries of an index.
struct TermCounter<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    stats: &'a CorpusStats,
    /// By entry; all zero between two terms.
    frequencies: Vec<Score>,
}

impl TermCounter<'_> {
    /// Returns the entries that contain a term.
    fn occurrences(&mut self, term: &str) -> tantivy::Result<Occurrences> {
        let mut entries = Vec::new();
        let fields = [
            (self.fields.text_terms, 1.0),
            (self.fields.heading_terms, HEADING_WEIGHT),
            (self.fields.title_terms, TITLE_WEIGHT),
        ];
        for (field, weight) in fields {
            self.add(field, weight, term, &mut entries)?;
        }
        Ok(entries.into_iter().map(|entry| (entry, std::mem::take(&mut self.frequencies[entry]))).collect())
    }

    fn add(&mut self, field: Field, weight: Score, term: &str, entries: &mut Vec<usize>) -> tantivy::Result<()> {
        let term = Term::from_field_text(field, term);
        for (segment, start) in self.stats.segments(self.searcher) {
            let index = segment.inverted_index(field)?;
            let Some(mut found) = index.read_postings(&term, IndexRecordOption::WithFreqs)? else { continue };
            while found.doc() != TERMINATED {
                let entry = start + found.doc() as usize;
                if !segment.is_deleted(found.doc()) {
                    if self.frequencies[entry] == 0.0 {
                        entries.push(entry);
                    }
                    self.frequencies[entry] += weight * found.term_freq() as Score;
                }
                found.advance();
            }
        }
        Ok(())
    }
}

/// Accumulates the scores of all entries, one query term after the other.
struct Scores<'a> {
    stats: &'a CorpusStats,
    /// The sum of the credits of each entry.
    totals: Vec<Score>,
    /// The number of query terms in each entry.
    coverage: Vec<u16>,
    /// The entries with any query term.
    matches: Vec<usize>,
    /// The credit of each entry for the current query term; all zero between two query terms.
    credits: Vec<Score>,
    /// The scores of the documents.
    documents: Vec<Score>,
}

impl Scores<'_> {
    fn new(stats: &CorpusStats) -> Scores<'_> {
        let entries = stats.lengths.len();
        let (totals, coverage, credits) = (vec![0.0; entries], vec![0; entries], vec![0.0; entries]);
        Scores { stats, totals, coverage, matches: Vec::new(), credits, documents: vec![0.0; stats.documents] }
    }

    /// Credits each entry for one query term with the score of its best index term. `found` has the weight and the
    /// occurrences of each index term.
    fn add(&mut self, weight: Score, found: &[(Score, Occurrences)]) {
        let entries = self.distinct_entries(found);
        let query_term_idf = idf(entries.len(), self.stats.passages);
        for (term_weight, occurrences) in found {
            let idf = idf(occurrences.len(), self.stats.passages).midpoint(query_term_idf);
            for (entry, frequency) in occurrences {
                let length = self.stats.lengths[*entry] / self.stats.length_average;
                let credit = weight * term_weight * idf * saturated(*frequency, length);
                self.credits[*entry] = self.credits[*entry].max(credit);
            }
        }
        self.collect_credits(&entries);
    }

    /// Returns the entries with any of the index terms, each once.
    fn distinct_entries(&mut self, found: &[(Score, Occurrences)]) -> Vec<usize> {
        let mut entries = Vec::new();
        for (entry, _) in found.iter().flat_map(|(_, occurrences)| occurrences) {
            if self.credits[*entry] == 0.0 {
                self.credits[*entry] = Score::MIN_POSITIVE;
                entries.push(*entry);
            }
        }
        entries
    }

    /// Adds the credits for one query term to the totals and to the scores of the documents.
    fn collect_credits(&mut self, entries: &[usize]) {
        let mut by_document = vec![(0.0, 0.0); self.stats.documents];
        for &entry in entries {
            let credit = std::mem::take(&mut self.credits[entry]);
            if self.coverage[entry] == 0 {
                self.matches.push(entry);
            }
            self.coverage[entry] += 1;
            self.totals[entry] += credit;
            let (sum, count) = &mut by_document[self.stats.document_of[entry]];
            (*sum, *count) = (*sum + credit, *count + 1.0);
        }
        for (score, (sum, count)) in self.documents.iter_mut().zip(by_document) {
            *score += sum / (count + DOCUMENT_HALF);
        }
    }

    /// Returns the scores of all matching entries, for a query of `query_terms` terms.
    fn finish(&self, query_terms: usize) -> Vec<(Score, usize)> {
        let score = |entry: usize| {
            let total = self.totals[entry] + DOCUMENT_WEIGHT * self.documents[self.stats.document_of[entry]];
            total * (Score::from(self.coverage[entry]) / query_terms as Score).powf(COVERAGE_POWER)
        };
        self.matches.iter().map(|entry| (score(*entry), *entry)).collect()
    }
}

/// Returns BM25's inverse document frequency of a term in `matching` of `all` passages.
fn idf(matching: usize, all: usize) -> Score {
    let (matching, all) = (matching as Score, all.max(matching) as Score);
    (1.0 + (all - matching + 0.5) / (matching + 0.5)).ln()
}

/// Returns BM25's saturated term frequency, in a passage of `length` times the average length.
fn saturated(frequency: Score, length: Score) -> Score {
    frequency * (SATURATION + 1.0) / (frequency + SATURATION * (1.0 - LENGTH_INFLUENCE + LENGTH_INFLUENCE * length))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two documents: entries 0 and 1 are of the first, 2 and 3 of the second.
    fn stats() -> CorpusStats {
        let (lengths, document_of) = (vec![10.0; 4], vec![0, 0, 1, 1]);
        CorpusStats { lengths, document_of, documents: 2, passages: 4, length_average: 10.0, ..CorpusStats::default() }
    }

    fn scores(query: &[&[(Score, Occurrences)]]) -> Vec<Score> {
        let stats = stats();
        let mut scores = Scores::new(&stats);
        for query_term in query {
            scores.add(1.0, query_term);
        }
        let mut by_entry = vec![0.0; 4];
        for (score, entry) in scores.finish(query.len()) {
            by_entry[entry] = score;
        }
        by_entry
    }

    #[test]
    fn a_query_term_is_credited_once_for_its_best_index_term() {
        let both = scores(&[&[(1.0, vec![(0, 1.0), (2, 1.0)]), (0.3, vec![(0, 1.0)])]]);
        assert_eq!((both[0], both[1], both[3]), (both[2], 0.0, 0.0));
    }

    #[test]
    fn other_passages_of_the_document_add_to_the_score() {
        let found = scores(&[&[(1.0, vec![(0, 1.0), (1, 1.0), (2, 1.0)])]]);
        assert!(found[0] == found[1] && found[1] > found[2] && found[2] > 0.0, "{found:?}");
    }

    #[test]
    fn two_query_terms_score_higher_than_one_that_occurs_twice() {
        let found = scores(&[&[(1.0, vec![(0, 1.0), (2, 2.0)])], &[(1.0, vec![(0, 1.0), (3, 1.0)])]]);
        assert!(found[0] > found[2] && found[0] > found[3], "{found:?}");
    }

    #[test]
    fn rare_terms_and_short_passages_score_higher() {
        assert!(idf(1, 100) > idf(50, 100) && idf(100, 100) > 0.0 && idf(0, 0) > 0.0);
        assert!(saturated(1.0, 0.5) > saturated(1.0, 2.0) && saturated(2.0, 1.0) > saturated(1.0, 1.0));
        assert!(saturated(1_000.0, 1.0) < SATURATION + 1.0);
    }
}

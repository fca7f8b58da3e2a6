//! Which passages answer best.
//!
//! BM25 over fields (Robertson, Zaragoza and Taylor, 2004: occurrences are weighed by field and added before they
//! saturate), with three things that short passages need:
//! - A passage is credited once for each idea of a question, for the word of it that counts most, and the rarity of a
//!   word is averaged with that of its whole idea: a rare synonym of a common word is no rare find.
//! - A passage leans on its document (Callan, 1994): a manual says only once what machine it is about.
//! - Who answers more of the ideas comes first.

use std::collections::BTreeMap;

use tantivy::{
    DocAddress, DocSet, Score, Searcher, TERMINATED, Term,
    postings::Postings,
    schema::{Field, IndexRecordOption},
};

use super::{
    schema::Fields,
    shelf::{HEADING_WEIGHT, Shelf},
};

/// What a word in the document's title counts, which all its passages share.
const TITLE_WEIGHT: Score = 0.5;

/// How soon more occurrences of a word count no more (BM25's `k1`).
const SATURATION: Score = 1.2;

/// How much a long passage is held against a short one (BM25's `b`).
const LENGTH_SHARE: Score = 0.5;

/// What its document's evidence counts beside a passage's own.
const DOCUMENT_WEIGHT: Score = 0.4;

/// A document with this many passages for an idea has half of all the evidence there can be.
const DOCUMENT_HALF: Score = 2.0;

/// How much the share of the ideas counts that a passage answers.
const COVERAGE_POWER: Score = 0.25;

/// Where a word stands: entries, and how often each has it, weighed by field.
type Occurrences = Vec<(usize, Score)>;

/// An idea as it is looked up.
#[derive(Debug)]
pub(super) struct Asked {
    /// What the idea counts among the others.
    pub(super) weight: Score,
    pub(super) words: BTreeMap<String, Score>,
}

/// The best passages, best first.
pub(super) fn best(
    asked: &[Asked],
    searcher: &Searcher,
    fields: &Fields,
    shelf: &Shelf,
    limit: usize,
) -> tantivy::Result<Vec<(Score, DocAddress)>> {
    let mut board = Board::new(shelf);
    let mut counter = Counter { searcher, fields, shelf, counts: vec![0.0; shelf.lengths.len()] };
    for idea in asked {
        let found = idea.words.iter().map(|(word, weight)| Ok((*weight, counter.count(word)?)));
        board.credit(idea.weight, &found.collect::<tantivy::Result<Vec<_>>>()?);
    }
    let mut scored = board.scores(asked.len());
    let order = |(score, entry): &(Score, usize), (other, after): &(Score, usize)| {
        other.total_cmp(score).then(entry.cmp(after))
    };
    if limit < scored.len() {
        scored.select_nth_unstable_by(limit, order);
        scored.truncate(limit);
    }
    scored.sort_unstable_by(order);
    Ok(scored.into_iter().map(|(score, entry)| (score, shelf.address(entry))).collect())
}

/// How often words stand in the entries of an index.
struct Counter<'a> {
    searcher: &'a Searcher,
    fields: &'a Fields,
    shelf: &'a Shelf,
    /// By entry; all zero between two words.
    counts: Vec<Score>,
}

impl Counter<'_> {
    /// The entries with `word`, and how often they have it, weighed by field.
    fn count(&mut self, word: &str) -> tantivy::Result<Occurrences> {
        let mut entries = Vec::new();
        let fields = [
            (self.fields.text_words, 1.0),
            (self.fields.heading_words, HEADING_WEIGHT),
            (self.fields.title_words, TITLE_WEIGHT),
        ];
        for (field, weight) in fields {
            self.add(field, weight, word, &mut entries)?;
        }
        Ok(entries.into_iter().map(|entry| (entry, std::mem::take(&mut self.counts[entry]))).collect())
    }

    fn add(&mut self, field: Field, weight: Score, word: &str, entries: &mut Vec<usize>) -> tantivy::Result<()> {
        let term = Term::from_field_text(field, word);
        for (segment, start) in self.shelf.segments(self.searcher) {
            let index = segment.inverted_index(field)?;
            let Some(mut found) = index.read_postings(&term, IndexRecordOption::WithFreqs)? else { continue };
            while found.doc() != TERMINATED {
                let entry = start + found.doc() as usize;
                if !segment.is_deleted(found.doc()) {
                    if self.counts[entry] == 0.0 {
                        entries.push(entry);
                    }
                    self.counts[entry] += weight * found.term_freq() as Score;
                }
                found.advance();
            }
        }
        Ok(())
    }
}

/// Where the credit of each entry is added up.
struct Board<'a> {
    shelf: &'a Shelf,
    totals: Vec<Score>,
    /// How many ideas each answers.
    ideas: Vec<u16>,
    /// Those that answer any.
    met: Vec<usize>,
    /// What each is worth for the idea at hand; zero between two ideas.
    credits: Vec<Score>,
    /// By document.
    evidence: Vec<Score>,
}

impl Board<'_> {
    fn new(shelf: &Shelf) -> Board<'_> {
        let entries = shelf.lengths.len();
        let (totals, ideas, credits) = (vec![0.0; entries], vec![0; entries], vec![0.0; entries]);
        Board { shelf, totals, ideas, met: Vec::new(), credits, evidence: vec![0.0; shelf.documents] }
    }

    /// Give each entry its credit for one idea: what its best word is worth. `found` has each word's weight and where
    /// it stands.
    fn credit(&mut self, weight: Score, found: &[(Score, Occurrences)]) {
        let all = self.distinct(found);
        let rarity_of_idea = rarity(all.len(), self.shelf.passages);
        for (word_weight, entries) in found {
            let rarity = rarity(entries.len(), self.shelf.passages).midpoint(rarity_of_idea);
            for (entry, count) in entries {
                let length = self.shelf.lengths[*entry] / self.shelf.length_average;
                let worth = weight * word_weight * rarity * saturated(*count, length);
                self.credits[*entry] = self.credits[*entry].max(worth);
            }
        }
        self.settle(&all);
    }

    /// Every entry that has any of the words, once.
    fn distinct(&mut self, found: &[(Score, Occurrences)]) -> Vec<usize> {
        let mut all = Vec::new();
        for (entry, _) in found.iter().flat_map(|(_, entries)| entries) {
            if self.credits[*entry] == 0.0 {
                self.credits[*entry] = Score::MIN_POSITIVE;
                all.push(*entry);
            }
        }
        all
    }

    /// Add the credits of one idea to the totals and to the documents' evidence.
    fn settle(&mut self, entries: &[usize]) {
        let mut by_document = vec![(0.0, 0.0); self.shelf.documents];
        for &entry in entries {
            let credit = std::mem::take(&mut self.credits[entry]);
            if self.ideas[entry] == 0 {
                self.met.push(entry);
            }
            self.ideas[entry] += 1;
            self.totals[entry] += credit;
            let (sum, count) = &mut by_document[self.shelf.document_of[entry]];
            (*sum, *count) = (*sum + credit, *count + 1.0);
        }
        for (evidence, (sum, count)) in self.evidence.iter_mut().zip(by_document) {
            *evidence += sum / (count + DOCUMENT_HALF);
        }
    }

    fn scores(&self, asked: usize) -> Vec<(Score, usize)> {
        let score = |entry: usize| {
            let total = self.totals[entry] + DOCUMENT_WEIGHT * self.evidence[self.shelf.document_of[entry]];
            total * (Score::from(self.ideas[entry]) / asked as Score).powf(COVERAGE_POWER)
        };
        self.met.iter().map(|entry| (score(*entry), *entry)).collect()
    }
}

/// What a word is worth that stands in `with` of `all` passages.
fn rarity(with: usize, all: usize) -> Score {
    let (with, all) = (with as Score, all.max(with) as Score);
    (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
}

/// What `count` occurrences are worth in a passage of `length` times the average.
fn saturated(count: Score, length: Score) -> Score {
    count * (SATURATION + 1.0) / (count + SATURATION * (1.0 - LENGTH_SHARE + LENGTH_SHARE * length))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two documents: entries 0 and 1 are of the first, 2 and 3 of the second.
    fn shelf() -> Shelf {
        let (lengths, document_of) = (vec![10.0; 4], vec![0, 0, 1, 1]);
        Shelf { lengths, document_of, documents: 2, passages: 4, length_average: 10.0, ..Shelf::default() }
    }

    fn scores(ideas: &[&[(Score, Occurrences)]]) -> Vec<Score> {
        let shelf = shelf();
        let mut board = Board::new(&shelf);
        for idea in ideas {
            board.credit(1.0, idea);
        }
        let mut scores = vec![0.0; 4];
        for (score, entry) in board.scores(ideas.len()) {
            scores[entry] = score;
        }
        scores
    }

    #[test]
    fn an_idea_is_credited_once_for_its_best_word() {
        let both = scores(&[&[(1.0, vec![(0, 1.0), (2, 1.0)]), (0.3, vec![(0, 1.0)])]]);
        assert_eq!((both[0], both[1], both[3]), (both[2], 0.0, 0.0));
    }

    #[test]
    fn a_passage_leans_on_its_document() {
        let found = scores(&[&[(1.0, vec![(0, 1.0), (1, 1.0), (2, 1.0)])]]);
        assert!(found[0] == found[1] && found[1] > found[2] && found[2] > 0.0, "{found:?}");
    }

    #[test]
    fn two_ideas_beat_one_said_twice() {
        let found = scores(&[&[(1.0, vec![(0, 1.0), (2, 2.0)])], &[(1.0, vec![(0, 1.0), (3, 1.0)])]]);
        assert!(found[0] > found[2] && found[0] > found[3], "{found:?}");
    }

    #[test]
    fn rare_words_and_short_passages_are_worth_more() {
        assert!(rarity(1, 100) > rarity(50, 100) && rarity(100, 100) > 0.0 && rarity(0, 0) > 0.0);
        assert!(saturated(1.0, 0.5) > saturated(1.0, 2.0) && saturated(2.0, 1.0) > saturated(1.0, 1.0));
        assert!(saturated(1_000.0, 1.0) < SATURATION + 1.0);
    }
}

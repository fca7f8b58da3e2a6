//! What the ranking knows of every passage before any question: how long it is, and which document it is from.

use std::collections::HashMap;

use tantivy::{DocAddress, DocId, Score, Searcher, SegmentReader};

use super::schema::{DOCUMENT_KEY, Fields};

/// What a word in a heading counts beside one in the text.
pub(super) const HEADING_WEIGHT: Score = 2.0;

/// All entries of an index, numbered through its segments. Whole documents are among them, with no length.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// The number of each segment's first entry.
    pub(super) starts: Vec<usize>,
    /// Words of the text and the headings, as they are weighed.
    pub(super) lengths: Vec<Score>,
    /// The document that each is from, numbered in order of appearance.
    pub(super) document_of: Vec<usize>,
    pub(super) documents: usize,
    pub(super) passages: usize,
    pub(super) length_average: Score,
}

impl Shelf {
    pub(super) fn of(searcher: &Searcher, fields: &Fields) -> tantivy::Result<Shelf> {
        let (mut shelf, mut known) = (Shelf::default(), HashMap::new());
        for segment in searcher.segment_readers() {
            shelf.starts.push(shelf.lengths.len());
            shelf.add(segment, fields, &mut known)?;
        }
        shelf.documents = known.len();
        shelf.passages = shelf.lengths.iter().filter(|length| **length > 0.0).count();
        shelf.length_average = shelf.lengths.iter().sum::<Score>() / shelf.passages.max(1) as Score;
        Ok(shelf)
    }

    fn add(
        &mut self,
        segment: &SegmentReader,
        fields: &Fields,
        known: &mut HashMap<u64, usize>,
    ) -> tantivy::Result<()> {
        let text = segment.get_fieldnorms_reader(fields.text_words)?;
        let headings = segment.get_fieldnorms_reader(fields.heading_words)?;
        let keys = segment.fast_fields().u64(DOCUMENT_KEY)?;
        for entry in 0..segment.max_doc() {
            let length = text.fieldnorm(entry) as Score + HEADING_WEIGHT * headings.fieldnorm(entry) as Score;
            self.lengths.push(if segment.is_deleted(entry) { 0.0 } else { length });
            let next = known.len();
            self.document_of.push(*known.entry(keys.first(entry).unwrap_or_default()).or_insert(next));
        }
        Ok(())
    }

    /// Each segment, and the number of its first entry.
    pub(super) fn segments<'a>(&'a self, searcher: &'a Searcher) -> impl Iterator<Item = (&'a SegmentReader, usize)> {
        searcher.segment_readers().iter().zip(self.starts.iter().copied())
    }

    pub(super) fn address(&self, entry: usize) -> DocAddress {
        let segment = self.starts.partition_point(|start| *start <= entry).saturating_sub(1);
        let within = entry - self.starts.get(segment).copied().unwrap_or_default();
        DocAddress::new(segment as u32, within as DocId)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_run_through_the_segments() {
        let shelf = Shelf { starts: vec![0, 3, 5], ..Shelf::default() };
        let addresses = [0, 2, 3, 4, 5, 9].map(|entry| shelf.address(entry));
        let expected = [(0, 0), (0, 2), (1, 0), (1, 1), (2, 0), (2, 4)];
        assert_eq!(addresses, expected.map(|(segment, entry)| DocAddress::new(segment, entry)));
    }
}

//! Statistics on all passages that the ranking needs for every query: their lengths and their documents.

use std::collections::HashMap;

use tantivy::{DocAddress, DocId, Score, Searcher, SegmentReader};

use super::schema::{DOCUMENT_KEY, Fields};

/// The weight of a term in a heading; one in the text has the weight 1.
pub(super) const HEADING_WEIGHT: Score = 2.0;

/// The statistics of an index. Its entries are numbered through all segments; those of whole documents have length 0.
#[derive(Debug, Default)]
pub(super) struct CorpusStats {
    /// The number of the first entry of each segment.
    pub(super) starts: Vec<usize>,
    /// The weighted number of terms in the text and headings of each entry.
    pub(super) lengths: Vec<Score>,
    /// The document of each entry, numbered in order of appearance.
    pub(super) document_of: Vec<usize>,
    /// The number of documents.
    pub(super) documents: usize,
    /// The number of passages.
    pub(super) passages: usize,
    /// The average length of a passage.
    pub(super) length_average: Score,
}

impl CorpusStats {
    /// Reads the statistics of all segments.
    pub(super) fn read(searcher: &Searcher, fields: &Fields) -> tantivy::Result<CorpusStats> {
        let (mut stats, mut known) = (CorpusStats::default(), HashMap::new());
        for segment in searcher.segment_readers() {
            stats.starts.push(stats.lengths.len());
            stats.add(segment, fields, &mut known)?;
        }
        stats.documents = known.len();
        stats.passages = stats.lengths.iter().filter(|length| **length > 0.0).count();
        stats.length_average = stats.lengths.iter().sum::<Score>() / stats.passages.max(1) as Score;
        Ok(stats)
    }

    fn add(
        &mut self,
        segment: &SegmentReader,
        fields: &Fields,
        known: &mut HashMap<u64, usize>,
    ) -> tantivy::Result<()> {
        let text = segment.get_fieldnorms_reader(fields.text_terms)?;
        let headings = segment.get_fieldnorms_reader(fields.heading_terms)?;
        let keys = segment.fast_fields().u64(DOCUMENT_KEY)?;
        for entry in 0..segment.max_doc() {
            let length = text.fieldnorm(entry) as Score + HEADING_WEIGHT * headings.fieldnorm(entry) as Score;
            self.lengths.push(if segment.is_deleted(entry) { 0.0 } else { length });
            let next = known.len();
            self.document_of.push(*known.entry(keys.first(entry).unwrap_or_default()).or_insert(next));
        }
        Ok(())
    }

    /// Iterates over the segments with the number of their first entry.
    pub(super) fn segments<'a>(&'a self, searcher: &'a Searcher) -> impl Iterator<Item = (&'a SegmentReader, usize)> {
        searcher.segment_readers().iter().zip(self.starts.iter().copied())
    }

    /// Returns tantivy's address of an entry.
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
    fn entries_are_numbered_through_all_segments() {
        let stats = CorpusStats { starts: vec![0, 3, 5], ..CorpusStats::default() };
        let addresses = [0, 2, 3, 4, 5, 9].map(|entry| stats.address(entry));
        let expected = [(0, 0), (0, 2), (1, 0), (1, 1), (2, 0), (2, 4)];
        assert_eq!(addresses, expected.map(|(segment, entry)| DocAddress::new(segment, entry)));
    }
}

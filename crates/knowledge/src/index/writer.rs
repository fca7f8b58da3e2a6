//! Writes changes to an index. They become visible together, with the commit.

use sha2::{Digest, Sha256};
use tantivy::{IndexWriter, TantivyDocument, Term, tokenizer::PreTokenizedString, tokenizer::Token};

use super::{
    catalog::{Catalog, DocumentRecord},
    schema::Fields,
};
use crate::{analysis::Analyzer, chunk::Chunk};

/// The memory for new entries before they are written to a segment.
const MEMORY_BYTES: usize = 64_000_000;

/// A writer of documents and their passages.
pub(crate) struct Writer {
    writer: IndexWriter,
    fields: Fields,
}

impl Writer {
    /// Opens a writer.
    ///
    /// # Errors
    /// `LockFailure` while another process writes to this index.
    pub(crate) fn open(index: &tantivy::Index) -> tantivy::Result<Writer> {
        // One thread is enough, because most of the work, the analysis, is done on the caller's thread.
        Ok(Writer { writer: index.writer_with_num_threads(1, MEMORY_BYTES)?, fields: Fields::of(&index.schema())? })
    }

    /// Removes a document and its passages.
    pub(crate) fn remove(&self, uri: &str) {
        self.writer.delete_term(Term::from_field_text(self.fields.document, uri));
        self.writer.delete_term(Term::from_field_text(self.fields.part_of, uri));
    }

    /// Adds a document and its passages, and removes those with the same URI.
    pub(crate) fn put(&self, uri: &str, record: &DocumentRecord, text: &str, chunks: &[Chunk]) -> tantivy::Result<()> {
        self.remove(uri);
        let mut whole = TantivyDocument::default();
        whole.add_text(self.fields.document, uri);
        whole.add_text(self.fields.whole, text);
        self.writer.add_document(whole)?;
        let mut analyzer = Analyzer::new(record.language);
        for (position, chunk) in (0..).zip(chunks) {
            self.writer.add_document(self.passage(uri, position, &record.title, chunk, &mut analyzer))?;
        }
        Ok(())
    }

    fn passage(
        &self,
        uri: &str,
        position: u64,
        title: &str,
        chunk: &Chunk,
        analyzer: &mut Analyzer,
    ) -> TantivyDocument {
        let mut passage = TantivyDocument::default();
        passage.add_text(self.fields.part_of, uri);
        passage.add_u64(self.fields.document_key, document_key(uri));
        passage.add_u64(self.fields.position, position);
        for heading in &chunk.heading_path {
            passage.add_text(self.fields.heading, heading);
        }
        passage.add_text(self.fields.text, &chunk.text);
        passage.add_pre_tokenized_text(self.fields.title_terms, pre_tokenized(analyzer.tokens(title)));
        let headings = chunk.heading_path.join("\n");
        passage.add_pre_tokenized_text(self.fields.heading_terms, pre_tokenized(analyzer.tokens(&headings)));
        passage.add_pre_tokenized_text(self.fields.text_terms, pre_tokenized(analyzer.tokens(&chunk.text)));
        passage
    }

    /// Commits all changes until now together with a catalog of them.
    pub(crate) fn commit(&mut self, catalog: &Catalog) -> tantivy::Result<()> {
        let payload = serde_json::to_string(catalog).map_err(std::io::Error::from)?;
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&payload);
        commit.commit()?;
        Ok(())
    }

    /// Ends the writer when its segments are merged.
    pub(crate) fn finish(self) -> tantivy::Result<()> {
        self.writer.wait_merging_threads()
    }
}

/// Returns a number for a URI. If two documents had the same one, each would only add to the other's score.
fn document_key(uri: &str) -> u64 {
    Sha256::digest(uri).iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

fn pre_tokenized(tokens: Vec<Token>) -> PreTokenizedString {
    PreTokenizedString { text: String::new(), tokens }
}

//! Changes to an index. They are seen all at once, when they are finished.

use sha2::{Digest, Sha256};
use tantivy::{IndexWriter, TantivyDocument, Term, tokenizer::PreTokenizedString, tokenizer::Token};

use super::{
    catalog::{Catalog, Kept},
    schema::Fields,
};
use crate::{chunk::Piece, words::Words};

/// What is gathered in memory before it is written to a segment.
const MEMORY_BYTES: usize = 64_000_000;

pub(crate) struct Writer {
    writer: IndexWriter,
    fields: Fields,
}

impl Writer {
    /// # Errors
    /// `LockFailure` if somebody else is writing to this index.
    pub(crate) fn new(index: &tantivy::Index) -> tantivy::Result<Writer> {
        // One thread: the texts are cut and stemmed on ours, which is most of the work.
        Ok(Writer { writer: index.writer_with_num_threads(1, MEMORY_BYTES)?, fields: Fields::of(&index.schema())? })
    }

    /// Take a document and its passages out.
    pub(crate) fn remove(&self, uri: &str) {
        self.writer.delete_term(Term::from_field_text(self.fields.document, uri));
        self.writer.delete_term(Term::from_field_text(self.fields.part_of, uri));
    }

    /// Put a document in the place of the one with the same link, if there is one.
    pub(crate) fn put(&self, uri: &str, kept: &Kept, text: &str, pieces: &[Piece]) -> tantivy::Result<()> {
        self.remove(uri);
        let mut whole = TantivyDocument::default();
        whole.add_text(self.fields.document, uri);
        whole.add_text(self.fields.whole, text);
        self.writer.add_document(whole)?;
        let mut words = Words::of(kept.language);
        for (position, piece) in (0..).zip(pieces) {
            self.writer.add_document(self.passage(uri, position, &kept.title, piece, &mut words))?;
        }
        Ok(())
    }

    fn passage(&self, uri: &str, position: u64, title: &str, piece: &Piece, words: &mut Words) -> TantivyDocument {
        let mut passage = TantivyDocument::default();
        passage.add_text(self.fields.part_of, uri);
        passage.add_u64(self.fields.document_key, key(uri));
        passage.add_u64(self.fields.position, position);
        for heading in &piece.heading_path {
            passage.add_text(self.fields.heading, heading);
        }
        passage.add_text(self.fields.text, &piece.text);
        passage.add_pre_tokenized_text(self.fields.title_words, only(words.every(title)));
        let headings = piece.heading_path.join("\n");
        passage.add_pre_tokenized_text(self.fields.heading_words, only(words.every(&headings)));
        passage.add_pre_tokenized_text(self.fields.text_words, only(words.every(&piece.text)));
        passage
    }

    /// Make the changes last, with the list of documents as it is now.
    pub(crate) fn finish(mut self, catalog: &Catalog) -> tantivy::Result<()> {
        let record = serde_json::to_string(catalog).map_err(std::io::Error::from)?;
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&record);
        commit.commit()?;
        self.writer.wait_merging_threads()
    }
}

/// A number for a link. Two that share one would only share their documents' evidence.
fn key(uri: &str) -> u64 {
    Sha256::digest(uri).iter().take(8).fold(0, |key, byte| key << 8 | u64::from(*byte))
}

fn only(tokens: Vec<Token>) -> PreTokenizedString {
    PreTokenizedString { text: String::new(), tokens }
}

//! What the index holds: two kinds of entries, whole documents and their passages.

use tantivy::schema::{FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions};

/// The name of `Fields::document_key`, as columns are read by name.
pub(super) const DOCUMENT_KEY: &str = "document_key";

/// The fields of both kinds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    /// A document's link. Passages do not have it, they have `part_of`.
    pub(super) document: Field,
    /// A document's whole text.
    pub(super) whole: Field,
    /// The link of the document that a passage is a part of.
    pub(super) part_of: Field,
    /// The same number for all passages of a document, in a column: the ranking reads every one.
    pub(super) document_key: Field,
    pub(super) position: Field,
    /// The headings above a passage, one value each.
    pub(super) heading: Field,
    pub(super) text: Field,
    pub(super) title_words: Field,
    /// The words of the headings above a passage.
    pub(super) heading_words: Field,
    pub(super) text_words: Field,
}

pub(super) fn schema() -> Schema {
    let mut schema = Schema::builder();
    schema.add_text_field("document", STRING);
    schema.add_text_field("whole", STORED);
    schema.add_text_field("part_of", STRING | STORED);
    schema.add_u64_field(DOCUMENT_KEY, FAST);
    schema.add_u64_field("position", STORED);
    schema.add_text_field("heading", STORED);
    schema.add_text_field("text", STORED);
    schema.add_text_field("title_words", words());
    schema.add_text_field("heading_words", words());
    schema.add_text_field("text_words", words());
    schema.build()
}

/// Words come as we cut them; how often they stand in a passage is all that the ranking needs.
fn words() -> TextOptions {
    let indexing = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqs);
    TextOptions::default().set_indexing_options(indexing)
}

impl Fields {
    /// # Errors
    /// If the index is of another kind than ours.
    pub(super) fn of(schema: &Schema) -> tantivy::Result<Fields> {
        Ok(Fields {
            document: schema.get_field("document")?,
            whole: schema.get_field("whole")?,
            part_of: schema.get_field("part_of")?,
            document_key: schema.get_field(DOCUMENT_KEY)?,
            position: schema.get_field("position")?,
            heading: schema.get_field("heading")?,
            text: schema.get_field("text")?,
            title_words: schema.get_field("title_words")?,
            heading_words: schema.get_field("heading_words")?,
            text_words: schema.get_field("text_words")?,
        })
    }
}

//! The schema of the index, which has two kinds of entries: whole documents and their passages.

use tantivy::schema::{FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions};

/// The name of the field `Fields::document_key`; tantivy reads columns by name.
pub(super) const DOCUMENT_KEY: &str = "document_key";

/// The fields of both kinds of entries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    /// The URI of a document. Passages have `part_of` instead.
    pub(super) document: Field,
    /// The whole text of a document.
    pub(super) whole: Field,
    /// The URI of the document that a passage belongs to.
    pub(super) part_of: Field,
    /// A number for each document, in a column, because the statistics read it for every passage.
    pub(super) document_key: Field,
    /// The number of a passage within its document.
    pub(super) position: Field,
    /// The headings above a passage, one value for each.
    pub(super) heading: Field,
    /// The text of a passage, as it is returned.
    pub(super) text: Field,
    /// The terms of the document's title.
    pub(super) title_terms: Field,
    /// The terms of the headings above a passage.
    pub(super) heading_terms: Field,
    /// The terms of a passage's text.
    pub(super) text_terms: Field,
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
    schema.add_text_field("title_terms", terms());
    schema.add_text_field("heading_terms", terms());
    schema.add_text_field("text_terms", terms());
    schema.build()
}

/// Options of a field of terms. The analysis is done before; the ranking needs the term frequencies but no positions.
fn terms() -> TextOptions {
    let indexing = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqs);
    TextOptions::default().set_indexing_options(indexing)
}

impl Fields {
    /// Looks up the fields.
    ///
    /// # Errors
    /// If the index has another schema.
    pub(super) fn of(schema: &Schema) -> tantivy::Result<Fields> {
        Ok(Fields {
            document: schema.get_field("document")?,
            whole: schema.get_field("whole")?,
            part_of: schema.get_field("part_of")?,
            document_key: schema.get_field(DOCUMENT_KEY)?,
            position: schema.get_field("position")?,
            heading: schema.get_field("heading")?,
            text: schema.get_field("text")?,
            title_terms: schema.get_field("title_terms")?,
            heading_terms: schema.get_field("heading_terms")?,
            text_terms: schema.get_field("text_terms")?,
        })
    }
}

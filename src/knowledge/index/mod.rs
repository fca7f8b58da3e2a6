//! The index: passages found by their words, documents found by their links.

pub(super) mod catalog;
pub(super) mod store;
pub(super) mod writer;

mod compounds;
mod question;
mod relatives;
mod schema;
mod spelling;
mod synonyms;

use catalog::Catalog;
use schema::Fields;
use tantivy::{
    DocAddress, IndexReader, Searcher, TantivyDocument, Term,
    collector::TopDocs,
    query::TermQuery,
    schema::{Field, IndexRecordOption, Value},
};

use super::{
    document::{Document, Passage},
    words::Words,
};

/// A finished index, for reading.
pub(super) struct Index {
    reader: IndexReader,
    fields: Fields,
    catalog: Catalog,
    /// One for each language that the documents are in.
    words: Vec<Words>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("documents", &self.catalog.entries.len()).finish_non_exhaustive()
    }
}

impl Index {
    pub(super) fn open(index: &tantivy::Index, catalog: Catalog) -> tantivy::Result<Index> {
        let words = catalog.languages().into_iter().map(Words::of).collect();
        Ok(Index { reader: index.reader()?, fields: Fields::of(&index.schema())?, catalog, words })
    }

    pub(super) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The best passages for a question, best first.
    pub(super) fn search(&self, asked: &str, limit: usize) -> tantivy::Result<Vec<Passage>> {
        let searcher = self.reader.searcher();
        let question = question::read(asked, &self.words);
        let Some(query) = question::query(&question, &searcher, &self.fields)? else { return Ok(Vec::new()) };
        if limit == 0 {
            return Ok(Vec::new());
        }
        let best = searcher.search(&query, &TopDocs::with_limit(limit).order_by_score())?;
        best.into_iter().map(|(score, address)| self.passage(&searcher, score, address)).collect()
    }

    pub(super) fn document(&self, uri: &str) -> Option<Document> {
        let kept = self.catalog.entries.get(uri)?;
        let searcher = self.reader.searcher();
        let query = TermQuery::new(Term::from_field_text(self.fields.document, uri), IndexRecordOption::Basic);
        let (_, address) = searcher.search(&query, &TopDocs::with_limit(1).order_by_score()).ok()?.pop()?;
        let text = text(&searcher.doc(address).ok()?, self.fields.whole);
        Some(Document { uri: uri.to_owned(), title: kept.title.clone(), source: kept.source.clone(), text })
    }

    fn passage(&self, searcher: &Searcher, score: f32, address: DocAddress) -> tantivy::Result<Passage> {
        let stored: TantivyDocument = searcher.doc(address)?;
        let uri = text(&stored, self.fields.part_of);
        let kept = self.catalog.entries.get(&uri).cloned().unwrap_or_default();
        let headings = stored.get_all(self.fields.heading).filter_map(|value| value.as_str().map(str::to_owned));
        Ok(Passage {
            score,
            title: kept.title,
            source: kept.source,
            heading_path: headings.collect(),
            position: stored.get_first(self.fields.position).and_then(|value| value.as_u64()).unwrap_or_default(),
            text: text(&stored, self.fields.text),
            uri,
        })
    }
}

fn text(stored: &TantivyDocument, field: Field) -> String {
    stored.get_first(field).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

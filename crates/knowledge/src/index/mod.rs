//! The index: passages found by their words, documents found by their links.

pub(super) mod catalog;
pub(super) mod store;
pub(super) mod writer;

mod compounds;
mod question;
mod ranking;
mod relatives;
mod schema;
mod shelf;
mod spelling;
mod synonyms;
mod wanted;

use catalog::Catalog;
use ranking::Asked;
use schema::Fields;
use shelf::Shelf;
use tantivy::{
    DocAddress, IndexReader, ReloadPolicy, Searcher, TantivyDocument, Term,
    collector::{DocSetCollector, TopDocs},
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
    shelf: Shelf,
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
        // What another process writes to the same folder is read at the next start, with its own list of documents.
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let fields = Fields::of(&index.schema())?;
        let shelf = Shelf::of(&reader.searcher(), &fields)?;
        Ok(Index { reader, fields, shelf, catalog, words })
    }

    pub(super) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The best passages for the words of a question, best first.
    pub(super) fn best(&self, asked: &str, limit: usize) -> tantivy::Result<Vec<(f32, DocAddress)>> {
        let searcher = self.reader.searcher();
        let mut asked_for = Vec::new();
        for idea in question::read(asked, &self.words).ideas {
            let words = wanted::of(&idea, &searcher, &self.fields)?;
            if !words.is_empty() {
                asked_for.push(Asked { weight: idea.weight(), words });
            }
        }
        ranking::best(&asked_for, &searcher, &self.fields, &self.shelf, limit)
    }

    pub(super) fn passages(&self, scored: Vec<(f32, DocAddress)>) -> tantivy::Result<Vec<Passage>> {
        let searcher = self.reader.searcher();
        scored.into_iter().map(|(score, address)| self.passage(&searcher, score, address)).collect()
    }

    /// Every passage with its title and headings, as one text each.
    pub(super) fn every(&self) -> tantivy::Result<Vec<(DocAddress, String)>> {
        let searcher = self.reader.searcher();
        let mut texts = Vec::new();
        for uri in self.catalog.entries.keys() {
            let query = TermQuery::new(Term::from_field_text(self.fields.part_of, uri), IndexRecordOption::Basic);
            for address in searcher.search(&query, &DocSetCollector)? {
                let passage = self.passage(&searcher, 0.0, address)?;
                texts.push((
                    address,
                    format!("{}\n{}\n{}", passage.title, passage.heading_path.join("\n"), passage.text),
                ));
            }
        }
        texts.sort_unstable_by_key(|(address, _)| *address);
        Ok(texts)
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

//! The index: finds passages by the terms of a query, and documents by their URI.

pub(crate) mod catalog;
pub(crate) mod store;
pub(crate) mod writer;

mod compounds;
mod corpus_stats;
mod expansion;
mod query;
mod ranking;
mod schema;
mod spelling;
mod synonyms;
mod variants;

use catalog::Catalog;
use corpus_stats::CorpusStats;
use ranking::WeightedTerms;
use schema::Fields;
use tantivy::{
    DocAddress, IndexReader, ReloadPolicy, Searcher, TantivyDocument, Term,
    collector::{DocSetCollector, TopDocs},
    query::TermQuery,
    schema::{Field, IndexRecordOption, Value},
};

use crate::{
    analysis::Analyzer,
    document::{Document, Passage},
};

/// An index that is open for searching.
pub(crate) struct Index {
    reader: IndexReader,
    fields: Fields,
    stats: CorpusStats,
    catalog: Catalog,
    /// One for each language of the documents.
    analyzers: Vec<Analyzer>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("documents", &self.catalog.documents.len()).finish_non_exhaustive()
    }
}

impl Index {
    /// Opens an index at its last commit, which `catalog` belongs to.
    pub(crate) fn open(index: &tantivy::Index, catalog: Catalog) -> tantivy::Result<Index> {
        let analyzers = catalog.languages().into_iter().map(Analyzer::new).collect();
        // A later commit by another process is not loaded, because it has a catalog of its own.
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let fields = Fields::of(&index.schema())?;
        let stats = CorpusStats::read(&reader.searcher(), &fields)?;
        Ok(Index { reader, fields, stats, catalog, analyzers })
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Returns up to `limit` passages with their scores, best first.
    pub(crate) fn search(&self, query: &str, limit: usize) -> tantivy::Result<Vec<(f32, DocAddress)>> {
        let searcher = self.reader.searcher();
        let mut expanded = Vec::new();
        for term in query::parse(query, &self.analyzers).terms {
            let terms = expansion::expand(&term, &searcher, &self.fields)?;
            if !terms.is_empty() {
                expanded.push(WeightedTerms { weight: term.weight(), terms });
            }
        }
        ranking::rank(&expanded, &searcher, &self.fields, &self.stats, limit)
    }

    /// Loads the passages of a ranking.
    pub(crate) fn passages(&self, ranking: Vec<(f32, DocAddress)>) -> tantivy::Result<Vec<Passage>> {
        let searcher = self.reader.searcher();
        ranking.into_iter().map(|(score, address)| self.passage(&searcher, score, address)).collect()
    }

    /// Returns the text to embed for each passage: its title, its headings and its text.
    pub(crate) fn embedding_texts(&self) -> tantivy::Result<Vec<(DocAddress, String)>> {
        let searcher = self.reader.searcher();
        let mut texts = Vec::new();
        for uri in self.catalog.documents.keys() {
            let query = TermQuery::new(Term::from_field_text(self.fields.part_of, uri), IndexRecordOption::Basic);
            for address in searcher.search(&query, &DocSetCollector)? {
                let passage = self.passage(&searcher, 0.0, address)?;
                let text = format!("{}\n{}\n{}", passage.title, passage.heading_path.join("\n"), passage.text);
                texts.push((address, text));
            }
        }
        texts.sort_unstable_by_key(|(address, _)| *address);
        Ok(texts)
    }

    /// Loads a whole document.
    pub(crate) fn document(&self, uri: &str) -> Option<Document> {
        let record = self.catalog.documents.get(uri)?;
        let searcher = self.reader.searcher();
        let query = TermQuery::new(Term::from_field_text(self.fields.document, uri), IndexRecordOption::Basic);
        let (_, address) = searcher.search(&query, &TopDocs::with_limit(1).order_by_score()).ok()?.pop()?;
        let text = text(&searcher.doc(address).ok()?, self.fields.whole);
        Some(Document { uri: uri.to_owned(), title: record.title.clone(), source: record.source.clone(), text })
    }

    fn passage(&self, searcher: &Searcher, score: f32, address: DocAddress) -> tantivy::Result<Passage> {
        let stored: TantivyDocument = searcher.doc(address)?;
        let uri = text(&stored, self.fields.part_of);
        let record = self.catalog.documents.get(&uri).cloned().unwrap_or_default();
        let headings = stored.get_all(self.fields.heading).filter_map(|value| value.as_str().map(str::to_owned));
        Ok(Passage {
            score,
            title: record.title,
            source: record.source,
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

//! The catalog of an index: the list of its documents and web sites.
//!
//! It is stored in the payload of tantivy's commit, so that it always agrees with the index.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tantivy::tokenizer::Language;

use crate::document::DocumentSummary;

/// The version of the catalog and of the index. Raise it when passages are cut or words are analyzed in another way:
/// an older index is then rebuilt.
const VERSION: u32 = 9;

/// All documents and web sites of an index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Catalog {
    version: u32,
    /// The documents by URI.
    pub(crate) documents: BTreeMap<String, DocumentRecord>,
    /// The web sites by the address of their first page.
    pub(crate) sites: BTreeMap<String, SiteRecord>,
}

/// The result of the last crawl of a web site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SiteRecord {
    pub(crate) pages_max: usize,
    pub(crate) read_at: DateTime<Utc>,
    /// The URIs of its documents.
    pub(crate) uris: Vec<String>,
}

/// The data of a document that is needed to list it and to detect a change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct DocumentRecord {
    pub(crate) title: String,
    pub(crate) source: String,
    /// The SHA-256 of the file's bytes, in hexadecimal.
    pub(crate) hash: String,
    /// The language of its stemmer, or `None` if its words are not stemmed.
    pub(crate) language: Option<Language>,
    /// The number of its passages.
    pub(crate) passages: usize,
}

impl Default for Catalog {
    fn default() -> Catalog {
        Catalog { version: VERSION, documents: BTreeMap::new(), sites: BTreeMap::new() }
    }
}

impl Catalog {
    /// Parses the payload of a commit. Returns `None` if it is of another version.
    pub(super) fn parse(payload: &str) -> Option<Catalog> {
        serde_json::from_str(payload).ok().filter(|catalog: &Catalog| catalog.version == VERSION)
    }

    /// Returns the languages of all documents, each once, in the order of their first document.
    pub(super) fn languages(&self) -> Vec<Option<Language>> {
        let mut languages = Vec::new();
        for record in self.documents.values() {
            if !languages.contains(&record.language) {
                languages.push(record.language);
            }
        }
        languages
    }
}

impl DocumentRecord {
    pub(crate) fn summary(&self, uri: &str) -> DocumentSummary {
        DocumentSummary { uri: uri.to_owned(), title: self.title.clone(), source: self.source.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catalogs_of_other_versions_are_rejected() {
        let mut catalog = Catalog::default();
        let record = DocumentRecord { language: Some(Language::Danish), ..DocumentRecord::default() };
        catalog.documents.insert("doc://a".to_owned(), record);
        let payload = serde_json::to_string(&catalog).unwrap();
        assert_eq!(Catalog::parse(&payload), Some(catalog));
        let newer = payload.replace(&format!("\"version\":{VERSION}"), "\"version\":99");
        for other in [newer.as_str(), "", "{}"] {
            assert_eq!(Catalog::parse(other), None, "{other}");
        }
    }
}

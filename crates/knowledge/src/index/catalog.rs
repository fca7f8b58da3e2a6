//! The list of documents in an index. It is kept in the index's own commit record, so the two never disagree.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tantivy::tokenizer::Language;

use crate::document::Entry;

/// Raise it when passages are cut or words are stemmed in another way: older indexes are then built anew.
const VERSION: u32 = 3;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Catalog {
    version: u32,
    /// By link.
    pub(crate) entries: BTreeMap<String, Kept>,
    /// By the address they were read from.
    pub(crate) sites: BTreeMap<String, SiteRecord>,
}

/// When a site was read, and what it gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SiteRecord {
    pub(crate) pages_max: usize,
    pub(crate) read_at: DateTime<Utc>,
    /// The links of its documents.
    pub(crate) uris: Vec<String>,
}

/// What is remembered of a document to tell whether it changed, and to list it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) title: String,
    pub(crate) source: String,
    /// SHA-256 of the bytes it was read from, in hexadecimal.
    pub(crate) hash: String,
    /// `None`: one whose words are not stemmed.
    pub(crate) language: Option<Language>,
    pub(crate) passages: usize,
}

impl Default for Catalog {
    fn default() -> Catalog {
        Catalog { version: VERSION, entries: BTreeMap::new(), sites: BTreeMap::new() }
    }
}

impl Catalog {
    /// The catalog in a commit record, if it is one of this version.
    pub(super) fn parse(record: &str) -> Option<Catalog> {
        serde_json::from_str(record).ok().filter(|catalog: &Catalog| catalog.version == VERSION)
    }

    /// The languages of all documents, each once, in the order of their first document.
    pub(super) fn languages(&self) -> Vec<Option<Language>> {
        let mut languages = Vec::new();
        for kept in self.entries.values() {
            if !languages.contains(&kept.language) {
                languages.push(kept.language);
            }
        }
        languages
    }
}

impl Kept {
    pub(crate) fn entry(&self, uri: &str) -> Entry {
        Entry { uri: uri.to_owned(), title: self.title.clone(), source: self.source.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_versions_are_not_read() {
        let mut catalog = Catalog::default();
        catalog.entries.insert("doc://a".to_owned(), Kept { language: Some(Language::Danish), ..Kept::default() });
        let record = serde_json::to_string(&catalog).unwrap();
        assert_eq!(Catalog::parse(&record), Some(catalog));
        let newer = record.replace(&format!("\"version\":{VERSION}"), "\"version\":99");
        for other in [newer.as_str(), "", "{}"] {
            assert_eq!(Catalog::parse(other), None, "{other}");
        }
    }
}

//! The report on what was indexed and what could not be read.

use std::collections::BTreeMap;

/// The result of reading all sources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// One report per source, in the order of the sources.
    pub sources: Vec<SourceReport>,
    /// Notes on the index itself, for example that it was rebuilt or is kept in memory. Lower-case fragments.
    pub notes: Vec<String>,
}

/// The result of reading one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceReport {
    /// The path, address or name of the source.
    pub source: String,
    /// The number of its documents in the index.
    pub documents: usize,
    /// The number of passages of these documents.
    pub passages: usize,
    /// The number of documents that had not changed and so were not parsed again.
    pub unchanged: usize,
    /// The documents that could not be read.
    pub failures: Vec<Failure>,
    /// The number of files in a folder that are of no known format, by the ending of their names.
    pub skipped: BTreeMap<String, usize>,
    /// The characters that were left out of documents because nobody sees them, or their authors struck them. Only of
    /// documents that were parsed now.
    pub hidden_chars: usize,
}

/// One document, or a whole source, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The path or address.
    pub what: String,
    /// The reason, as a lower-case fragment.
    pub why: String,
    /// The kind of the reason.
    pub kind: FailureKind,
}

/// The kinds of reasons why a document cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureKind {
    /// It holds pictures of text only, or letters without a meaning.
    Scan,
    /// It is protected by a password.
    Password,
    /// It is damaged, or not of the format that its name says.
    Damaged,
    /// It is of no known format.
    UnknownFormat,
    /// It is too large, takes too long, or was cut.
    Limit,
    /// It or its source cannot be found or reached, or holds nothing.
    Unavailable,
}

impl FailureKind {
    /// Returns the words for documents of this kind, as they follow a number.
    pub fn words(self) -> &'static str {
        match self {
            FailureKind::Scan => "scanned or without readable text",
            FailureKind::Password => "protected by a password",
            FailureKind::Damaged => "damaged",
            FailureKind::UnknownFormat => "of an unknown format",
            FailureKind::Limit => "too large or too slow to read",
            FailureKind::Unavailable => "missing, empty or not reached",
        }
    }

    /// Returns the advice for the operator.
    pub fn hint(self) -> &'static str {
        match self {
            FailureKind::Scan => "run text recognition (OCR) over it and save it with its text",
            FailureKind::Password => "save it without the password",
            FailureKind::Damaged => "open it and save it again, or give it the ending of its format",
            FailureKind::UnknownFormat => "save it in one of the known formats",
            FailureKind::Limit => "divide it into smaller documents",
            FailureKind::Unavailable => "check the path or the address, and that the server may read it",
        }
    }
}

impl SourceReport {
    pub(crate) fn add_failure(&mut self, what: impl Into<String>, why: impl std::fmt::Display, kind: FailureKind) {
        self.failures.push(Failure { what: what.into(), why: why.to_string(), kind });
    }
}

impl Report {
    /// Returns the number of documents in the index.
    pub fn documents(&self) -> usize {
        self.sources.iter().map(|source| source.documents).sum()
    }

    /// Returns the number of passages in the index.
    pub fn passages(&self) -> usize {
        self.sources.iter().map(|source| source.passages).sum()
    }

    /// Returns the number of failures of each kind, in words such as `2 protected by a password`, or `None` if there is none.
    pub fn failures_in_words(&self) -> Option<String> {
        let mut counts: BTreeMap<FailureKind, usize> = BTreeMap::new();
        self.failures().for_each(|failure| *counts.entry(failure.kind).or_default() += 1);
        let words: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {}", kind.words())).collect();
        (!words.is_empty()).then(|| words.join(", "))
    }

    /// Iterates over the failures of all sources.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.sources.iter().flat_map(|source| &source.failures)
    }
}

//! The report on what was indexed and what could not be read.

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
}

/// One document, or a whole source, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The path or address.
    pub what: String,
    /// The reason, as a lower-case fragment.
    pub why: String,
}

impl SourceReport {
    pub(crate) fn add_failure(&mut self, what: impl Into<String>, why: impl std::fmt::Display) {
        self.failures.push(Failure { what: what.into(), why: why.to_string() });
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

    /// Iterates over the failures of all sources.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.sources.iter().flat_map(|source| &source.failures)
    }
}

//! What became of each source.

/// One line per source, in the order they were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub sources: Vec<SourceReport>,
    /// What concerns the index and no source: that it was rebuilt, say, or is kept in memory.
    pub notes: Vec<String>,
}

/// What one source gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceReport {
    pub source: String,
    /// How many documents of it can be found.
    pub documents: usize,
    /// How many passages they were cut into.
    pub passages: usize,
    /// How many of the documents were unchanged, and so not read again.
    pub unchanged: usize,
    /// What could not be read; nothing stands in for it.
    pub failures: Vec<Failure>,
}

/// One document, or a whole source, that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The path or address.
    pub what: String,
    /// A lower-case fragment.
    pub why: String,
}

impl SourceReport {
    pub(super) fn fail(&mut self, what: impl Into<String>, why: impl std::fmt::Display) {
        self.failures.push(Failure { what: what.into(), why: why.to_string() });
    }
}

impl Report {
    pub fn documents(&self) -> usize {
        self.sources.iter().map(|source| source.documents).sum()
    }

    pub fn passages(&self) -> usize {
        self.sources.iter().map(|source| source.passages).sum()
    }

    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.sources.iter().flat_map(|source| &source.failures)
    }
}

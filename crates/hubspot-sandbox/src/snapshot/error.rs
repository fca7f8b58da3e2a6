//! The error of a snapshot that cannot be restored.

/// The error of a snapshot or a seed file that cannot be restored. Lines and columns count from 1.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The text is not JSON, or JSON of another shape.
    #[error("line {line}, column {column}: {reason}")]
    Syntax {
        /// Line of the error.
        line: usize,
        /// Column of the error.
        column: usize,
        /// Description in words.
        reason: String,
    },
    /// An item has a value that the account cannot have.
    #[error("line {line}: {reason}")]
    InvalidItem {
        /// Line of the item, or of the value within it.
        line: usize,
        /// Description in words.
        reason: String,
    },
}

//! The reasons why something could not be stored or read.

/// The reason why something could not be stored or read. It never holds a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The database at this location cannot be opened.
    #[error("the store {0} cannot be opened: {1}")]
    Unopened(String, String),
    /// The database is newer than this program, and says that this one may not use it.
    #[error(
        "the store {location} was changed by a newer version of this program and needs its tables of version {needs}; \
         this one knows them up to {knows}: update this program, or name another store"
    )]
    TooNew {
        /// The value of `--store`, without a password.
        location: String,
        /// The oldest version of the tables that a program must know.
        needs: i64,
        /// The newest version that this program knows.
        knows: i64,
    },
    /// A statement failed.
    #[error("the store failed: {0}")]
    Failed(String),
}

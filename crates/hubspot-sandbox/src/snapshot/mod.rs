//! The whole account as JSON: in a text, and in a file that survives a restart.

pub(crate) mod file;
mod format;
pub(crate) mod load;
mod write;

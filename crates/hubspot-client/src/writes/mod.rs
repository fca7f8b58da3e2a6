//! Writes that must not happen twice.

pub(crate) mod batch_match;
pub(crate) mod create;
pub(crate) mod detached_write;
pub(crate) mod new_contact;
pub(crate) mod recovery;

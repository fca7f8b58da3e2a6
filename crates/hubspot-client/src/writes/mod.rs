//! Writes that must not happen twice: the one protocol for them, and what it needs.

pub(crate) mod batch_match;
pub(crate) mod claims;
pub(crate) mod detached_write;
pub(crate) mod doubts;
pub(crate) mod dry_run;
pub(crate) mod key_lock;
pub(crate) mod kind;
pub(crate) mod once;
pub(crate) mod protocol;
pub(crate) mod written;

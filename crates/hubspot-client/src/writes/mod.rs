//! Writes that must not happen twice: the one protocol for them, and what it needs.

pub(crate) mod assigned_records;
pub(crate) mod batch_match;
pub(crate) mod change;
pub(crate) mod detached_write;
pub(crate) mod dry_run;
pub(crate) mod key_lock;
pub(crate) mod kind;
pub(crate) mod once;
pub(crate) mod protocol;
pub(crate) mod unknown_outcomes;
pub(crate) mod written;

//! Requests that several callers share.

pub(crate) mod batched_read;
pub(crate) mod batcher;
pub(crate) mod cache;
pub(crate) mod single_flight;

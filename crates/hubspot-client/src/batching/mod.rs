//! Requests that several callers share: batches, single flight and caches.

pub(crate) mod batched_read;
pub(crate) mod batcher;
pub(crate) mod cache;
pub(crate) mod single_flight;

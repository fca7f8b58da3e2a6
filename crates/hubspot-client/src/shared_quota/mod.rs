//! One quota for several replicas: HubSpot's limits are the account's, not the process's.
//!
//! A replica asks for places in HubSpot's windows before it sends, a few at a time, and says what became of those that it
//! had. [`QuotaLedger`] decides: it is plain data with a text form, so any store that changes a row under a lock can keep
//! it. A place counts from the moment it is given until the length of a window after HubSpot's answer, so no window of
//! HubSpot's ever holds more than its limit, however the requests of the replicas fall together.

pub(crate) mod bucket_ledger;
pub(crate) mod daily;
pub(crate) mod division;
pub(crate) mod ledger;
pub(crate) mod report;

use std::fmt;

use futures::future::BoxFuture;

use report::{QuotaGrant, QuotaReport};

/// The account's quota, which several replicas share.
pub trait SharedQuota: fmt::Debug + Send + Sync + 'static {
    /// Lets [`QuotaLedger::exchange`](ledger::QuotaLedger::exchange) decide on the account's ledger, of which one replica at
    /// a time holds the lock, by a clock that all replicas share. The ledger must be kept before the answer is given.
    ///
    /// # Errors
    /// The reason why the ledger cannot be reached, in plain words and without a secret.
    fn exchange(&self, report: QuotaReport) -> BoxFuture<'_, Result<QuotaGrant, String>>;
}

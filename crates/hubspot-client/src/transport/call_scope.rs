//! The transport as one call sees it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::caller_key::CallerKey;
use crate::metrics::CallStats;
use crate::tier::Bucket;
use crate::transport::Transport;
use crate::transport::attempt::AttemptError;
use crate::transport::planned_writes::PlannedWrites;
use crate::transport::request::ApiRequest;
use crate::transport::waiters::{Waiter, Waiters};
use crate::versions::Api;

/// The shared transport with one call's deadline, statistics and cancellation. Clones are the same call.
#[derive(Clone)]
pub(crate) struct CallScope {
    transport: Arc<Transport>,
    /// The caller whose part of the quota it uses.
    caller: CallerKey,
    /// `None`: the longest time that the settings allow, from the moment of each request.
    deadline: Option<Instant>,
    stats: CallStats,
    /// Cancelled when the caller stopped waiting.
    cancelled: CancellationToken,
    /// The writes that a dry run did not send.
    planned: PlannedWrites,
}

impl CallScope {
    pub(crate) fn new(transport: Transport) -> CallScope {
        let (stats, cancelled) = (CallStats::default(), CancellationToken::new());
        let (caller, planned) = (CallerKey::default(), PlannedWrites::default());
        CallScope { transport: Arc::new(transport), caller, deadline: None, stats, cancelled, planned }
    }

    /// A new call with this deadline, with statistics of its own.
    pub(crate) fn for_call(&self, deadline: Instant) -> CallScope {
        CallScope { deadline: Some(deadline), ..self.without_call() }
    }

    /// Returns the scope of the same call with another deadline.
    pub(crate) fn until(&self, deadline: Instant) -> CallScope {
        CallScope { deadline: Some(deadline), ..self.clone() }
    }

    /// Returns the scope with the caller whose part of the quota it uses.
    pub(crate) fn charged_to(&self, caller: CallerKey) -> CallScope {
        CallScope { caller, ..self.clone() }
    }

    /// The transport without a call, for work that several calls share.
    pub(crate) fn without_call(&self) -> CallScope {
        let (stats, cancelled) = (CallStats::default(), CancellationToken::new());
        let (caller, planned) = (CallerKey::default(), PlannedWrites::default());
        CallScope { transport: self.transport.clone(), caller, deadline: None, stats, cancelled, planned }
    }

    /// The scope of a waiter, for work that is done for it in another task.
    pub(crate) fn for_waiter(&self, waiter: &Waiter) -> CallScope {
        CallScope {
            transport: self.transport.clone(),
            caller: waiter.caller.clone(),
            deadline: Some(waiter.deadline),
            stats: waiter.stats.clone(),
            cancelled: waiter.cancelled.clone(),
            planned: PlannedWrites::default(),
        }
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(crate) fn caller(&self) -> &CallerKey {
        &self.caller
    }

    pub(crate) fn stats(&self) -> &CallStats {
        &self.stats
    }

    /// The path of an API family's root in the configured version.
    pub(crate) fn root(&self, api: Api) -> String {
        self.transport.settings.versions.root(api)
    }

    /// The call's deadline; at most the settings' longest call from now.
    pub(crate) fn deadline(&self) -> Instant {
        let latest = Instant::now() + self.transport.settings.call_deadline;
        self.deadline.map_or(latest, |deadline| deadline.min(latest))
    }

    pub(crate) fn time_left(&self) -> Duration {
        self.deadline().saturating_duration_since(Instant::now())
    }

    pub(crate) fn is_dry_run(&self) -> bool {
        self.transport.settings.dry_run
    }

    pub(crate) fn planned(&self) -> &PlannedWrites {
        &self.planned
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.is_cancelled()
    }

    /// This call as the waiter of a request, from now until its deadline.
    pub(crate) fn waiter(&self) -> Waiter {
        Waiter {
            caller: self.caller.clone(),
            deadline: self.deadline(),
            stats: self.stats.clone(),
            cancelled: self.cancelled.clone(),
        }
    }

    /// Sends one request for this call alone.
    pub(crate) async fn send(&self, bucket: Bucket, request: &ApiRequest) -> Result<Value, AttemptError> {
        self.transport.send(bucket, request, &Waiters::one(self.waiter())).await
    }
}

impl fmt::Debug for CallScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallScope").field("stats", &self.stats).finish_non_exhaustive()
    }
}

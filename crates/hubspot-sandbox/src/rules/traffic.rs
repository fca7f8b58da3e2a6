//! The state of the requests themselves: limits, faults, the log, counters.

use std::sync::Arc;

use super::fault::Fault;
use super::late_requests::LateRequests;
use super::limits::{Limits, Tier};
use super::request_log::RequestLog;
use crate::clock::Ms;

/// Faults kept; the oldest go first.
const FAULTS_MAX: usize = 1_000;

#[derive(Debug)]
pub(crate) struct Traffic {
    /// Subscription whose limits hold; `None`: no limits.
    pub(crate) tier: Option<Tier>,
    /// Milliseconds added to every response.
    pub(crate) delay_ms: u64,
    pub(crate) limits: Limits,
    pub(crate) faults: Vec<Fault>,
    pub(crate) log: RequestLog,
    /// Number of requests that may have changed something.
    pub(crate) changes: u64,
    /// Requests that are executed after their answer.
    pub(crate) late: LateRequests,
    /// Number of correlation ids given.
    correlations: u64,
}

impl Traffic {
    pub(crate) fn new(tier: Option<Tier>, delay_ms: u64) -> Traffic {
        Traffic {
            tier,
            delay_ms,
            limits: Limits::default(),
            faults: Vec::new(),
            log: RequestLog::default(),
            changes: 0,
            late: LateRequests::default(),
            correlations: 0,
        }
    }

    pub(crate) fn inject_fault(&mut self, fault: Fault) {
        self.faults.push(fault);
        self.faults.drain(..self.faults.len().saturating_sub(FAULTS_MAX));
    }

    /// Forgets faults, limits, log and late requests. The settings stay and the counters go on, so that no id is given twice.
    pub(crate) fn start_over(&mut self) {
        self.limits = Limits::default();
        self.faults.clear();
        self.log.clear();
        self.late = LateRequests::default();
        self.changes += 1;
    }

    /// Returns a UUID of version 7, as HubSpot's recent correlation ids are. Its random part comes from a counter, so
    /// that every run gives the same ids.
    pub(crate) fn next_correlation_id(&mut self, now_ms: Ms) -> Arc<str> {
        self.correlations += 1;
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.correlations.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
        let ms = u64::try_from(now_ms).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(ms, &bytes).into_uuid().to_string().into()
    }
}

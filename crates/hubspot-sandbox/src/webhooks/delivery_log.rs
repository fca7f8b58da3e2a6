//! The log of requests to an app, bounded in number and bytes.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};

/// Requests kept; the oldest go first.
const DELIVERIES_MAX: usize = 1_000;
/// Bytes of all bodies kept.
const BODY_BYTES_MAX: usize = 16 << 20;

/// One request to an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// Time of the request by the account's clock.
    pub at: DateTime<Utc>,
    /// Number of the attempt, from 0.
    pub attempt: u32,
    /// Events as they were sent, a JSON array.
    pub body: Bytes,
    /// Outcome of the attempt: the status, or the reason why there was none.
    pub outcome: DeliveryOutcome,
}

/// The outcome of one request to an app.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryOutcome {
    /// The app answered with this status; 200 to 299 is a success.
    Answered(u16),
    /// The app did not answer in five seconds.
    TimedOut,
    /// The app was not reached, for this reason.
    Unreachable(String),
}

impl DeliveryOutcome {
    /// Says that the app has the events.
    pub fn is_success(&self) -> bool {
        matches!(self, DeliveryOutcome::Answered(200..=299))
    }
}

/// A log that the app's worker writes and others read.
#[derive(Clone, Debug, Default)]
pub(super) struct DeliveryLog(Arc<Mutex<Entries>>);

#[derive(Debug, Default)]
struct Entries {
    deliveries: VecDeque<WebhookDelivery>,
    body_bytes: usize,
}

impl DeliveryLog {
    pub(super) fn add(&self, delivery: WebhookDelivery) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.body_bytes += delivery.body.len();
        entries.deliveries.push_back(delivery);
        while entries.is_full() {
            if let Some(oldest) = entries.deliveries.pop_front() {
                entries.body_bytes -= oldest.body.len();
            }
        }
    }

    pub(super) fn all(&self) -> Vec<WebhookDelivery> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).deliveries.iter().cloned().collect()
    }
}

impl Entries {
    fn is_full(&self) -> bool {
        self.deliveries.len() > DELIVERIES_MAX || self.body_bytes > BODY_BYTES_MAX && self.deliveries.len() > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_bounded() {
        let log = DeliveryLog::default();
        let body = Bytes::from(vec![b' '; 1 << 20]);
        for attempt in 0..2_000 {
            let body = if attempt < 1_000 { body.clone() } else { Bytes::new() };
            let outcome = DeliveryOutcome::Answered(200);
            log.add(WebhookDelivery { at: DateTime::UNIX_EPOCH, attempt, body, outcome });
            assert!(log.0.lock().unwrap().body_bytes <= BODY_BYTES_MAX);
        }
        assert_eq!(log.all().len(), DELIVERIES_MAX);
        assert_eq!(log.all()[0].attempt, 1_000);
    }
}

//! The requests that came, in order, within bounds.

use std::collections::VecDeque;

use axum::http::{Method, Uri};
use bytes::Bytes;
use chrono::{DateTime, Utc};

/// Requests kept; the oldest go first.
const REQUESTS_MAX: usize = 10_000;
/// Bytes of bodies kept over all of them.
const BODY_BYTES_MAX: usize = 16 << 20;

/// One request. The admin plane's own are not logged.
#[derive(Clone, Debug)]
pub struct Logged {
    pub method: String,
    /// As the client sent it, still percent-encoded
    pub path: String,
    /// Without the `?`; empty when there is none
    pub query: String,
    /// `None` while it is in flight, and for good when no answer was given
    pub status: Option<u16>,
    pub body: Bytes,
    /// By the sandbox's clock
    pub at: DateTime<Utc>,
    pub correlation_id: String,
}

#[derive(Debug, Default)]
pub(super) struct Log {
    entries: VecDeque<Logged>,
    body_bytes: usize,
    /// How many entries went before the first one kept.
    dropped: u64,
}

/// A place in the log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(u64);

impl Log {
    pub(super) fn arrived(&mut self, method: &Method, uri: &Uri, body: Bytes, at: DateTime<Utc>, id: &str) -> Place {
        self.body_bytes += body.len();
        self.entries.push_back(Logged {
            method: method.to_string(),
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            status: None,
            body,
            at,
            correlation_id: id.to_owned(),
        });
        while self.entries.len() > REQUESTS_MAX || self.body_bytes > BODY_BYTES_MAX && self.entries.len() > 1 {
            self.drop_oldest();
        }
        Place(self.dropped + self.entries.len() as u64 - 1)
    }

    pub(super) fn answered(&mut self, place: Place, status: u16) {
        let at = place.0.checked_sub(self.dropped).and_then(|at| usize::try_from(at).ok());
        if let Some(entry) = at.and_then(|at| self.entries.get_mut(at)) {
            entry.status = Some(status);
        }
    }

    pub(super) fn all(&self) -> Vec<Logged> {
        self.entries.iter().cloned().collect()
    }

    pub(super) fn clear(&mut self) {
        self.dropped += self.entries.len() as u64;
        self.entries.clear();
        self.body_bytes = 0;
    }

    fn drop_oldest(&mut self) {
        if let Some(oldest) = self.entries.pop_front() {
            self.body_bytes -= oldest.body.len();
            self.dropped += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrive(log: &mut Log, bytes: usize) -> Place {
        let uri = Uri::from_static("/a?b=c");
        log.arrived(&Method::GET, &uri, vec![0; bytes].into(), DateTime::UNIX_EPOCH, "id")
    }

    #[test]
    fn answers_find_their_request_even_after_a_clear() {
        let mut log = Log::default();
        let first = arrive(&mut log, 0);
        log.clear();
        let second = arrive(&mut log, 0);
        log.answered(first, 500);
        log.answered(second, 200);
        let statuses: Vec<_> = log.all().iter().map(|entry| (entry.query.clone(), entry.status)).collect();
        assert_eq!(statuses, [("b=c".to_owned(), Some(200))]);
    }

    #[test]
    fn the_log_is_bounded_in_number_and_bytes() {
        let mut log = Log::default();
        (0..=REQUESTS_MAX).for_each(|_| {
            arrive(&mut log, 1);
        });
        assert_eq!(log.all().len(), REQUESTS_MAX);
        arrive(&mut log, BODY_BYTES_MAX);
        assert_eq!(log.all().len(), 1);
    }
}

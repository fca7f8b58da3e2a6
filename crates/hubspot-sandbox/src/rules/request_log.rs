//! The log of requests, in the order of their arrival and bounded in number and bytes.

use std::collections::VecDeque;

use axum::http::{Method, Uri};
use bytes::Bytes;
use chrono::{DateTime, Utc};

/// Requests kept; the oldest go first.
const REQUESTS_MAX: usize = 10_000;
/// Bytes of all bodies kept.
const BODY_BYTES_MAX: usize = 16 << 20;

/// One request to HubSpot's paths. Requests to the admin plane are not logged.
#[derive(Clone, Debug)]
pub struct LoggedRequest {
    /// HTTP method, such as `GET`.
    pub method: String,
    /// Path as the client sent it, percent-encoded.
    pub path: String,
    /// Query without the `?`; empty when there is none.
    pub query: String,
    /// Status of the response; `None` while the request is in flight, and for good if it gets no response.
    pub status: Option<u16>,
    /// Body of the request.
    pub body: Bytes,
    /// Arrival by the account's clock.
    pub at: DateTime<Utc>,
    /// Value of the response's `x-hubspot-correlation-id`.
    pub correlation_id: String,
}

#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<LoggedRequest>,
    body_bytes: usize,
    /// Number of entries dropped before the first one kept.
    dropped: u64,
}

/// The position of an entry, counted over dropped ones, too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryId(u64);

impl RequestLog {
    pub(crate) fn add(&mut self, method: &Method, uri: &Uri, body: Bytes, at: DateTime<Utc>, id: &str) -> EntryId {
        self.body_bytes += body.len();
        self.entries.push_back(LoggedRequest {
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
        EntryId(self.dropped + self.entries.len() as u64 - 1)
    }

    pub(crate) fn set_status(&mut self, id: EntryId, status: u16) {
        let at = id.0.checked_sub(self.dropped).and_then(|at| usize::try_from(at).ok());
        if let Some(entry) = at.and_then(|at| self.entries.get_mut(at)) {
            entry.status = Some(status);
        }
    }

    pub(crate) fn all(&self) -> Vec<LoggedRequest> {
        self.entries.iter().cloned().collect()
    }

    /// Returns the number of requests so far, and the newest of them, newest first.
    pub(crate) fn newest(&self, max: usize) -> (u64, Vec<LoggedRequest>) {
        let newest = self.entries.iter().rev().take(max).cloned().collect();
        (self.dropped + self.entries.len() as u64, newest)
    }

    pub(crate) fn clear(&mut self) {
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

    fn add(log: &mut RequestLog, bytes: usize) -> EntryId {
        let uri = Uri::from_static("/a?b=c");
        log.add(&Method::GET, &uri, vec![0; bytes].into(), DateTime::UNIX_EPOCH, "id")
    }

    #[test]
    fn a_status_finds_its_request_even_after_a_clear() {
        let mut log = RequestLog::default();
        let first = add(&mut log, 0);
        log.clear();
        let second = add(&mut log, 0);
        log.set_status(first, 500);
        log.set_status(second, 200);
        let statuses: Vec<_> = log.all().iter().map(|entry| (entry.query.clone(), entry.status)).collect();
        assert_eq!(statuses, [("b=c".to_owned(), Some(200))]);
        add(&mut log, 0);
        let (number, newest) = log.newest(1);
        assert_eq!((number, newest.len(), newest[0].status), (3, 1, None), "those that are forgotten count");
    }

    #[test]
    fn the_log_is_bounded_in_number_and_bytes() {
        let mut log = RequestLog::default();
        (0..=REQUESTS_MAX).for_each(|_| {
            add(&mut log, 1);
        });
        assert_eq!(log.all().len(), REQUESTS_MAX);
        add(&mut log, BODY_BYTES_MAX);
        assert_eq!(log.all().len(), 1);
    }
}

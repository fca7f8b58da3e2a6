//! Reads request bodies of bounded size within a bounded time, and within the shares of their callers.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::error_body::{busy, closing, hinted, refuse};
use crate::mcp::caller_quotas::{CallerQuotas, Limit, QuotaExceeded, QuotaPermit};
use crate::mcp::quota_key::QuotaKey;

/// Longest time for a body to arrive.
const BODY_MAX: Duration = Duration::from_secs(30);
/// Longest time for the body of senders that wait no longer themselves, as HubSpot does for the answer to a webhook.
const HURRIED_BODY_MAX: Duration = Duration::from_secs(5);

/// The longest body of a route, and what helps whoever sends a longer one.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimit {
    pub(super) bytes_max: usize,
    pub(super) hint: &'static str,
}

/// The bytes of bodies: what callers declare or send counts for each of them, and what has arrived in all.
#[derive(Debug)]
pub(super) struct Bodies {
    own: CallerQuotas,
    arrived: CallerQuotas,
    /// A declared length takes its share before it is sent.
    counts_declared: bool,
    time_max: Duration,
}

impl Bodies {
    /// No body is there yet.
    pub(super) fn new(limit: Limit) -> Bodies {
        let own = CallerQuotas::new(Limit { in_all: usize::MAX, ..limit });
        Bodies { own, arrived: CallerQuotas::new(limit), counts_declared: true, time_max: BODY_MAX }
    }

    /// The same, where what is declared and not sent costs nothing: for senders that share an address with others, and
    /// send all at once.
    pub(super) fn as_they_arrive(limit: Limit) -> Bodies {
        Bodies { counts_declared: false, time_max: HURRIED_BODY_MAX, ..Bodies::new(limit) }
    }

    /// True while this much more of the caller's may arrive.
    pub(super) fn have_room(&self, quota_key: &QuotaKey, more: usize) -> bool {
        self.arrived.have_room(&quota_key.0, more)
    }
}

/// The bytes of one body.
struct BodyBytes {
    own: QuotaPermit,
    arrived: QuotaPermit,
}

impl BodyBytes {
    /// Holds at least this many bytes, which have arrived.
    fn reach(&mut self, length: usize) -> Result<(), QuotaExceeded> {
        self.own.grow(length.saturating_sub(self.own.amount()))?;
        self.arrived.grow(length.saturating_sub(self.arrived.amount()))
    }
}

/// Reads the whole body before the request is served, so that a slow client occupies only its connection. Of its caller's
/// share, it takes a declared length all at once, before it is sent; of that of all, each part as it comes.
pub(super) async fn read(
    body: Body,
    limit: BodyLimit,
    bodies: &Bodies,
    quota_key: &QuotaKey,
) -> Result<(Bytes, [QuotaPermit; 2]), Response> {
    // A declared length that is too large is refused before the body is sent.
    let declared = body.size_hint().lower();
    if declared > limit.bytes_max as u64 {
        return Err(closing(too_large(limit)));
    }
    let counted = if bodies.counts_declared { declared as usize } else { 0 };
    let own = bodies.own.take(&quota_key.0, counted).map_err(|full| closing(full_up(full)))?;
    let arrived = bodies.arrived.take(&quota_key.0, 0).map_err(|full| closing(full_up(full)))?;
    let mut held = BodyBytes { own, arrived };
    match timeout(bodies.time_max, collect(body, limit, &mut held)).await {
        Ok(Ok(body)) => Ok((body, [held.own, held.arrived])),
        Ok(Err(refusal)) => Err(closing(refusal)),
        Err(_) => {
            let message = format!("the body must arrive within {} s", bodies.time_max.as_secs());
            let hint = "nothing was done; send it again, all at once";
            Err(closing(hinted(StatusCode::REQUEST_TIMEOUT, "TOO_SLOW", &message, hint)))
        }
    }
}

/// The bytes of the body; `held` grows with them.
async fn collect(mut body: Body, limit: BodyLimit, held: &mut BodyBytes) -> Result<Bytes, Response> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| refuse(StatusCode::BAD_REQUEST, "BROKEN_OFF", "the body broke off"))?;
        let Ok(part) = frame.into_data() else { continue };
        let length = bytes.len() + part.len();
        if length > limit.bytes_max {
            return Err(too_large(limit));
        }
        held.reach(length).map_err(full_up)?;
        bytes.extend_from_slice(&part);
    }
    Ok(bytes.freeze())
}

fn too_large(limit: BodyLimit) -> Response {
    let message = format!("a message may have {} bytes", limit.bytes_max);
    hinted(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", &message, limit.hint)
}

fn full_up(full: QuotaExceeded) -> Response {
    let message = match full {
        QuotaExceeded::OfOwner => "the messages that you are sending have too many bytes in all",
        QuotaExceeded::InAll => "the messages that this server is being sent have too many bytes in all",
    };
    busy(full, message)
}

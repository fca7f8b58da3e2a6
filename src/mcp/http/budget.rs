//! The shares that HTTP callers have of what this server can do at once.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use tokio::time::Instant;

use super::body::{self, Bodies, BodyLimit};
use super::error_body::{busy, closing, invalid_message};
use crate::mcp::caller_quotas::{CallerQuotas, Limit, QuotaExceeded, QuotaPermit};
use crate::mcp::message_limit;
use crate::mcp::quota_key::{MessagePermits, QuotaKey};

/// Messages from their arrival to the end of their calls.
const MESSAGES: Limit = Limit { in_all: 16_384, of_one: 2_048 };

/// Bytes of bodies that arrived or are being served. Those that are only declared count for their caller alone: else a few
/// callers that declare and send nothing would take the places of all.
const BODIES: Limit = Limit { in_all: 64 << 20, of_one: 8 << 20 };

/// Memory in bytes that parsing messages takes, see [`message_limit`]. It bounds the time of the processor that they take
/// one after the other, and so that for which others wait.
const PARSING: Limit = Limit { in_all: 40 << 20, of_one: 20 << 20 };

/// Batches that are served: the answers of one may have several MiB.
const BATCHES: Limit = Limit { in_all: 16, of_one: 4 };

/// Help for whoever sends a message that is longer than the operator's limit.
const TOO_LARGE: &str = "send less in one message, or let the operator raise --body-max";

/// Longest wait for other messages of the same caller to be parsed, and for its batches to end.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// Limits of messages, in all and for each caller.
#[derive(Debug)]
pub(super) struct Budget {
    body_bytes_max: usize,
    messages: CallerQuotas,
    bodies: Bodies,
    parsing: CallerQuotas,
    batches: CallerQuotas,
    streams: CallerQuotas,
}

impl Budget {
    /// Limits for bodies of at most this many bytes, and for this many streams.
    pub(super) fn new(body_bytes_max: usize, streams: Limit) -> Budget {
        let at_least = |limit: Limit| Limit {
            in_all: limit.in_all.max(4 * body_bytes_max),
            of_one: limit.of_one.max(2 * body_bytes_max),
        };
        Budget {
            body_bytes_max,
            messages: CallerQuotas::new(MESSAGES),
            bodies: Bodies::new(at_least(BODIES)),
            parsing: CallerQuotas::new(PARSING),
            batches: CallerQuotas::new(BATCHES),
            streams: CallerQuotas::new(streams),
        }
    }

    /// Reads a body and checks what parsing it will cost. The place of its call is taken first.
    pub(super) async fn read(&self, body: Body, quota_key: &QuotaKey) -> Result<(Bytes, MessagePermits), Response> {
        let place = self
            .messages
            .take(&quota_key.0, 1)
            .map_err(|full| closing(busy(full, "too many messages are under way")))?;
        let limit = BodyLimit { bytes_max: self.body_bytes_max, hint: TOO_LARGE };
        let (body, bytes) = body::read(body, limit, &self.bodies, quota_key).await?;
        let cost = message_limit::cost(&body).map_err(|refused| invalid_message(refused.answer(&body)))?;
        let parsing = self.parsing.take_by(Instant::now() + WAIT_MAX, &quota_key.0, cost).await;
        let parsing = parsing.map_err(|full| busy(full, "too many large messages are under way"))?;
        let [own, arrived] = bytes;
        Ok((body, MessagePermits::new(vec![place, own, arrived], parsing)))
    }

    /// A place for a batch.
    pub(super) async fn batch(&self, quota_key: &QuotaKey) -> Result<QuotaPermit, Response> {
        let place = self.batches.take_by(Instant::now() + WAIT_MAX, &quota_key.0, 1).await;
        place.map_err(|full| busy(full, "too many batches are under way"))
    }

    /// A place for a stream, which lasts as long as its client likes.
    pub(super) fn stream(&self, quota_key: &QuotaKey) -> Result<QuotaPermit, QuotaExceeded> {
        self.streams.take(&quota_key.0, 1)
    }
}

//! Reads request bodies of bounded size within a bounded time, and within the shares of their callers.

use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::BodyExt;
use tokio::time::timeout;

use super::error_body::{busy, closing, hinted, refuse};
use crate::mcp::payer::Payer;
use crate::mcp::shares::{Full, Limit, Share, Shares};

/// Longest time for a body to arrive.
const BODY_MAX: Duration = Duration::from_secs(30);

/// The bytes of bodies: what callers declare or send counts for each of them, and what has arrived in all.
#[derive(Debug)]
pub(super) struct Bodies {
    own: Shares,
    arrived: Shares,
    /// A declared length takes its share before it is sent.
    counts_declared: bool,
}

impl Bodies {
    /// No body is there yet.
    pub(super) fn new(limit: Limit) -> Bodies {
        let own = Shares::new(Limit { in_all: usize::MAX, ..limit });
        Bodies { own, arrived: Shares::new(limit), counts_declared: true }
    }

    /// The same, where what is declared and not sent costs nothing: for senders that share an address with others.
    pub(super) fn as_they_arrive(limit: Limit) -> Bodies {
        Bodies { counts_declared: false, ..Bodies::new(limit) }
    }
}

/// The bytes of one body.
struct Held {
    own: Share,
    arrived: Share,
}

impl Held {
    /// Holds at least this many bytes, which have arrived.
    fn reach(&mut self, length: usize) -> Result<(), Full> {
        self.own.grow(length.saturating_sub(self.own.amount()))?;
        self.arrived.grow(length.saturating_sub(self.arrived.amount()))
    }
}

/// Reads the whole body before the request is served, so that a slow client occupies only its connection. Of its caller's
/// share, it takes a declared length all at once, before it is sent; of that of all, each part as it comes.
pub(super) async fn read(
    body: Body,
    bytes_max: usize,
    bodies: &Bodies,
    payer: &Payer,
) -> Result<(Bytes, [Share; 2]), Response> {
    // A declared length that is too large is refused before the body is sent.
    let declared = body.size_hint().lower();
    if declared > bytes_max as u64 {
        return Err(closing(too_large(bytes_max)));
    }
    let counted = if bodies.counts_declared { declared as usize } else { 0 };
    let own = bodies.own.take(&payer.0, counted).map_err(|full| closing(full_up(full)))?;
    let arrived = bodies.arrived.take(&payer.0, 0).map_err(|full| closing(full_up(full)))?;
    let mut held = Held { own, arrived };
    match timeout(BODY_MAX, collect(body, bytes_max, &mut held)).await {
        Ok(Ok(body)) => Ok((body, [held.own, held.arrived])),
        Ok(Err(refusal)) => Err(closing(refusal)),
        Err(_) => {
            let message = format!("the body must arrive within {} s", BODY_MAX.as_secs());
            let hint = "nothing was done; send it again, all at once";
            Err(closing(hinted(StatusCode::REQUEST_TIMEOUT, "TOO_SLOW", &message, hint)))
        }
    }
}

/// The bytes of the body; `held` grows with them.
async fn collect(mut body: Body, bytes_max: usize, held: &mut Held) -> Result<Bytes, Response> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| refuse(StatusCode::BAD_REQUEST, "BROKEN_OFF", "the body broke off"))?;
        let Ok(part) = frame.into_data() else { continue };
        let length = bytes.len() + part.len();
        if length > bytes_max {
            return Err(too_large(bytes_max));
        }
        held.reach(length).map_err(full_up)?;
        bytes.extend_from_slice(&part);
    }
    Ok(bytes.freeze())
}

fn too_large(bytes_max: usize) -> Response {
    let message = format!("a message may have {bytes_max} bytes");
    let hint = "send less in one message, or let the operator raise --body-max";
    hinted(StatusCode::PAYLOAD_TOO_LARGE, "TOO_LARGE", &message, hint)
}

fn full_up(full: Full) -> Response {
    let message = match full {
        Full::OfOwner => "the messages that you are sending have too many bytes in all",
        Full::InAll => "the messages that this server is being sent have too many bytes in all",
    };
    busy(full, message)
}

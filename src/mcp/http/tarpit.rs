//! Answers to requests that are refused: at once, or late for an address with many of them.

use std::net::IpAddr;

use axum::response::Response;
use http::StatusCode;
use tokio::time::sleep;

use super::auth_layer::retry_after;
use super::error_body::{closing, refuse};
use super::refusals::{DELAY, Pace, Reason, Refusals};

/// The refusal at once; for an address with many, late and without an invitation to go on. Of those few wait at once: the
/// others would keep their connections for it.
pub(super) async fn delay_refusal(refusal: Response, refusals: &Refusals, reason: Reason, address: IpAddr) -> Response {
    let Pace::Slowly(wait) = refusals.count(reason, address) else { return refusal };
    if let Some(_place) = refusals.delay(address) {
        sleep(DELAY).await;
    }
    let message = "too many requests of your address were refused: wait as `Retry-After` says";
    closing(retry_after(refuse(StatusCode::TOO_MANY_REQUESTS, "TOO_OFTEN", message), wait))
}

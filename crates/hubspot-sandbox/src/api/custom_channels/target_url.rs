//! The addresses of a channel: HubSpot takes `https`, and the sandbox also this machine's own.

use std::net::IpAddr;

use axum::http::Uri;

use crate::api::api_error::ApiError;

const URL_MAX: usize = 2_000;

/// Checks an address.
pub(super) fn check(url: &str, field: &str) -> Result<(), ApiError> {
    let uri: Option<Uri> = url.parse().ok().filter(|_| url.len() <= URL_MAX);
    let is_usable = uri.is_some_and(|uri| match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(host)) => !host.is_empty(),
        (Some("http"), Some(host)) => is_loopback(host.trim_matches(['[', ']'])),
        _ => false,
    });
    if is_usable { Ok(()) } else { Err(ApiError::invalid(format!("{field} must be a valid https URL"))) }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

//! The pages whose scripts may use the interface: its own, and those of configured origins. Pure.
//!
//! Programs that are no browsers send no origin and are not asked for one: a conversation is opened by its token alone.

use http::header::{ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN};
use http::header::{ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HOST, ORIGIN, VARY};
use http::{HeaderMap, HeaderValue};

use crate::web::settings::Settings;

/// The origin of a request, as far as it may use the interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestOrigin {
    /// No page, or this server's own.
    Own,
    /// A page of a configured origin.
    Other(HeaderValue),
    /// A page that may not.
    Foreign,
}

/// The page that asks.
pub fn of(headers: &HeaderMap, settings: &Settings) -> RequestOrigin {
    let Some(origin) = headers.get(ORIGIN) else { return RequestOrigin::Own };
    let Ok(text) = origin.to_str() else { return RequestOrigin::Foreign };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let authority = text.split_once("://").map_or("", |(_, authority)| authority);
    let is_own = settings.own_origin.as_deref() == Some(text) || authority.eq_ignore_ascii_case(host);
    match () {
        () if is_own && !host.is_empty() => RequestOrigin::Own,
        () if settings.origins.iter().any(|known| known == text) => RequestOrigin::Other(origin.clone()),
        () => RequestOrigin::Foreign,
    }
}

/// Lets the page of another origin read the response.
pub fn open_to(headers: &mut HeaderMap, asking: &RequestOrigin) {
    headers.insert(VARY, HeaderValue::from_static("origin"));
    if let RequestOrigin::Other(origin) = asking {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        let asked = "authorization, content-type, last-event-id";
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(asked));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("3600"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_page_and_configured_ones_may_ask() {
        let settings = Settings {
            origins: vec!["https://shop.example.com".into()],
            own_origin: Some("https://desk.example.com".into()),
            ..Settings::default()
        };
        let other = RequestOrigin::Other("https://shop.example.com".parse().unwrap());
        for (host, origin, expected) in [
            ("localhost:8765", None, RequestOrigin::Own),
            ("localhost:8765", Some("http://localhost:8765"), RequestOrigin::Own),
            ("localhost:8765", Some("http://localhost:3000"), RequestOrigin::Foreign),
            ("10.0.0.7", Some("https://desk.example.com"), RequestOrigin::Own),
            ("desk.example.com", Some("https://shop.example.com"), other),
            ("desk.example.com", Some("https://shop.example.com.evil.example"), RequestOrigin::Foreign),
            ("desk.example.com", Some("null"), RequestOrigin::Foreign),
            ("", Some("null"), RequestOrigin::Foreign),
            ("", Some(""), RequestOrigin::Foreign),
        ] {
            let mut headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
            if let Some(origin) = origin {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(of(&headers, &settings), expected, "{host} {origin:?}");
        }
    }
}

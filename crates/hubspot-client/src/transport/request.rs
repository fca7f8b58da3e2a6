//! One request to HubSpot, before it is bytes.

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::transport::retry::Idempotency;

/// Everything but RFC 3986's unreserved characters. Slugs of meeting links contain `/`, which must become `%2F`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[derive(Clone, Debug)]
pub(crate) struct ApiRequest {
    /// For metrics and logs: paths hold names of people.
    pub(crate) family: &'static str,
    pub(crate) method: Method,
    /// Path and query, encoded.
    pub(crate) path: String,
    pub(crate) body: Bytes,
    pub(crate) repeat: Idempotency,
}

impl ApiRequest {
    pub(crate) fn get(family: &'static str, path: String) -> ApiRequest {
        ApiRequest { family, method: Method::GET, path, body: Bytes::new(), repeat: Idempotency::Idempotent }
    }

    /// A read that HubSpot wants as a POST.
    pub(crate) fn query(family: &'static str, path: String, body: &Value) -> ApiRequest {
        ApiRequest { repeat: Idempotency::Idempotent, ..ApiRequest::create(family, path, body) }
    }

    /// A write that must not happen twice.
    pub(crate) fn create(family: &'static str, path: String, body: &Value) -> ApiRequest {
        ApiRequest {
            family,
            method: Method::POST,
            path,
            body: Bytes::from(body.to_string()),
            repeat: Idempotency::NotIdempotent,
        }
    }

    /// A write that ends the same way however often it is made.
    pub(crate) fn update(family: &'static str, path: String, body: &Value) -> ApiRequest {
        ApiRequest { method: Method::PATCH, repeat: Idempotency::Idempotent, ..ApiRequest::create(family, path, body) }
    }

    /// Adds a query parameter.
    pub(crate) fn with(mut self, name: &str, value: &str) -> ApiRequest {
        self.path.push(if self.path.contains('?') { '&' } else { '?' });
        self.path.push_str(name);
        self.path.push('=');
        self.path.push_str(&encoded(value));
        self
    }
}

/// A path segment or query value, percent-encoded.
pub(crate) fn encoded(raw: &str) -> String {
    utf8_percent_encode(raw, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_and_zones_are_encoded_once() {
        let ask = ApiRequest::get("scheduler", format!("/book/{}", encoded("int/public-gathering")));
        let ask = ask.with("timezone", "America/New_York").with("limit", "100");
        assert_eq!(ask.path, "/book/int%2Fpublic-gathering?timezone=America%2FNew_York&limit=100");
    }
}

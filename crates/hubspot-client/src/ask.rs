//! One request to HubSpot, before it is bytes.

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::retry::Repeat;

/// Everything but RFC 3986's unreserved characters. Slugs of meeting links contain `/`, which must become `%2F`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[derive(Clone, Debug)]
pub(super) struct Ask {
    /// For metrics and logs: paths hold names of people.
    pub(super) family: &'static str,
    pub(super) method: Method,
    /// Path and query, encoded.
    pub(super) path: String,
    pub(super) body: Bytes,
    pub(super) repeat: Repeat,
}

impl Ask {
    pub(super) fn get(family: &'static str, path: String) -> Ask {
        Ask { family, method: Method::GET, path, body: Bytes::new(), repeat: Repeat::Safe }
    }

    /// A read that HubSpot wants as a POST.
    pub(super) fn query(family: &'static str, path: String, body: &Value) -> Ask {
        Ask { repeat: Repeat::Safe, ..Ask::create(family, path, body) }
    }

    /// A write that must not happen twice.
    pub(super) fn create(family: &'static str, path: String, body: &Value) -> Ask {
        Ask { family, method: Method::POST, path, body: Bytes::from(body.to_string()), repeat: Repeat::Never }
    }

    /// A write that ends the same way however often it is made.
    pub(super) fn update(family: &'static str, path: String, body: &Value) -> Ask {
        Ask { method: Method::PATCH, repeat: Repeat::Safe, ..Ask::create(family, path, body) }
    }

    /// Adds a query parameter.
    pub(super) fn with(mut self, name: &str, value: &str) -> Ask {
        self.path.push(if self.path.contains('?') { '&' } else { '?' });
        self.path.push_str(name);
        self.path.push('=');
        self.path.push_str(&encoded(value));
        self
    }
}

/// A path segment or query value, percent-encoded.
pub(super) fn encoded(raw: &str) -> String {
    utf8_percent_encode(raw, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_and_zones_are_encoded_once() {
        let ask = Ask::get("scheduler", format!("/book/{}", encoded("int/public-gathering")));
        let ask = ask.with("timezone", "America/New_York").with("limit", "100");
        assert_eq!(ask.path, "/book/int%2Fpublic-gathering?timezone=America%2FNew_York&limit=100");
    }
}

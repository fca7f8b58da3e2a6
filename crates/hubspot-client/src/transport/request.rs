//! One request to HubSpot's API, before it is bytes.

use std::borrow::Cow;

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::transport::retry::Idempotency;

/// Everything but the unreserved characters of RFC 3986, section 2.3. Slugs of meeting links contain `/`, which must
/// become `%2F`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The media type of all bodies but files.
const JSON: &str = "application/json";

/// Method, path and body of a request.
#[derive(Clone, Debug)]
pub(crate) struct ApiRequest {
    /// The label in metrics and logs. Paths are not logged, because they hold names of people.
    pub(crate) family: &'static str,
    pub(crate) method: Method,
    /// Path and query, percent-encoded.
    pub(crate) path: String,
    pub(crate) body: Bytes,
    /// The media type of the body.
    pub(crate) content_type: Cow<'static, str>,
    pub(crate) idempotency: Idempotency,
}

impl ApiRequest {
    pub(crate) fn get(family: &'static str, path: String) -> ApiRequest {
        let (method, body) = (Method::GET, Bytes::new());
        ApiRequest { family, method, path, body, content_type: JSON.into(), idempotency: Idempotency::Idempotent }
    }

    /// A read for which HubSpot's API takes a POST.
    pub(crate) fn query(family: &'static str, path: String, body: &Value) -> ApiRequest {
        ApiRequest { idempotency: Idempotency::Idempotent, ..ApiRequest::create(family, path, body) }
    }

    /// A write that must not happen twice.
    pub(crate) fn create(family: &'static str, path: String, body: &Value) -> ApiRequest {
        let (method, body) = (Method::POST, Bytes::from(body.to_string()));
        ApiRequest { family, method, path, body, content_type: JSON.into(), idempotency: Idempotency::NotIdempotent }
    }

    /// A write whose body is no JSON, such as a file.
    pub(crate) fn upload(family: &'static str, path: String, content_type: String, body: Bytes) -> ApiRequest {
        let create = ApiRequest::create(family, path, &Value::Null);
        ApiRequest { body, content_type: content_type.into(), ..create }
    }

    /// A write that has the same effect however often it is sent.
    pub(crate) fn update(family: &'static str, path: String, body: &Value) -> ApiRequest {
        let create = ApiRequest::create(family, path, body);
        ApiRequest { method: Method::PATCH, idempotency: Idempotency::Idempotent, ..create }
    }

    /// A replacement, which has the same effect however often it is sent.
    pub(crate) fn replace(family: &'static str, path: String, body: &Value) -> ApiRequest {
        ApiRequest { method: Method::PUT, ..ApiRequest::update(family, path, body) }
    }

    /// A removal, which has the same effect however often it is sent.
    pub(crate) fn delete(family: &'static str, path: String) -> ApiRequest {
        ApiRequest { method: Method::DELETE, ..ApiRequest::get(family, path) }
    }

    /// True for a request that changes something in HubSpot; a search is a POST that does not.
    pub(crate) fn is_write(&self) -> bool {
        let reads = self.method == Method::GET || self.method == Method::POST;
        self.idempotency == Idempotency::NotIdempotent || !reads
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

/// Percent-encodes a path segment or a query value.
pub(crate) fn encoded(raw: &str) -> String {
    utf8_percent_encode(raw, ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_and_zones_are_encoded_once() {
        let request = ApiRequest::get("scheduler", format!("/book/{}", encoded("int/public-gathering")));
        let request = request.with("timezone", "America/New_York").with("limit", "100");
        assert_eq!(request.path, "/book/int%2Fpublic-gathering?timezone=America%2FNew_York&limit=100");
    }
}

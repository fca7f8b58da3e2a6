//! One request to HubSpot's API, before it is bytes.

use std::borrow::Cow;

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::developer_key::DeveloperKey;
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
    /// A developer key, which goes into the query in place of the token in the header. It is no part of the path, so that
    /// nothing that shows a path shows it.
    pub(crate) developer_key: Option<DeveloperKey>,
}

impl ApiRequest {
    pub(crate) fn get(family: &'static str, path: String) -> ApiRequest {
        let (method, body) = (Method::GET, Bytes::new());
        let (content_type, idempotency) = (JSON.into(), Idempotency::Idempotent);
        ApiRequest { family, method, path, body, content_type, idempotency, developer_key: None }
    }

    /// A read for which HubSpot's API takes a POST.
    pub(crate) fn query(family: &'static str, path: String, body: &Value) -> ApiRequest {
        ApiRequest { idempotency: Idempotency::Idempotent, ..ApiRequest::create(family, path, body) }
    }

    /// A write that must not happen twice.
    pub(crate) fn create(family: &'static str, path: String, body: &Value) -> ApiRequest {
        let (method, body) = (Method::POST, Bytes::from(body.to_string()));
        let (content_type, idempotency) = (JSON.into(), Idempotency::NotIdempotent);
        ApiRequest { family, method, path, body, content_type, idempotency, developer_key: None }
    }

    /// A write with an id of its own, for which HubSpot makes one result and answers with it again.
    pub(crate) fn create_by_id(family: &'static str, path: String, body: &Value) -> ApiRequest {
        ApiRequest { idempotency: Idempotency::Idempotent, ..ApiRequest::create(family, path, body) }
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

    /// Is sent with a developer key in place of the token.
    pub(crate) fn keyed(self, key: &DeveloperKey) -> ApiRequest {
        ApiRequest { developer_key: Some(key.clone()), ..self }
    }

    /// The address to which it is sent: path and query, with the developer key if it has one.
    pub(crate) fn address(&self) -> String {
        match &self.developer_key {
            Some(key) => {
                self.clone().with("hapikey", key.key.expose_secret()).with("appId", &key.app_id.to_string()).path
            }
            None => self.path.clone(),
        }
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

    #[test]
    fn a_developer_key_stands_in_the_address_alone() {
        let key = DeveloperKey { key: "k3y&".to_owned().into(), app_id: 7 };
        let request = ApiRequest::get("custom_channels", "/channels".to_owned()).with("limit", "100").keyed(&key);
        assert_eq!(request.address(), "/channels?limit=100&hapikey=k3y%26&appId=7");
        assert_eq!(request.path, "/channels?limit=100");
        assert!(!format!("{request:?}").contains("k3y"), "{request:?}");
    }
}

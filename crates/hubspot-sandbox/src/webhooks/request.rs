//! The signed request that takes a batch to an app.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request, Uri};
use secrecy::{ExposeSecret, SecretString};

use super::app::OlderSignature;
use super::signature;
use crate::clock::Ms;

const SIGNATURE: HeaderName = HeaderName::from_static("x-hubspot-signature");
const SIGNATURE_VERSION: HeaderName = HeaderName::from_static("x-hubspot-signature-version");
const SIGNATURE_V3: HeaderName = HeaderName::from_static("x-hubspot-signature-v3");
const TIMESTAMP: HeaderName = HeaderName::from_static("x-hubspot-request-timestamp");
/// How HubSpot's webhooks name themselves.
const AGENT: &str = "HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: webhooks-nio-http-client) - WebhooksExecutorDaemon-executor";

/// What signs a request.
#[derive(Clone, Debug)]
pub(super) struct Signer {
    pub(super) secret: SecretString,
    pub(super) url: String,
    pub(super) uri: Uri,
    pub(super) older: OlderSignature,
}

impl Signer {
    /// Builds the request of a body, signed at this time.
    pub(super) fn request(&self, body: Bytes, of_crm: bool, now_ms: Ms) -> Request<Bytes> {
        let headers = self.headers(&body, of_crm, now_ms);
        let mut request = Request::new(body);
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let values = headers.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?)));
        request.headers_mut().extend(values);
        request
    }

    fn headers(&self, body: &[u8], of_crm: bool, now_ms: Ms) -> Vec<(HeaderName, String)> {
        let secret = self.secret.expose_secret();
        let version_1 = || (signature::v1(secret, body), "v1");
        let older = match self.older {
            OlderSignature::V2 => Some((signature::v2(secret, "POST", &self.url, body), "v2")),
            OlderSignature::V1 | OlderSignature::V1Alone => of_crm.then(version_1),
        };
        let mut headers = Vec::new();
        if let Some((signature, version)) = older {
            headers.extend([(SIGNATURE, signature), (SIGNATURE_VERSION, version.to_owned())]);
        }
        if !(of_crm && self.older == OlderSignature::V1Alone) {
            let timestamp = now_ms.to_string();
            let signature = signature::v3(secret, "POST", &self.url, body, &timestamp);
            headers.extend([(SIGNATURE_V3, signature), (TIMESTAMP, timestamp)]);
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(older: OlderSignature, of_crm: bool) -> Vec<(String, String)> {
        let url = "https://www.example.com/webhook_uri";
        let secret = SecretString::from("yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy");
        let signer = Signer { secret, url: url.into(), uri: url.parse().unwrap(), older };
        let body = Bytes::from_static(b"{'example_field':'example_value'}");
        let request = signer.request(body, of_crm, 1_693_657_560_000);
        assert_eq!((request.method(), request.uri().to_string().as_str()), (&Method::POST, url));
        let signed = request.headers().iter().filter(|(name, _)| name.as_str().starts_with("x-hubspot"));
        signed.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn every_request_has_version_3_and_those_of_the_crm_version_1() {
        let v3 = [
            pair("x-hubspot-signature-v3", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
            pair("x-hubspot-request-timestamp", "1693657560000"),
        ];
        let v1 = [
            pair("x-hubspot-signature", "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750"),
            pair("x-hubspot-signature-version", "v1"),
        ];
        let v2 = [
            pair("x-hubspot-signature", "4fe4e3a7d3cf09db53be39d0a58130e2aaba074ec123a9e355b876a689a1c383"),
            pair("x-hubspot-signature-version", "v2"),
        ];
        assert_eq!(headers(OlderSignature::V1, false), v3);
        assert_eq!(headers(OlderSignature::V1, true), [v1.clone(), v3.clone()].concat());
        assert_eq!(headers(OlderSignature::V2, false), [v2, v3.clone()].concat());
        assert_eq!(headers(OlderSignature::V1Alone, true), v1);
        assert_eq!(headers(OlderSignature::V1Alone, false), v3);
    }
}

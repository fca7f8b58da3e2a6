//! HubSpot's signatures of what it sends (HubSpot, validating requests). The key is the app's client secret.
//!
//! All comparisons take constant time. Versions 1 and 2 sign no time: whoever has recorded such a request can send it
//! again, which the keys of events make harmless.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// The greatest difference between the time of a request and ours, in both directions (HubSpot, validating requests).
pub const TOLERANCE_MS: i64 = 300_000;

const V3: &str = "x-hubspot-signature-v3";
const TIMESTAMP: &str = "x-hubspot-request-timestamp";
const OLDER: &str = "x-hubspot-signature";
const OLDER_VERSION: &str = "x-hubspot-signature-version";

/// The characters that are decoded in an address before version 3 signs it, and no others.
const DECODED: [(&str, &str); 12] = [
    ("%3A", ":"),
    ("%2F", "/"),
    ("%3F", "?"),
    ("%40", "@"),
    ("%21", "!"),
    ("%24", "$"),
    ("%27", "'"),
    ("%28", "("),
    ("%29", ")"),
    ("%2A", "*"),
    ("%2C", ","),
    ("%3B", ";"),
];

/// A request as it was signed.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The whole address to which it was sent, with its query.
    pub url: &'a str,
    /// The bytes of the body.
    pub body: &'a [u8],
}

/// The reason why a request is not taken for HubSpot's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Unsigned {
    /// The request has no signature header.
    #[error("the request has no signature of HubSpot's")]
    Missing,
    /// Two signatures of one version, or a time that is none.
    #[error("the request's signature or its time cannot be read")]
    Malformed,
    /// The time differs too much.
    #[error("the request was signed more than five minutes before or after the time of this machine")]
    Stale,
    /// Another secret, another address or another body was signed.
    #[error("the request's signature is not that of this app's secret for this address and body")]
    Mismatch,
}

impl Unsigned {
    /// The reason in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Unsigned::Missing => "missing",
            Unsigned::Malformed => "malformed",
            Unsigned::Stale => "stale",
            Unsigned::Mismatch => "mismatch",
        }
    }
}

/// Checks a request by the newest version that it has.
///
/// # Errors
/// The reason why it is not HubSpot's, or not of now.
pub fn verify(secret: &SecretString, headers: &HeaderMap, signed: Signed<'_>, now_ms: i64) -> Result<(), Unsigned> {
    if let Some(signature) = single(headers, V3)? {
        let timestamp = single(headers, TIMESTAMP)?.ok_or(Unsigned::Malformed)?;
        return verify_v3(secret, signed, signature, timestamp, now_ms);
    }
    let signature = single(headers, OLDER)?.ok_or(Unsigned::Missing)?;
    match single(headers, OLDER_VERSION)? {
        Some("v1") => matches(&v1(secret, signed.body), signature),
        Some("v2") => matches(&v2(secret, signed), signature),
        _ => Err(Unsigned::Malformed),
    }
}

/// Checks what the headers alone say: that there is a signature, and that its time is near.
///
/// # Errors
/// The reason why no body makes this a request of HubSpot's, or not of now.
pub fn verify_head(headers: &HeaderMap, now_ms: i64) -> Result<(), Unsigned> {
    if single(headers, V3)?.is_some() {
        return verify_newest_head(headers, now_ms);
    }
    single(headers, OLDER)?.map(|_| ()).ok_or(Unsigned::Missing)
}

/// Checks the head of a request that is signed by version 3 alone.
///
/// # Errors
/// The reason why no body makes this a request of HubSpot's, or not of now.
pub fn verify_newest_head(headers: &HeaderMap, now_ms: i64) -> Result<(), Unsigned> {
    single(headers, V3)?.ok_or(Unsigned::Missing)?;
    is_near(single(headers, TIMESTAMP)?.ok_or(Unsigned::Malformed)?, now_ms)
}

fn is_near(timestamp: &str, now_ms: i64) -> Result<(), Unsigned> {
    let is_number = !timestamp.is_empty() && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let sent_ms: i64 = timestamp.parse().ok().filter(|_| is_number).ok_or(Unsigned::Malformed)?;
    if now_ms.abs_diff(sent_ms) > TOLERANCE_MS.unsigned_abs() { Err(Unsigned::Stale) } else { Ok(()) }
}

/// Checks a request by version 3 alone, which signs its time: what was recorded cannot be sent again later.
///
/// # Errors
/// The reason why it is not HubSpot's, or not of now.
pub fn verify_newest(
    secret: &SecretString,
    headers: &HeaderMap,
    signed: Signed<'_>,
    now_ms: i64,
) -> Result<(), Unsigned> {
    let signature = single(headers, V3)?.ok_or(Unsigned::Missing)?;
    let timestamp = single(headers, TIMESTAMP)?.ok_or(Unsigned::Malformed)?;
    verify_v3(secret, signed, signature, timestamp, now_ms)
}

fn verify_v3(
    secret: &SecretString,
    signed: Signed<'_>,
    signature: &str,
    timestamp: &str,
    now_ms: i64,
) -> Result<(), Unsigned> {
    is_near(timestamp, now_ms)?;
    let signature = STANDARD.decode(signature).map_err(|_| Unsigned::Malformed)?;
    // HubSpot's documentation decodes the address, its own clients do not: either way the secret was needed.
    let plain = decoded(signed.url);
    let is_signed = |url: &str| mac(secret, Signed { url, ..signed }, timestamp).verify_slice(&signature).is_ok();
    if is_signed(&plain) || (plain != signed.url && is_signed(signed.url)) { Ok(()) } else { Err(Unsigned::Mismatch) }
}

/// Version 3: HMAC-SHA256 over method, address, body and time, in Base64.
pub fn v3(secret: &SecretString, signed: Signed<'_>, timestamp: &str) -> String {
    let url = decoded(signed.url);
    STANDARD.encode(mac(secret, Signed { url: &url, ..signed }, timestamp).finalize().into_bytes())
}

fn mac(secret: &SecretString, signed: Signed<'_>, timestamp: &str) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes());
    let mut mac = mac.expect("HMAC takes keys of every length");
    for part in [signed.method.as_bytes(), signed.url.as_bytes(), signed.body, timestamp.as_bytes()] {
        mac.update(part);
    }
    mac
}

/// Version 1: SHA-256 over secret and body, in hexadecimal. CRM subscriptions may have it alone.
fn v1(secret: &SecretString, body: &[u8]) -> String {
    hexadecimal(&[secret.expose_secret().as_bytes(), body])
}

/// Version 2: SHA-256 over secret, method, address and body, in hexadecimal. Workflows send it.
fn v2(secret: &SecretString, signed: Signed<'_>) -> String {
    hexadecimal(&[secret.expose_secret().as_bytes(), signed.method.as_bytes(), signed.url.as_bytes(), signed.body])
}

fn hexadecimal(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn matches(expected: &str, given: &str) -> Result<(), Unsigned> {
    let is_same = expected.as_bytes().ct_eq(given.as_bytes());
    if bool::from(is_same) { Ok(()) } else { Err(Unsigned::Mismatch) }
}

fn decoded(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    DECODED
        .iter()
        .fold(url.to_owned(), |url, (code, plain)| url.replace(code, plain).replace(&code.to_ascii_lowercase(), plain))
}

/// The value of a header; an error if there are several, of which a proxy and this server could read different ones.
fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Unsigned> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map(|text| Some(text.trim())).map_err(|_| Unsigned::Malformed),
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(Unsigned::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    /// The secret and the address of HubSpot's documentation and of its clients' tests.
    const URL: &str = "https://www.example.com/webhook_uri";
    const PYTHONIC: &[u8] = b"{'example_field':'example_value'}";
    const EVENTS: &[u8] = br#"[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]"#;
    const SENT_MS: i64 = 1_693_657_560_000;
    const V3_OF_PYTHONIC: &str = "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=";

    fn secret() -> SecretString {
        SecretString::from("yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy")
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn verified(pairs: &[(&'static str, &str)], method: &str, body: &[u8], now_ms: i64) -> Result<(), Unsigned> {
        verify(&secret(), &headers(pairs), Signed { method, url: URL, body }, now_ms)
    }

    #[test]
    fn the_older_versions_are_checked_by_hubspots_examples() {
        for (version, method, body, signature) in [
            ("v1", "POST", EVENTS, "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"),
            ("v1", "POST", PYTHONIC, "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750"),
            ("v2", "GET", b"", "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"),
            (
                "v2",
                "POST",
                br#"{"example_field":"example_value"}"#,
                "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900",
            ),
            ("v2", "POST", PYTHONIC, "4fe4e3a7d3cf09db53be39d0a58130e2aaba074ec123a9e355b876a689a1c383"),
        ] {
            let sent = [(OLDER, signature), (OLDER_VERSION, version)];
            assert_eq!(verified(&sent, method, body, 0), Ok(()), "{version} {method}");
            assert_eq!(verified(&sent, method, b"another", 0), Err(Unsigned::Mismatch));
            let other = if version == "v1" { "v2" } else { "v1" };
            let mixed_up = [(OLDER, signature), (OLDER_VERSION, other)];
            assert_eq!(verified(&mixed_up, method, body, 0), Err(Unsigned::Mismatch), "{version} {method}");
        }
    }

    #[test]
    fn version_3_is_checked_by_hubspots_example() {
        let sent_at = SENT_MS.to_string();
        let sent = [(V3, V3_OF_PYTHONIC), (TIMESTAMP, &sent_at)];
        assert_eq!(verified(&sent, "POST", PYTHONIC, SENT_MS), Ok(()));
        let signed = Signed { method: "POST", url: URL, body: PYTHONIC };
        assert_eq!(v3(&secret(), signed, &sent_at), V3_OF_PYTHONIC);
        for (method, body) in [("PUT", PYTHONIC), ("POST", b"{}"), ("POST", b"")] {
            assert_eq!(verified(&sent, method, body, SENT_MS), Err(Unsigned::Mismatch));
        }
        let other = SecretString::from("another");
        assert_eq!(verify(&other, &headers(&sent), signed, SENT_MS), Err(Unsigned::Mismatch));
        let elsewhere = Signed { url: "http://10.0.0.7/webhook_uri", ..signed };
        assert_eq!(verify(&secret(), &headers(&sent), elsewhere, SENT_MS), Err(Unsigned::Mismatch));
        let later = [(V3, V3_OF_PYTHONIC), (TIMESTAMP, "1693657560001")];
        assert_eq!(verified(&later, "POST", PYTHONIC, SENT_MS), Err(Unsigned::Mismatch), "the time is signed too");
    }

    #[test]
    fn five_minutes_are_tolerated_in_both_directions() {
        let sent_at = SENT_MS.to_string();
        let sent = [(V3, V3_OF_PYTHONIC), (TIMESTAMP, sent_at.as_str())];
        for (difference_ms, verdict) in [
            (TOLERANCE_MS, Ok(())),
            (-TOLERANCE_MS, Ok(())),
            (TOLERANCE_MS + 1, Err(Unsigned::Stale)),
            (-TOLERANCE_MS - 1, Err(Unsigned::Stale)),
            (i64::MAX - SENT_MS, Err(Unsigned::Stale)),
        ] {
            assert_eq!(verified(&sent, "POST", PYTHONIC, SENT_MS + difference_ms), verdict, "{difference_ms}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_before_it_is_compared() {
        let sent_at = SENT_MS.to_string();
        let good = (TIMESTAMP, sent_at.as_str());
        let of_v1 = "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750";
        for (sent, verdict) in [
            (&[][..], Unsigned::Missing),
            (&[good], Unsigned::Missing),
            (&[(V3, V3_OF_PYTHONIC)], Unsigned::Malformed),
            (&[(V3, V3_OF_PYTHONIC), (TIMESTAMP, "")], Unsigned::Malformed),
            (&[(V3, V3_OF_PYTHONIC), (TIMESTAMP, "+1693657560000")], Unsigned::Malformed),
            (&[(V3, V3_OF_PYTHONIC), (TIMESTAMP, "99999999999999999999")], Unsigned::Malformed),
            (&[(V3, "not base64!"), good], Unsigned::Malformed),
            (&[(V3, ""), good], Unsigned::Mismatch),
            (&[(V3, "K36d"), good], Unsigned::Mismatch),
            (&[(V3, V3_OF_PYTHONIC), (V3, V3_OF_PYTHONIC), good], Unsigned::Malformed),
            (&[(V3, V3_OF_PYTHONIC), good, good], Unsigned::Malformed),
            (&[(OLDER, of_v1)], Unsigned::Malformed),
            (&[(OLDER, of_v1), (OLDER_VERSION, "v9")], Unsigned::Malformed),
            (&[(OLDER, ""), (OLDER_VERSION, "v1")], Unsigned::Mismatch),
            // A request that has the newest version is judged by it.
            (&[(V3, "K36d"), good, (OLDER, of_v1), (OLDER_VERSION, "v1")], Unsigned::Mismatch),
        ] {
            assert_eq!(verified(sent, "POST", PYTHONIC, SENT_MS), Err(verdict), "{sent:?}");
        }
    }

    #[test]
    fn version_3_decodes_the_characters_that_hubspot_names_and_no_others() {
        assert_eq!(
            decoded("https://a.b/c%3Ad%2fe%40f%20g%21%24%27%28%29%2A%2C%3B?h=%3F%26%25#i"),
            "https://a.b/c:d/e@f%20g!$'()*,;?h=?%26%25"
        );
        let url = "https://www.example.com/webhook_uri?to=a%40b.co";
        for signed_as in [url, "https://www.example.com/webhook_uri?to=a@b.co"] {
            let mac = mac(&secret(), Signed { method: "POST", url: signed_as, body: b"[]" }, "5");
            let signature = STANDARD.encode(mac.finalize().into_bytes());
            let sent = headers(&[(V3, &signature), (TIMESTAMP, "5")]);
            assert_eq!(verify(&secret(), &sent, Signed { method: "POST", url, body: b"[]" }, 5), Ok(()), "{signed_as}");
        }
    }
}

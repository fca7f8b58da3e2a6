//! The claim of a host page about who its visitor is: a JSON Web Token (RFC 7519), signed by HMAC-SHA256 with the secret that
//! the page's server and this one share. Pure.
//!
//! Its payload has `email`, and `exp` in seconds since 1970; with `nbf` it is good from then on. It is good for one conversation,
//! by its `jti`, or by what was signed where it has none. Other members are not read.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use domain::email::Email;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The longest claim.
pub const BYTES_MAX: usize = 4_096;
/// The longest time for which a claim may be good: whoever finds one later cannot use it.
const LIFE_SECONDS_MAX: i64 = 24 * 3_600;
/// The difference of two clocks that is forgiven.
pub const LEEWAY_SECONDS: i64 = 60;

/// The reason why a claim is not believed. Nothing of it is part of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No secret is set, so nobody can claim anything.
    #[error("this chat takes no claims: its operator has set no secret for them")]
    NotTaken,
    /// It is no token of three parts with the algorithm HS256.
    #[error("the claim is no JSON Web Token signed by HS256")]
    Unreadable,
    /// Another secret signed it.
    #[error("the claim's signature is not that of this chat's secret")]
    Mismatch,
    /// Its payload has no address or no end.
    #[error("the claim must have `email`, an e-mail address, and `exp`, in seconds since 1970")]
    Incomplete,
    /// Its end is past.
    #[error("the claim has expired")]
    Expired,
    /// Its begin, `nbf`, is to come.
    #[error("the claim is not good yet: its `nbf` lies ahead")]
    TooEarly,
    /// Its end is too far away.
    #[error("the claim's `exp` lies more than a day ahead")]
    TooLong,
    /// It has begun a conversation before.
    #[error("the claim was used before, and is good for one conversation")]
    Used,
    /// No more claims can be remembered.
    #[error("too many claims were used lately")]
    TooMany,
    /// The store of all replicas, which knows the claims that were used, cannot be asked.
    #[error("whether the claim was used before cannot be told now")]
    Untold,
}

/// A claim that is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedClaim {
    /// The address that the visitor has proved to the host page.
    pub address: Email,
    /// Its `jti`, or the digest of what was signed: it is good for one conversation.
    pub id: String,
    /// Its end, in seconds since 1970.
    pub expires: i64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Payload {
    email: Option<String>,
    exp: Option<f64>,
    nbf: Option<f64>,
    jti: Option<String>,
}

/// Reads a claim. Whether its id was used before is not known here.
///
/// # Errors
/// [`Refused`].
pub fn verify(secret: &SecretString, claim: &str, now: DateTime<Utc>) -> Result<VerifiedClaim, Refused> {
    let mut parts = claim.trim().splitn(4, '.');
    let (Some(header), Some(payload), Some(signature), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Refused::Unreadable);
    };
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Unreadable);
    let algorithm: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| Refused::Unreadable)?;
    // The token does not choose how it is checked: `none` is no signature.
    if claim.len() > BYTES_MAX || algorithm.alg != "HS256" {
        return Err(Refused::Unreadable);
    }
    let signed = format!("{header}.{payload}");
    mac(secret, signed.as_bytes()).verify_slice(&decoded(signature)?).map_err(|_| Refused::Mismatch)?;
    let payload: Payload = serde_json::from_slice(&decoded(payload)?).map_err(|_| Refused::Incomplete)?;
    let id = payload.jti.filter(|id| !id.is_empty()).unwrap_or_else(|| digest(&signed));
    let address = payload.email.and_then(|email| email.parse().ok()).ok_or(Refused::Incomplete)?;
    let expires = payload.exp.filter(|exp| exp.is_finite()).ok_or(Refused::Incomplete)? as i64;
    let begins = payload.nbf.filter(|nbf| nbf.is_finite()).map_or(i64::MIN, |nbf| nbf as i64);
    match expires.saturating_sub(now.timestamp()) {
        _ if begins > now.timestamp().saturating_add(LEEWAY_SECONDS) => Err(Refused::TooEarly),
        ..=0 if expires.saturating_add(LEEWAY_SECONDS) <= now.timestamp() => Err(Refused::Expired),
        left if left > LIFE_SECONDS_MAX + LEEWAY_SECONDS => Err(Refused::TooLong),
        _ => Ok(VerifiedClaim { address, id, expires }),
    }
}

/// The name of a claim without an id. Of what is signed, so that the same claim in other bytes is not another one.
fn digest(signed: &str) -> String {
    format!("signed {}", URL_SAFE_NO_PAD.encode(Sha256::digest(signed)))
}

fn mac(secret: &SecretString, signed: &[u8]) -> Hmac<Sha256> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes());
    let mut mac = mac.expect("HMAC takes keys of every length");
    mac.update(signed);
    mac
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const NOW: &str = "2026-11-30T12:00:00Z";

    fn now() -> DateTime<Utc> {
        NOW.parse().unwrap()
    }

    fn secret() -> SecretString {
        SecretString::from("a secret of the host page's server")
    }

    fn signed(header: &Value, payload: &Value, secret: &SecretString) -> String {
        let encoded = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = format!("{}.{}", encoded(header), encoded(payload));
        let signature = mac(secret, head.as_bytes()).finalize().into_bytes();
        format!("{head}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    fn of(payload: Value) -> Result<String, Refused> {
        let claim = signed(&json!({"alg": "HS256", "typ": "JWT"}), &payload, &secret());
        verify(&secret(), &claim, now()).map(|claim| claim.address.as_str().to_owned())
    }

    #[test]
    fn a_signed_address_is_believed_until_its_end() {
        let at = |seconds: i64| json!({"email": "sarah@gmail.com", "exp": now().timestamp() + seconds});
        let from = |seconds: i64| {
            let now = now().timestamp();
            json!({"email": "sarah@gmail.com", "exp": now + 600, "nbf": now + seconds})
        };
        for (payload, verdict) in [
            (at(60), Ok("sarah@gmail.com".to_owned())),
            (at(-30), Ok("sarah@gmail.com".to_owned())),
            (at(-61), Err(Refused::Expired)),
            (at(24 * 3_600), Ok("sarah@gmail.com".to_owned())),
            (at(25 * 3_600), Err(Refused::TooLong)),
            (from(-1), Ok("sarah@gmail.com".to_owned())),
            (from(30), Ok("sarah@gmail.com".to_owned())),
            (from(500), Err(Refused::TooEarly)),
            (json!({"email": "sarah@gmail.com"}), Err(Refused::Incomplete)),
            (json!({"email": "sarah@gmail.com", "exp": "soon"}), Err(Refused::Incomplete)),
            (json!({"email": "nobody", "exp": now().timestamp() + 60}), Err(Refused::Incomplete)),
            (json!({"exp": now().timestamp() + 60}), Err(Refused::Incomplete)),
            (json!([]), Err(Refused::Incomplete)),
        ] {
            assert_eq!(of(payload.clone()), verdict, "{payload}");
        }
    }

    #[test]
    fn a_claim_is_known_by_its_id_or_by_all_that_is_signed() {
        let id = |payload: &Value| {
            let claim = signed(&json!({"alg": "HS256"}), payload, &secret());
            verify(&secret(), &claim, now()).unwrap().id
        };
        let until = |seconds: i64| json!({"email": "sarah@gmail.com", "exp": now().timestamp() + seconds});
        let with = |name: &str| json!({"email": "sarah@gmail.com", "exp": now().timestamp() + 60, "jti": name});
        assert_eq!((id(&with("a")), id(&with("b"))), ("a".to_owned(), "b".to_owned()));
        assert_eq!(id(&until(60)), id(&until(60)));
        assert_ne!(id(&until(60)), id(&until(61)));
        assert!(id(&with("")).starts_with("signed "), "an empty id names nothing");
    }

    #[test]
    fn what_is_not_signed_by_the_secret_is_refused() {
        let payload = json!({"email": "sarah@gmail.com", "exp": now().timestamp() + 60});
        let good = signed(&json!({"alg": "HS256"}), &payload, &secret());
        let [header, body, signature] = <[&str; 3]>::try_from(good.split('.').collect::<Vec<_>>()).unwrap();
        let other = URL_SAFE_NO_PAD.encode(json!({"email": "mei@x.example", "exp": payload["exp"]}).to_string());
        let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
        for (claim, verdict) in [
            (format!("{header}.{other}.{signature}"), Refused::Mismatch),
            (format!("{header}.{body}."), Refused::Mismatch),
            (format!("{none}.{body}."), Refused::Unreadable),
            (format!("{none}.{body}.{signature}"), Refused::Unreadable),
            (signed(&json!({"alg": "HS256"}), &payload, &SecretString::from("another")), Refused::Mismatch),
            (signed(&json!({"alg": "HS512"}), &payload, &secret()), Refused::Unreadable),
            (format!("{good}.x"), Refused::Unreadable),
            ("…".into(), Refused::Unreadable),
            (String::new(), Refused::Unreadable),
        ] {
            assert_eq!(verify(&secret(), &claim, now()), Err(verdict), "{claim}");
        }
    }
}

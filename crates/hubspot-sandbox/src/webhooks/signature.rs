//! HubSpot's signatures of a request, in all three versions. The key is the app's client secret.
//!
//! The versions are those of HubSpot's page "Validating requests".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Characters of a URL that version 3 decodes before it signs.
const DECODED: [char; 12] = [':', '/', '?', '@', '!', '$', '\'', '(', ')', '*', ',', ';'];

/// Signs a body: lower-case hexadecimal SHA-256 of the secret and the body.
pub(super) fn v1(secret: &str, body: &[u8]) -> String {
    hexadecimal(&[secret.as_bytes(), body])
}

/// Signs a request: as version 1, with method and URL before the body.
pub(super) fn v2(secret: &str, method: &str, url: &str, body: &[u8]) -> String {
    hexadecimal(&[secret.as_bytes(), method.as_bytes(), url.as_bytes(), body])
}

/// Signs a request with its time: HMAC-SHA256 in base64.
pub(super) fn v3(secret: &str, method: &str, url: &str, body: &[u8], timestamp: &str) -> String {
    let url = decoded(url);
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    for part in [method.as_bytes(), url.as_bytes(), body, timestamp.as_bytes()] {
        mac.update(part);
    }
    STANDARD.encode(mac.finalize().into_bytes())
}

fn hexadecimal(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    parts.iter().for_each(|part| digest.update(part));
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Decodes some characters of a URL, without its fragment.
fn decoded(url: &str) -> String {
    let url = url.split('#').next().unwrap_or_default();
    DECODED.iter().fold(url.to_owned(), |url, character| {
        let (upper, plain) = (format!("%{:02X}", u32::from(*character)), character.to_string());
        url.replace(&upper, &plain).replace(&upper.to_lowercase(), &plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret and the URL of HubSpot's documentation and of its clients' tests.
    const SECRET: &str = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy";
    const URL: &str = "https://www.example.com/webhook_uri";
    const PYTHONIC: &[u8] = b"{'example_field':'example_value'}";

    #[test]
    fn version_1_equals_hubspots_examples() {
        let events = br#"[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]"#;
        assert_eq!(v1(SECRET, events), "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de");
        assert_eq!(v1(SECRET, PYTHONIC), "69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750");
    }

    #[test]
    fn version_2_equals_hubspots_examples() {
        for (method, body, signature) in [
            ("GET", &b""[..], "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"),
            (
                "POST",
                br#"{"example_field":"example_value"}"#,
                "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900",
            ),
            ("POST", PYTHONIC, "4fe4e3a7d3cf09db53be39d0a58130e2aaba074ec123a9e355b876a689a1c383"),
        ] {
            assert_eq!(v2(SECRET, method, URL, body), signature);
        }
    }

    #[test]
    fn version_3_equals_hubspots_example() {
        let signature = v3(SECRET, "POST", URL, PYTHONIC, "1693657560000");
        assert_eq!(signature, "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=");
    }

    #[test]
    fn version_3_decodes_some_characters_of_the_url() {
        assert_eq!(decoded("https://a.b/c%3Ad%2fe%40f%20g?h=%3F%26#i"), "https://a.b/c:d/e@f%20g?h=?%26");
    }
}

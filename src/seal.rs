//! Sealing: what the store holds of a secret can be opened only with another secret, which the store does not have.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// Seals and opens texts with a key that comes from a secret.
pub struct Seal(LessSafeKey);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(…)")
    }
}

impl Seal {
    /// Makes the key from a secret, for this purpose: for another one it is another key. `None` if the cipher cannot be used.
    pub fn of(secret: &SecretString, purpose: &str) -> Option<Seal> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
        mac.update(purpose.as_bytes());
        let key = UnboundKey::new(&CHACHA20_POLY1305, &mac.finalize().into_bytes()).ok()?;
        Some(Seal(LessSafeKey::new(key)))
    }

    /// Seals a text for this place; `None` without random bytes.
    pub fn close(&self, place: &str, text: &SecretString) -> Option<String> {
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).ok()?;
        let mut sealed = text.expose_secret().as_bytes().to_vec();
        let aad = Aad::from(place.as_bytes());
        self.0.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed).ok()?;
        Some(STANDARD.encode([&nonce[..], &sealed].concat()))
    }

    /// Opens what was sealed for this place; `None` if it was not, or was changed.
    pub fn open(&self, place: &str, sealed: &str) -> Option<SecretString> {
        let bytes = STANDARD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN)?;
        let mut text = sealed.to_vec();
        let aad = Aad::from(place.as_bytes());
        let text = self.0.open_in_place(Nonce::try_assume_unique_for_key(nonce).ok()?, aad, &mut text).ok()?;
        std::str::from_utf8(text).ok().map(SecretString::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_secret_opens_what_was_sealed_for_the_same_place() {
        let (one, other) = (Seal::of(&"refresh-1".into(), "p").unwrap(), Seal::of(&"refresh-2".into(), "p").unwrap());
        let for_another = Seal::of(&"refresh-1".into(), "q").unwrap();
        let sealed = one.close("a", &"access-token".into()).unwrap();
        assert!(!sealed.contains("access") && sealed != one.close("a", &"access-token".into()).unwrap());
        let opened =
            |seal: &Seal, place, text: &str| seal.open(place, text).map(|text| text.expose_secret().to_owned());
        assert_eq!(opened(&one, "a", &sealed).as_deref(), Some("access-token"));
        let changed = format!("{}A{}", &sealed[..20], &sealed[21..]);
        let changed = if changed == sealed { format!("{}B{}", &sealed[..20], &sealed[21..]) } else { changed };
        for (seal, place, text) in [
            (&other, "a", sealed.as_str()),
            (&for_another, "a", &sealed),
            (&one, "b", &sealed),
            (&one, "a", &changed),
            (&one, "a", "AAAA"),
            (&one, "a", "?"),
        ] {
            assert_eq!(opened(seal, place, text), None, "{place} {text}");
        }
    }
}

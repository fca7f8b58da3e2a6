//! The address to which HubSpot sends what people answer: below a path of this server, with an end that nobody can guess.
//!
//! HubSpot does not document that these requests are signed (others found that they are), so both are asked for: the
//! signature, and the address.

use std::fmt;

use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::events::public_url::PublicUrl;

/// The path below which the webhooks of the channel come.
pub const PATH: &str = "/webhooks/handoff";

/// The digits of a path's end: 122 random bits.
const DIGITS: usize = 32;

/// The unguessable end of the path. It is shown in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct PathSecret(String);

impl PathSecret {
    /// Makes a new one.
    pub fn random() -> PathSecret {
        PathSecret(Uuid::new_v4().simple().to_string())
    }

    /// Reads one that was made here.
    pub fn read(text: &str) -> Option<PathSecret> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == DIGITS && text.bytes().all(is_digit)).then(|| PathSecret(text.to_owned()))
    }

    /// The one in an address of HubSpot's that leads below [`PATH`], whatever its host.
    pub fn of_address(address: &str) -> Option<PathSecret> {
        let (_, end) = address.rsplit_once('/')?;
        address.strip_suffix(&format!("{PATH}/{end}")).and_then(|_| PathSecret::read(end))
    }

    /// The digits, for the store and the address.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True for a path with this end. It takes as long for one that begins alike as for any other.
    pub fn is_path(&self, path: &str) -> bool {
        let end = path.strip_prefix(PATH).and_then(|end| end.strip_prefix('/')).unwrap_or_default();
        bool::from(end.as_bytes().ct_eq(self.0.as_bytes()))
    }

    /// The whole address below this server's.
    pub fn address(&self, server: &PublicUrl) -> String {
        server.at(&format!("{PATH}/{}", self.0))
    }
}

impl fmt::Debug for PathSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PathSecret")
    }
}

/// The address of a webhook as it may be shown: without its end.
pub fn shown(address: &str) -> String {
    match address.rsplit_once('/') {
        Some((before, end)) if PathSecret::read(end).is_some() => format!("{before}/…"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_made_found_again_and_shown_without_its_end() {
        let secret = PathSecret::random();
        assert_ne!(secret, PathSecret::random());
        for server in ["https://desk.example.com", "https://example.com/behind/a/proxy/", "http://127.0.0.1:8000"] {
            let address = secret.address(&server.parse().unwrap());
            assert_eq!(PathSecret::of_address(&address), Some(secret.clone()), "{server}");
            assert!(!shown(&address).contains(secret.expose()), "{address}");
        }
        assert!(!format!("{secret:?}").contains(secret.expose()));
        for other in [
            "https://x.example/webhooks/handoff",
            "https://x.example/webhooks/handoff/abc",
            "",
            "/",
            "https://webhook.example/0123456789abcdef0123456789abcdef",
        ] {
            assert_eq!(PathSecret::of_address(other), None, "{other}");
        }
    }

    #[test]
    fn only_the_whole_path_is_the_path() {
        let secret = PathSecret::read("0123456789abcdef0123456789abcdef").unwrap();
        assert!(secret.is_path("/webhooks/handoff/0123456789abcdef0123456789abcdef"));
        for path in [
            "/webhooks/handoff",
            "/webhooks/handoff/",
            "/webhooks/handoff/0123456789abcdef0123456789abcdee",
            "/webhooks/handoff/0123456789abcdef0123456789abcdef/",
            "/webhooks/handoff0123456789abcdef0123456789abcdef",
            "/webhooks/hubspot",
            "",
        ] {
            assert!(!secret.is_path(path), "{path}");
        }
        assert_eq!(PathSecret::read("0123456789ABCDEF0123456789ABCDEF"), None);
    }
}

//! Who may call over HTTP: whoever holds the bearer token.

use std::fmt;

use http::{HeaderMap, header};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// How callers prove who they are.
#[derive(Clone)]
pub(super) enum Auth {
    /// Anyone who reaches the port; only ever on a loopback address.
    Open,
    Bearer(SecretString),
}

impl Auth {
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        match self {
            Auth::Open => true,
            Auth::Bearer(token) => bearer(headers).is_some_and(|given| same(given, token.expose_secret())),
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Takes the same time wherever the first difference stands.
fn same(given: &str, expected: &str) -> bool {
    given.as_bytes().ct_eq(expected.as_bytes()).into()
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Auth::Open => "Open",
            Auth::Bearer(_) => "Bearer(***)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_opens() {
        let auth = Auth::Bearer("s3cret".into());
        let admits =
            |value: &str| auth.admits(&HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())]));
        assert!(admits("Bearer s3cret") && admits("bearer s3cret"));
        for wrong in ["Bearer s3cre", "Bearer s3crets", "Bearer ", "Basic s3cret", "s3cret", ""] {
            assert!(!admits(wrong), "{wrong}");
        }
        assert!(!auth.admits(&HeaderMap::new()));
        assert!(Auth::Open.admits(&HeaderMap::new()));
    }
}

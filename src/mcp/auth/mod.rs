//! Authentication of HTTP callers by bearer tokens. Other schemes become variants of [`Auth`].

use http::{HeaderMap, header};

pub(super) mod identity;
pub(super) mod tokens;

use crate::tool::caller::{Caller, Transport};
use tokens::Tokens;

/// The way callers prove their identity.
#[derive(Clone, Debug)]
pub(super) enum Auth {
    /// No proof: anyone who reaches the port, which is on loopback.
    Open,
    /// Bearer tokens (RFC 6750).
    Bearer(Tokens),
}

/// The caller could not be identified. `challenge` is the value of `WWW-Authenticate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("send the server's token as `Authorization: Bearer ...`")]
pub(super) struct Unauthorized {
    pub(super) challenge: &'static str,
}

impl Auth {
    /// The sender of these headers.
    pub(super) fn identify(&self, headers: &HeaderMap) -> Result<Caller, Unauthorized> {
        let caller = match self {
            Auth::Open => Some(Caller::default()),
            Auth::Bearer(tokens) => bearer(headers).and_then(|given| tokens.identify(given)),
        };
        let caller = caller.map(|caller| Caller { transport: Transport::Http, ..caller });
        caller.ok_or(Unauthorized { challenge: "Bearer" })
    }

    /// True if callers need a token.
    pub(super) fn has_tokens(&self) -> bool {
        matches!(self, Auth::Bearer(_))
    }

    /// True if callers have different permissions.
    pub(super) fn differs(&self) -> bool {
        matches!(self, Auth::Bearer(tokens) if tokens.differ())
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_is_accepted() {
        let auth = Auth::Bearer(Tokens::one(&"s3cret-0123456789".into()).unwrap());
        let admits = |value: &str| {
            auth.identify(&HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())])).is_ok()
        };
        assert!(admits("Bearer s3cret-0123456789") && admits("bearer s3cret-0123456789"));
        for wrong in [
            "Bearer s3cret-012345678",
            "Bearer s3cret-01234567890",
            "Bearer ",
            "Basic s3cret-0123456789",
            "s3cret-0123456789",
            "",
        ] {
            assert!(!admits(wrong), "{wrong}");
        }
        assert!(auth.identify(&HeaderMap::new()).is_err());
        assert!(Auth::Open.identify(&HeaderMap::new()).is_ok());
    }
}

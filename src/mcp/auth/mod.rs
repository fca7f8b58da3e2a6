//! Who may call over HTTP. One way today: bearer tokens; [`Auth`] is where others join.

use http::{HeaderMap, header};

pub(super) mod identity;
pub(super) mod tokens;

use identity::Identity;
use tokens::Tokens;

/// How callers prove who they are.
#[derive(Clone, Debug)]
pub(super) enum Auth {
    /// Anyone who reaches the port; only ever on a loopback address.
    Open,
    Bearer(Tokens),
}

/// The caller is not recognised. `challenge` is the value of `WWW-Authenticate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("send the server's token as `Authorization: Bearer ...`")]
pub(super) struct Unknown {
    pub(super) challenge: &'static str,
}

impl Auth {
    pub(super) fn identify(&self, headers: &HeaderMap) -> Result<Identity, Unknown> {
        match self {
            Auth::Open => Ok(Identity::default()),
            Auth::Bearer(tokens) => {
                let identity = bearer(headers).and_then(|given| tokens.identify(given));
                identity.ok_or(Unknown { challenge: "Bearer" })
            }
        }
    }

    /// Whether what callers see depends on who they are.
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
    fn only_the_token_opens() {
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

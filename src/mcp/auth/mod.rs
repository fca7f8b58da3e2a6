//! Authentication of HTTP callers by bearer tokens. Other schemes become variants of [`Auth`].

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use http::{HeaderMap, header};
use secrecy::SecretString;

pub(super) mod identity;
pub mod new_token;
pub(super) mod token_file;
pub mod token_rules;
pub(super) mod tokens;

use crate::tool::caller::{Caller, CallerId, Transport};
use crate::tools;
use tokens::{TokenError, Tokens};

/// The way callers prove their identity. Clones share the tokens.
#[derive(Clone, Debug)]
pub(super) enum Auth {
    /// No proof: anyone who reaches the port, which is on loopback.
    Open,
    /// Bearer tokens (RFC 6750).
    Bearer(Arc<Bearer>),
}

/// The tokens in force, and where they come from.
#[derive(Debug)]
pub(super) struct Bearer {
    one: Option<SecretString>,
    file: Option<PathBuf>,
    tokens: RwLock<Arc<Tokens>>,
}

/// The caller could not be identified. `challenge` is the value of `WWW-Authenticate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("send the server's token as `Authorization: Bearer ...`")]
pub(super) struct Unauthorized {
    pub(super) challenge: &'static str,
}

impl Auth {
    /// Reads the single token and the file of tokens; without either, everybody is admitted.
    pub(super) fn read(one: Option<SecretString>, file: Option<PathBuf>) -> Result<Auth, TokenError> {
        let bearer = Bearer { one, file, tokens: RwLock::default() };
        let tokens = bearer.read()?;
        if tokens.is_empty() {
            return Ok(Auth::Open);
        }
        bearer.replace(tokens);
        Ok(Auth::Bearer(Arc::new(bearer)))
    }

    /// The sender of these headers.
    pub(super) fn identify(&self, headers: &HeaderMap, now: DateTime<Utc>) -> Result<Caller, Unauthorized> {
        let caller = match self {
            Auth::Open => Some(Caller::default()),
            Auth::Bearer(bearer) => token(headers).and_then(|given| bearer.tokens().identify(given, now)),
        };
        let caller = caller.map(|caller| Caller { transport: Transport::Http, ..caller });
        caller.ok_or(Unauthorized { challenge: "Bearer" })
    }

    /// True if callers need a token.
    pub(super) fn has_tokens(&self) -> bool {
        matches!(self, Auth::Bearer(_))
    }

    /// True if callers have different permissions, or can get them when the file is read again.
    pub(super) fn differs(&self) -> bool {
        matches!(self, Auth::Bearer(bearer) if bearer.file.is_some() || bearer.tokens().differ())
    }

    /// Reads the file of tokens again. A file that cannot be used changes nothing.
    pub(super) fn reload(&self) -> Result<(), TokenError> {
        let Auth::Bearer(bearer) = self else { return Ok(()) };
        bearer.read().map(|tokens| bearer.replace(tokens))
    }

    /// True if the caller still has a token, or needs none.
    pub(super) fn knows(&self, caller: &CallerId, now: DateTime<Utc>) -> bool {
        match self {
            Auth::Open => true,
            Auth::Bearer(bearer) => bearer.tokens().has(caller, now),
        }
    }
}

impl Bearer {
    fn read(&self) -> Result<Tokens, TokenError> {
        let one = self.one.as_ref().map(Tokens::one).transpose()?.unwrap_or_default();
        match &self.file {
            Some(path) => one.with(Tokens::read(path, &tools::all())?),
            None => Ok(one),
        }
    }

    fn replace(&self, tokens: Tokens) {
        *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tokens);
    }

    fn tokens(&self) -> Arc<Tokens> {
        self.tokens.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_is_accepted() {
        let now = DateTime::UNIX_EPOCH;
        let auth = Auth::read(Some("s3cret-0123456789".into()), None).unwrap();
        let admits = |value: &str| {
            let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())]);
            auth.identify(&headers, now).is_ok()
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
        assert!(auth.identify(&HeaderMap::new(), now).is_err());
        assert!(Auth::read(None, None).unwrap().identify(&HeaderMap::new(), now).is_ok());
    }
}

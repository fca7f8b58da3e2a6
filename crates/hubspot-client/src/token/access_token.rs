//! An access token, as text and as the value of a header.

use std::fmt;

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

/// An access token that can be sent.
#[derive(Clone)]
pub struct AccessToken {
    secret: SecretString,
    header: HeaderValue,
}

impl AccessToken {
    /// Takes the text of a token without the space around it; `None` if no header can hold it.
    pub fn new(secret: &SecretString) -> Option<AccessToken> {
        let text = secret.expose_secret().trim();
        let mut header = HeaderValue::from_str(&format!("Bearer {text}")).ok()?;
        header.set_sensitive(true);
        Some(AccessToken { secret: text.into(), header })
    }

    /// The text of the token.
    pub fn secret(&self) -> &SecretString {
        &self.secret
    }

    /// The value of the header `Authorization`.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// True if both are the same token.
    pub fn is(&self, other: &AccessToken) -> bool {
        self.secret.expose_secret() == other.secret.expose_secret()
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken")
    }
}

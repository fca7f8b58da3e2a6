//! One token that stays, or none.

use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use secrecy::SecretString;

use crate::error::Error;
use crate::token::access_token::AccessToken;
use crate::token::source::TokenSource;

/// A token that was given once: a service key, or that of a private app.
#[derive(Clone, Debug)]
pub struct FixedToken(Result<AccessToken, Error>);

impl FixedToken {
    /// Takes the token. Without one, and with one that no header can hold, every call fails.
    pub fn new(token: Option<&SecretString>) -> FixedToken {
        FixedToken(match token {
            Some(token) => AccessToken::new(token).ok_or(Error::TokenRejected),
            None => Err(Error::TokenMissing),
        })
    }
}

impl TokenSource for FixedToken {
    fn check(&self) -> Result<(), Error> {
        self.0.as_ref().map(drop).map_err(Error::clone)
    }

    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>> {
        ready(self.0.clone()).boxed()
    }

    fn renew<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, Error>> {
        ready(Ok(None)).boxed()
    }
}

//! The parts of OAuth that outlive a request: the refresh token of a login, and the access token that processes share.

use std::fmt;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use secrecy::SecretString;

use crate::token::access_token::AccessToken;
use crate::token::endpoints::AppCredentials;

/// The login of a person: the app, and the refresh token that it got for them.
#[derive(Clone, Debug)]
pub struct Login {
    /// Credentials of the app that the login belongs to.
    pub app: AppCredentials,
    /// Token that brings new access tokens until it is revoked.
    pub refresh_token: SecretString,
}

/// Keeps a login. Errors are reasons in plain words, without a secret.
pub trait LoginStore: fmt::Debug + Send + Sync + 'static {
    /// Reads the login as it is now: a person may log in again while the program runs.
    ///
    /// # Errors
    /// The reason why there is none.
    fn load(&self) -> Result<Login, String>;

    /// Replaces the refresh token, if HubSpot gives another one.
    ///
    /// # Errors
    /// The reason why it was not kept.
    fn save(&self, refresh_token: &SecretString) -> Result<(), String>;
}

/// An access token with its end.
#[derive(Clone, Debug)]
pub struct IssuedToken {
    /// Access token that all processes use.
    pub token: AccessToken,
    /// The moment from which HubSpot refuses it.
    pub expires_at: DateTime<Utc>,
    /// The moment at which this process got it from HubSpot; `None` for one that another process has got, at a time that
    /// is not known here.
    pub issued_at: Option<DateTime<Utc>>,
}

/// The right to get the next token; it ends by itself if it is not given back.
pub type RefreshLock = Box<dyn std::any::Any + Send + Sync>;

/// Shares the access token of a login with other processes. A failure makes each of them get its own, which is harmless:
/// HubSpot's refresh tokens stay the same when they are used.
pub trait TokenSharing: fmt::Debug + Send + Sync + 'static {
    /// Reads the token that some process has saved for this login.
    ///
    /// # Errors
    /// The reason why it cannot be read.
    fn load<'a>(&'a self, login: &'a Login) -> BoxFuture<'a, Result<Option<IssuedToken>, String>>;

    /// Saves a token for the others.
    ///
    /// # Errors
    /// The reason why it was not saved.
    fn save<'a>(&'a self, login: &'a Login, token: &'a IssuedToken) -> BoxFuture<'a, Result<(), String>>;

    /// Takes the turn to get a token; `None` while another process has it.
    ///
    /// # Errors
    /// The reason why it cannot be known.
    fn take_turn<'a>(&'a self, login: &'a Login) -> BoxFuture<'a, Result<Option<RefreshLock>, String>>;

    /// Gives the turn back.
    fn give_back(&self, turn: RefreshLock) -> BoxFuture<'_, ()>;
}

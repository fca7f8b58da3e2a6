//! Access tokens for a refresh token: each is got once, before the last one ends or when HubSpot refuses it, for all calls
//! that need it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;
use secrecy::ExposeSecret;
use tokio::time::sleep;
use tracing::{debug, warn};

use crate::error::Error;
use crate::token::access_token::AccessToken;
use crate::token::endpoints::{AppCredentials, OAuthEndpoints};
use crate::token::persistence::{IssuedToken, Login, LoginStore, RefreshLock, TokenSharing};
use crate::token::source::TokenSource;
use domain::clock::Clock;
use domain::known_secrets;

/// The time before its end at which a token is replaced.
const MARGIN: TimeDelta = TimeDelta::seconds(120);
/// The time before its end until which a token still serves while no other can be had.
const LAST_USE: TimeDelta = TimeDelta::seconds(5);
/// The time for which a failure is not tried again while the last token still serves.
const PAUSE_AFTER_FAILURE: TimeDelta = TimeDelta::seconds(15);
/// A token that HubSpot refuses so soon after it gave this process one in place of a refused one is not too old, and a newer
/// one would be refused as well.
const TOO_YOUNG_TO_RENEW: TimeDelta = TimeDelta::seconds(10);
/// The looks at the shared token while another process gets it, and the pause between two.
const LOOKS_MAX: u32 = 40;
const LOOK_PAUSE: Duration = Duration::from_millis(250);

/// Tokens of an app that a person has connected.
#[derive(Debug)]
pub struct OAuthToken {
    endpoints: OAuthEndpoints,
    keeper: Box<dyn LoginStore>,
    sharing: Option<Box<dyn TokenSharing>>,
    clock: Clock,
    state: Mutex<OAuthState>,
    /// Held while a token is got: the lock is the queue of those who wait for it.
    renewing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct OAuthState {
    current: Option<IssuedToken>,
    /// The time at which HubSpot last gave this process a token in place of a refused one.
    replaced_at: Option<DateTime<Utc>>,
    /// A login that HubSpot has refused for good: no other request is made for it.
    refused: Option<(Login, Error)>,
    /// No try before this, while the current token serves.
    not_before: Option<DateTime<Utc>>,
    /// The secrets that are masked for this source; the oldest goes when there are three.
    masked: Vec<AccessToken>,
}

impl OAuthToken {
    /// Creates the source. Nothing is read or sent before the first call.
    pub fn new(
        endpoints: OAuthEndpoints,
        keeper: impl LoginStore,
        sharing: Option<Box<dyn TokenSharing>>,
        clock: Clock,
    ) -> OAuthToken {
        let (state, renewing) = (Mutex::default(), tokio::sync::Mutex::default());
        OAuthToken { endpoints, keeper: Box::new(keeper), sharing, clock, state, renewing }
    }

    async fn current(&self) -> Result<AccessToken, Error> {
        if let Some(token) = self.serving() {
            return Ok(token);
        }
        let _queue = self.renewing.lock().await;
        if let Some(token) = self.serving() {
            return Ok(token);
        }
        match self.get(None).await {
            Ok(token) => Ok(token),
            Err(error) => self.last_resort(&error).ok_or(error),
        }
    }

    async fn replacement(&self, refused: &AccessToken) -> Result<Option<AccessToken>, Error> {
        let _queue = self.renewing.lock().await;
        let current = self.state().current.clone();
        match current {
            Some(current) if !current.token.is(refused) => Ok(Some(current.token)),
            Some(_) if self.has_just_replaced() => self.of_others(refused).await,
            _ => self.get(Some(refused)).await.map(Some),
        }
    }

    /// The token that another process has got meanwhile, without a request to HubSpot; `None` if none has another one.
    async fn of_others(&self, refused: &AccessToken) -> Result<Option<AccessToken>, Error> {
        let Some(sharing) = &self.sharing else { return Ok(None) };
        let login = self.login()?;
        match sharing.load(&login).await {
            Ok(shared) => {
                Ok(shared.filter(|issued| self.is_good(issued, Some(refused))).map(|issued| self.install(issued)))
            }
            Err(reason) => {
                warn!(reason, "The tokens of other processes cannot be read.");
                Ok(None)
            }
        }
    }

    fn has_just_replaced(&self) -> bool {
        let now = self.clock.now();
        self.state().replaced_at.is_some_and(|at| now - at < TOO_YOUNG_TO_RENEW)
    }

    /// The current token, if it need not be replaced yet.
    fn serving(&self) -> Option<AccessToken> {
        let (now, state) = (self.clock.now(), self.state());
        let current = state.current.as_ref()?;
        let paused = state.not_before.is_some_and(|at| now < at);
        let margin = if paused { LAST_USE } else { MARGIN };
        (now + margin < current.expires_at).then(|| current.token.clone())
    }

    /// The current token after a failure to get another one, if HubSpot still takes it.
    fn last_resort(&self, error: &Error) -> Option<AccessToken> {
        self.state().not_before = Some(self.clock.now() + PAUSE_AFTER_FAILURE);
        let token = self.serving()?;
        warn!(%error, "HubSpot gave no new token; the last one serves until its end.");
        Some(token)
    }

    /// Gets a token that is not `refused`: from the other processes, or from HubSpot.
    async fn get(&self, refused: Option<&AccessToken>) -> Result<AccessToken, Error> {
        let login = self.login()?;
        let got = match &self.sharing {
            Some(sharing) => self.get_shared(sharing.as_ref(), &login, refused).await,
            None => self.request(&login).await,
        };
        match got {
            Ok(issued) => {
                // One of another process may be as old as the one before.
                if refused.is_some() && issued.issued_at.is_some() {
                    self.state().replaced_at = issued.issued_at;
                }
                Ok(self.install(issued))
            }
            Err(error) => {
                if matches!(error, Error::LoginEnded | Error::AppRefused) {
                    self.state().refused = Some((login, error.clone()));
                }
                Err(error)
            }
        }
    }

    /// Uses the token of another process, or takes the turn to get one for all.
    async fn get_shared(
        &self,
        sharing: &dyn TokenSharing,
        login: &Login,
        refused: Option<&AccessToken>,
    ) -> Result<IssuedToken, Error> {
        for _ in 0..LOOKS_MAX {
            match self.look(sharing, login, refused).await {
                Ok(TokenLookup::Found(issued)) => return Ok(issued),
                Ok(TokenLookup::RefreshLock(turn)) => return self.request_for_all(sharing, login, turn).await,
                Ok(TokenLookup::Wait) => sleep(LOOK_PAUSE).await,
                Err(reason) => {
                    warn!(reason, "The token cannot be shared with other processes; this one gets its own.");
                    return self.request(login).await;
                }
            }
        }
        debug!("Another process has taken long to get a token; this one gets its own.");
        self.request(login).await
    }

    /// Looks for a token before the turn and in it, since the one who had the turn may just have saved it.
    async fn look(
        &self,
        sharing: &dyn TokenSharing,
        login: &Login,
        refused: Option<&AccessToken>,
    ) -> Result<TokenLookup, String> {
        let is_good = |issued: &IssuedToken| self.is_good(issued, refused);
        if let Some(issued) = sharing.load(login).await?.filter(is_good) {
            return Ok(TokenLookup::Found(issued));
        }
        let Some(turn) = sharing.take_turn(login).await? else { return Ok(TokenLookup::Wait) };
        match sharing.load(login).await {
            Ok(Some(issued)) if is_good(&issued) => {
                sharing.give_back(turn).await;
                Ok(TokenLookup::Found(issued))
            }
            _ => Ok(TokenLookup::RefreshLock(turn)),
        }
    }

    /// True for a token that lives on, and that HubSpot has not just refused.
    fn is_good(&self, issued: &IssuedToken, refused: Option<&AccessToken>) -> bool {
        self.clock.now() + MARGIN < issued.expires_at && refused.is_none_or(|refused| !issued.token.is(refused))
    }

    async fn request_for_all(
        &self,
        sharing: &dyn TokenSharing,
        login: &Login,
        turn: RefreshLock,
    ) -> Result<IssuedToken, Error> {
        let got = self.request(login).await;
        if let Ok(issued) = &got
            && let Err(reason) = sharing.save(login, issued).await
        {
            warn!(reason, "The new token was not saved for other processes.");
        }
        sharing.give_back(turn).await;
        got
    }

    async fn request(&self, login: &Login) -> Result<IssuedToken, Error> {
        let asked_at = self.clock.now();
        let tokens = self.endpoints.refresh(&login.app, &login.refresh_token).await?;
        if tokens.refresh_token.expose_secret() != login.refresh_token.expose_secret()
            && let Err(reason) = self.keeper.save(&tokens.refresh_token)
        {
            warn!(reason, "HubSpot gave another refresh token, which was not kept: log in again before the restart.");
        }
        let life = TimeDelta::from_std(tokens.expires_in).unwrap_or(TimeDelta::zero());
        debug!(life_seconds = life.num_seconds(), "Got a new access token.");
        Ok(IssuedToken { token: tokens.access_token, expires_at: asked_at + life, issued_at: Some(asked_at) })
    }

    /// The login that is kept, unless HubSpot has refused it for good.
    fn login(&self) -> Result<Login, Error> {
        let login = self.keeper.load().map_err(|reason| Error::LoginUnreadable { reason })?;
        self.refusal_of(&login).map_or(Ok(login), Err)
    }

    fn refusal_of(&self, login: &Login) -> Option<Error> {
        let state = self.state();
        let (refused, error) = state.refused.as_ref()?;
        is_same(refused, login).then(|| error.clone())
    }

    fn install(&self, issued: IssuedToken) -> AccessToken {
        let (token, mut state) = (issued.token.clone(), self.state());
        known_secrets::remember(token.secret().expose_secret());
        state.masked.push(token.clone());
        if state.masked.len() > 2 {
            known_secrets::forget(state.masked.remove(0).secret().expose_secret());
        }
        state.current = Some(issued);
        (state.refused, state.not_before) = (None, None);
        token
    }

    fn state(&self) -> MutexGuard<'_, OAuthState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The result of one look at what other processes have.
enum TokenLookup {
    Found(IssuedToken),
    RefreshLock(RefreshLock),
    Wait,
}

fn is_same(one: &Login, other: &Login) -> bool {
    let secrets = |login: &Login| {
        let (refresh, client) = (login.refresh_token.expose_secret(), login.app.client_secret.expose_secret());
        (login.app.client_id.clone(), client.to_owned(), refresh.to_owned())
    };
    secrets(one) == secrets(other)
}

impl TokenSource for OAuthToken {
    /// A login that HubSpot has refused stays refused until a person logs in again, which changes what is kept.
    fn check(&self) -> Result<(), Error> {
        if self.state().refused.is_none() {
            return Ok(());
        }
        self.login().map(drop)
    }

    fn token(&self) -> BoxFuture<'_, Result<AccessToken, Error>> {
        self.current().boxed()
    }

    fn renew<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, Error>> {
        self.replacement(refused).boxed()
    }

    fn app(&self) -> Option<AppCredentials> {
        self.keeper.load().ok().map(|login| login.app)
    }
}

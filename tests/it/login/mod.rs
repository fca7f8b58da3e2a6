//! HubSpot through an app with OAuth: the login of a person, and its tokens under expiry, refusal and many callers.

mod client_setup;
mod command;
mod person;
mod renewal;
mod sharing;

use std::sync::{Arc, Mutex};

use domain::clock::Clock;
use http_client::InProcess;
use hubspot_client::{AppCredentials, HubSpot, Login, LoginStore, OAuthEndpoints, OAuthToken, TokenSharing, Versions};
use hubspot_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox};
use secrecy::{ExposeSecret, SecretString};

use crate::world::NOW;

/// The address that the default app of the sandbox is registered with.
const REDIRECT: &str = "http://localhost:8790/oauth/callback";
/// The path of the endpoint that gives tokens.
const TOKEN_PATH: &str = "/oauth/2026-09/token";

/// A login that a test holds in its hand.
#[derive(Clone, Debug, Default)]
struct HeldLogin(Arc<Mutex<Option<Login>>>);

impl HeldLogin {
    /// Connects the sandbox's default app and holds the login.
    async fn connect(sandbox: &Sandbox) -> HeldLogin {
        let held = HeldLogin::default();
        held.log_in(sandbox).await;
        held
    }

    async fn log_in(&self, sandbox: &Sandbox) {
        let tokens = person::connect(&InProcess(sandbox.router()), REDIRECT).await;
        self.hold(tokens, CLIENT_SECRET);
    }

    fn hold(&self, refresh_token: SecretString, secret: &str) {
        let app = AppCredentials { client_id: CLIENT_ID.to_owned(), client_secret: secret.into() };
        *self.0.lock().unwrap() = Some(Login { app, refresh_token });
    }

    fn refresh_token(&self) -> SecretString {
        self.0.lock().unwrap().as_ref().unwrap().refresh_token.clone()
    }
}

impl LoginStore for HeldLogin {
    fn load(&self) -> Result<Login, String> {
        self.0.lock().unwrap().clone().ok_or_else(|| "there is none".to_owned())
    }

    fn save(&self, refresh_token: &SecretString) -> Result<(), String> {
        let secret = self.load()?.app.client_secret;
        self.hold(refresh_token.clone(), secret.expose_secret());
        Ok(())
    }
}

/// A sandbox and a clock that starts with its own.
fn sandbox() -> (Sandbox, Clock) {
    let now = NOW.parse().unwrap();
    let sandbox = Sandbox::new(hubspot_sandbox::Settings { now: Some(now), ..Default::default() });
    (sandbox, Clock::starting_at(now))
}

/// One process of the login.
fn hubspot(sandbox: &Sandbox, login: &HeldLogin, sharing: Option<Box<dyn TokenSharing>>, clock: Clock) -> HubSpot {
    let http = InProcess(sandbox.router());
    let endpoints = OAuthEndpoints::new(http.clone(), &Versions::default());
    let tokens = OAuthToken::new(endpoints, login.clone(), sharing, clock);
    let settings = hubspot_client::Settings { tier: hubspot_client::Tier::Unlimited, ..Default::default() };
    HubSpot::with_tokens(http, Arc::new(tokens), settings, clock)
}

/// The requests for tokens so far, by their status.
fn token_requests(sandbox: &Sandbox) -> Vec<u16> {
    let sent = sandbox.requests().into_iter().filter(|sent| sent.path == TOKEN_PATH);
    sent.map(|sent| sent.status.unwrap_or_default()).collect()
}

//! `frontdesk login`: a person connects HubSpot's app, and the refresh token is kept for this server.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use domain::known_secrets;
use hubspot_client::{AppCredentials, OAuthEndpoints, TokenHolder, Tokens, Versions};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;
use url::Url;

use super::app_scopes;
use super::browser;
use crate::app::access;
use crate::config::{LoginSettings, Settings};
use crate::login::authorization_request::{AuthorizationRequest, REDIRECT_PATH};
use crate::login::authorization_response::{AuthorizationResponse, Listener};
use crate::login::credentials::{self, Credentials};
use crate::tool::ToolInfo;
use crate::tool::policy::ToolPolicy;
use http_client::Network;

/// HubSpot's page on which a person connects an app.
const PAGE: &str = "https://app.hubspot.com/oauth/authorize";

/// A login that did not come about.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The embedded HubSpot needs none.
    #[error("`--sandbox` needs no login: its HubSpot is in this process")]
    Sandbox,
    /// The client secret is in neither of its variables.
    #[error("set `HUBSPOT_CLIENT_SECRET`, or `HUBSPOT_CLIENT_SECRET_FILE`, to the client secret of the app")]
    NoSecret,
    /// The file of the secret.
    #[error(transparent)]
    Secret(#[from] access::Error),
    /// No place for the login.
    #[error("there is no folder for the login: name a file with `--credentials`")]
    NoPlace,
    /// The port of the redirect cannot be opened.
    #[error(
        "port `{0}` of this machine cannot be used ({1}): choose another with `--port`, and add it to the app's redirect URLs"
    )]
    Port(u16, io::Error),
    /// The base address of HubSpot's API is invalid.
    #[error(transparent)]
    Network(#[from] http_client::InvalidBaseUrl),
    /// Nobody has answered.
    #[error(
        "nobody answered on HubSpot's page within `{0}` seconds: run `frontdesk login` again, `--wait` waits longer"
    )]
    Late(u64),
    /// The person or HubSpot has said no.
    #[error("HubSpot has not connected the app: {0}")]
    Refused(String),
    /// The code was not taken.
    #[error(
        "HubSpot did not take the code of its own page: it is used once and within a minute; run `frontdesk login` again"
    )]
    Code,
    /// HubSpot refused the exchange of the code.
    #[error("{0}{hint}", hint = .0.hint().map(|hint| format!("; {hint}")).unwrap_or_default())]
    HubSpot(#[from] hubspot_client::Error),
    /// The file of the login.
    #[error("the login was not kept: {0}")]
    Unkept(#[from] credentials::Error),
    /// Standard output could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Asks the person and keeps the login.
pub(super) async fn run(
    login: &LoginSettings,
    settings: &Settings,
    tools: &[ToolInfo],
    policy: &ToolPolicy,
    out: &mut impl Write,
) -> Result<(), Error> {
    if settings.sandbox {
        return Err(Error::Sandbox);
    }
    let path = access::login_path(settings).ok_or(Error::NoPlace)?;
    let secret = access::client_secret(login.client_secret_file.as_deref(), |name| std::env::var(name).ok())?;
    let app = AppCredentials { client_id: login.client_id.clone(), client_secret: secret.ok_or(Error::NoSecret)? };
    let versions = settings.api_versions.clone().unwrap_or_default();
    let endpoints = endpoints(settings, &versions)?;
    let listener = Listener::open(login.port).await.map_err(|error| Error::Port(login.port, error))?;
    let question = AuthorizationRequest::new(listener.port());
    let (required, optional) = scopes(login, tools, policy);
    let address = question.address(&page(login, settings), &app.client_id, &required, &optional);
    ask(login, &address, listener.port(), out)?;
    let code = wait(login, listener, &question).await?;
    let tokens = exchange(&endpoints, &app, &code, &question).await?;
    let holder = endpoints.introspect(&app, &tokens.access_token).await?;
    keep(&path, &app, tokens.refresh_token, &holder)?;
    tell(&holder, &path, out)
}

pub(super) fn endpoints(
    settings: &Settings,
    versions: &Versions,
) -> Result<OAuthEndpoints, http_client::InvalidBaseUrl> {
    Ok(OAuthEndpoints::new(Network::new(&settings.hubspot_base_url)?, versions))
}

/// The page that is set; else that of a HubSpot on this machine, or HubSpot's own.
fn page(login: &LoginSettings, settings: &Settings) -> Url {
    let own = || -> Option<Url> {
        let base: Url = settings.hubspot_base_url.parse().ok()?;
        if http_client::is_this_machine(base.host_str()?) { base.join("/oauth/authorize").ok() } else { None }
    };
    login.authorize_url.clone().or_else(own).unwrap_or_else(|| PAGE.parse().expect("the constant is a web address"))
}

/// The scopes that are asked for, and those that the person or the account may leave out.
fn scopes(login: &LoginSettings, tools: &[ToolInfo], policy: &ToolPolicy) -> (Vec<String>, Vec<String>) {
    if !login.scopes.is_empty() {
        return (login.scopes.clone(), Vec::new());
    }
    let [required, optional] = [app_scopes::of_served(tools, policy), app_scopes::optional(tools, policy)];
    let owned = |scopes: std::collections::BTreeSet<&str>| scopes.into_iter().map(str::to_owned).collect();
    (owned(required), owned(optional))
}

/// Shows the person the address, and opens their browser there.
fn ask(login: &LoginSettings, address: &Url, port: u16, out: &mut impl Write) -> Result<(), Error> {
    writeln!(out, "Connect the app on HubSpot's page:\n\n  {address}\n")?;
    writeln!(
        out,
        "HubSpot then sends the browser to http://localhost:{port}{REDIRECT_PATH}, which has to be one of the app's"
    )?;
    writeln!(out, "redirect URLs. Waiting for {} seconds.", login.wait)?;
    out.flush()?;
    if !login.no_browser && !browser::open(address) {
        writeln!(out, "No browser could be opened: open the address yourself, on this machine.")?;
        out.flush()?;
    }
    Ok(())
}

async fn wait(
    login: &LoginSettings,
    listener: Listener,
    question: &AuthorizationRequest,
) -> Result<SecretString, Error> {
    let answer = timeout(Duration::from_secs(login.wait), listener.answer(&question.state)).await;
    match answer.ok().flatten().ok_or(Error::Late(login.wait))? {
        AuthorizationResponse::Code(code) => Ok(code.into()),
        AuthorizationResponse::Refused(error, None) => Err(Error::Refused(error)),
        AuthorizationResponse::Refused(error, Some(text)) => Err(Error::Refused(format!("{error}: {text}"))),
    }
}

async fn exchange(
    endpoints: &OAuthEndpoints,
    app: &AppCredentials,
    code: &SecretString,
    question: &AuthorizationRequest,
) -> Result<Tokens, Error> {
    let tokens = endpoints.exchange(app, code.expose_secret(), &question.redirect_uri, &question.verifier).await;
    let tokens = tokens.map_err(|error| match error {
        hubspot_client::Error::LoginEnded => Error::Code,
        error => Error::HubSpot(error),
    })?;
    for secret in [tokens.access_token.secret(), &tokens.refresh_token] {
        known_secrets::remember(secret.expose_secret());
    }
    Ok(tokens)
}

fn keep(path: &Path, app: &AppCredentials, refresh_token: SecretString, holder: &TokenHolder) -> Result<(), Error> {
    let credentials = Credentials { client_id: app.client_id.clone(), refresh_token, portal_id: holder.portal_id };
    Ok(credentials::write(path, &credentials)?)
}

fn tell(holder: &TokenHolder, path: &Path, out: &mut impl Write) -> Result<(), Error> {
    let user = holder.user.as_deref().unwrap_or("a user whom HubSpot does not name");
    writeln!(out, "\nConnected: portal {}, as {user}.", holder.portal_id)?;
    writeln!(out, "It has {} scopes: {}.", holder.scopes.len(), holder.scopes.join(", "))?;
    writeln!(out, "The login is kept in {}, for you alone.", path.display())?;
    writeln!(out, "Every command uses it with the app's client secret, unless HUBSPOT_ACCESS_TOKEN is set.")?;
    Ok(())
}

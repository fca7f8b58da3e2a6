//! `frontdesk stdio` and `frontdesk http`: the MCP server.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use clap::ArgMatches;
use clap::parser::ValueSource;
use domain::known_secrets;
use hubspot_client::Callers;
use secrecy::{ExposeSecret, SecretString};
use tracing::{info, warn};

use super::{autopilot, web_pages};
use crate::app::access::{self, HubSpotAccess};
use crate::app::{App, descriptors, webhook};
use crate::config::{self, HandoffChoice, HttpSettings, Sessions, Settings};
use crate::mcp::http;
use crate::telemetry;

/// Builds the parts of the server from the settings and the environment. `client_secret_file` is one that a flag names,
/// `address` is where it will listen, if it will.
pub(super) fn app(
    settings: &Settings,
    client_secret_file: Option<&Path>,
    callers: Callers,
    address: Option<SocketAddr>,
) -> anyhow::Result<App> {
    let access = match settings.sandbox {
        true => HubSpotAccess::None,
        false => access::find(settings, client_secret_file, |name| std::env::var(name).ok())?,
    };
    if matches!(access, HubSpotAccess::None) && !settings.sandbox {
        let [first, _] = config::TOKEN_VARIABLES;
        warn!(
            "No HubSpot token: every call will fail. Set {first}, or run `frontdesk login`, or start with --sandbox to try \
             it out. A placeholder that the client passes on as it stands, such as ${{{first}}}, is no token."
        );
    }
    // The embedded HubSpot does not get it, but it is a secret all the same.
    let token = config::token(|name| std::env::var(name).ok());
    let key = std::env::var(config::EMBEDDINGS_KEY_VARIABLE).ok().map(SecretString::from);
    remember(token.iter().chain(&key));
    Ok(App::with_access(settings, access, callers, address)?)
}

/// Has these secrets masked in answers, errors and log lines.
fn remember<'a>(secrets: impl Iterator<Item = &'a SecretString>) {
    secrets.for_each(|secret| known_secrets::remember(secret.expose_secret()));
}

/// Serves one client over stdin and stdout.
pub(super) async fn stdio(settings: &Settings) -> anyhow::Result<()> {
    app(settings, None, Callers::One, None)?.serve_stdio().await.context("serving MCP over stdin and stdout")
}

/// The settings with a way to people, where customers chat with the embedded account and nothing was said of it.
pub(super) fn with_people(settings: &Settings, http: &HttpSettings, given: &ArgMatches) -> Settings {
    let is_said = given.value_source("handoff").is_some_and(|source| source != ValueSource::DefaultValue);
    match settings.sandbox && http.page.chat && !is_said {
        true => Settings { handoff: HandoffChoice::Ticket, ..settings.clone() },
        false => settings.clone(),
    }
}

/// Serves clients over HTTP.
pub(super) async fn http(settings: &Settings, given: HttpSettings) -> anyhow::Result<()> {
    let mut app = app(settings, given.webhook.client_secret_file.as_deref(), Callers::Several, Some(given.bind))?;
    remember(given.state_key.iter());
    let secret = webhook::client_secret(&given.webhook, |name| std::env::var(name).ok())?;
    let inboxes = settings.poll_inboxes.clone().unwrap_or_default();
    let pages = web_pages::open(&app, settings, &given).await?;
    let outside = given.webhook.public_url.as_ref().filter(|url| !url.is_this_machine());
    let signed_routes = app.webhook_routes(&given.webhook, secret, inboxes);
    if let Some(path) = &given.autopilot {
        autopilot::prepare(&mut app, settings, path, &given.model, pages.turn_watcher()).await?;
    }
    let server = http::HttpServer::open(http::Settings {
        auth_token: given.auth_token,
        auth_file: given.auth_file,
        allowed_hosts: given.allowed_host,
        allowed_origins: given.allowed_origin,
        trusted_proxies: given.trusted_proxy,
        sse: !given.no_sse,
        replica: given.replica,
        state_key: given.state_key,
        calls_per_second: given.calls_per_second,
        calls_at_once: given.calls_at_once,
        body_bytes_max: given.body_max,
        connections_max: descriptors::connections(),
        sessions_required: given.sessions == Sessions::Required,
        sessions_max: given.sessions_max,
        public_host: outside.map(|url| url.host().to_owned()),
        signed_routes,
        visitor_routes: pages.visitor_routes(),
        caller_routes: pages.caller_routes(),
        metrics: Some(telemetry::metrics()?),
        ..http::Settings::new(given.bind)
    })
    .await?;
    let address = server.address()?;
    info!(%address, "Serving MCP at http://{address}/mcp.");
    pages.announce(address);
    app.serve_http(server, Duration::from_secs(given.drain_delay)).await.context("serving MCP over HTTP")
}

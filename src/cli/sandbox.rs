//! `frontdesk sandbox`: the embedded HubSpot as a server of its own.

use anyhow::Context;
use domain::known_secrets;
use hubspot_sandbox::Sandbox;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tracing::{info, warn};

use crate::app;
use crate::config::{SandboxSettings, Settings};
use crate::mcp::auth::token_rules;

/// Serves the account until the process is asked to stop.
pub(super) async fn serve(common: &Settings, settings: SandboxSettings) -> anyhow::Result<()> {
    check_admin_token(&settings)?;
    settings.admin_token.iter().for_each(|token| known_secrets::remember(token.expose_secret()));
    let sandbox = account(common, &settings)?;
    let listener = TcpListener::bind(settings.bind).await.with_context(|| format!("listening on {}", settings.bind))?;
    let address = listener.local_addr()?;
    info!(%address, "The embedded HubSpot answers at http://{address}; its token is `{}`.", sandbox.token());
    Ok(sandbox.serve(listener, settings.data, app::signals::asked_to_stop()).await?)
}

/// Checks that other machines cannot guess their way to the admin plane.
fn check_admin_token(settings: &SandboxSettings) -> anyhow::Result<()> {
    match (settings.admin_token.as_ref().map(ExposeSecret::expose_secret), settings.bind.ip().is_loopback()) {
        (None, false) => anyhow::bail!(
            "`{}` is reached from other machines, which could then change this account through `/__sandbox`: set \
             --admin-token, or bind to 127.0.0.1",
            settings.bind
        ),
        (Some(""), _) => anyhow::bail!("--admin-token is empty: leave it out, or give it a value"),
        (Some(token), false) => token_rules::check(token).context("--admin-token cannot be used"),
        _ => Ok(()),
    }
}

/// Opens the account in the data file, or makes a new one. The file is written at once, so that an account that cannot be
/// kept is not even started.
fn account(common: &Settings, settings: &SandboxSettings) -> anyhow::Result<Sandbox> {
    let usual = hubspot_sandbox::Settings {
        search_lag_ms: settings.search_lag,
        delay_ms: settings.delay,
        admin_token: settings.admin_token.clone(),
        ..app::account(common)
    };
    let Some(file) = &settings.data else { return new_account(usual, settings) };
    let sandbox = match Sandbox::open(usual.clone(), file)? {
        Some(kept) => {
            if settings.seed.is_some() || settings.records > 0 {
                warn!("The account in `{}` goes on: --seed and --records are for a new one.", file.display());
            }
            kept
        }
        None => new_account(usual, settings)?,
    };
    sandbox.save(file)?;
    Ok(sandbox)
}

/// Makes the account of the seed file, or the account of the seed company.
fn new_account(usual: hubspot_sandbox::Settings, settings: &SandboxSettings) -> anyhow::Result<Sandbox> {
    let sandbox = match &settings.seed {
        Some(file) => Sandbox::from_seed_file(usual, file)?,
        None => Sandbox::new(usual),
    };
    sandbox.generate_contacts(settings.records);
    Ok(sandbox)
}

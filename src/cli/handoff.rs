//! `frontdesk handoff`: sets up the channel through which conversations go to people, removes it, and says how it stands.

use std::io::{self, Write};

use domain::clock::Clock;
use http_client::{HttpClient, Network};
use hubspot_client::{DeveloperKey, Inbox};

use crate::app::{App, developer_key};
use crate::config::{DeveloperApp, HandoffCommand, HandoffSetup, HandoffStatus};
use crate::events::public_url::PublicUrl;
use crate::handoff::channel_address::{PATH, shown};
use crate::handoff::channel_state::{self, Advice, ChannelStatus, Reach};
use crate::handoff::connect::{self, ChannelContext, SetUp, SetupChange, SetupResult};

/// Runs the command; `false` if something is left to do.
pub(super) async fn run(command: &HandoffCommand, app: &App, out: &mut impl Write) -> anyhow::Result<bool> {
    let desk = ChannelContext { hubspot: app.hubspot.clone(), store: app.store.clone(), clock: Clock::System };
    match command {
        HandoffCommand::Setup(setup) => set_up(&desk, setup, out).await,
        HandoffCommand::Remove(app) => remove(&desk, app, out).await,
        HandoffCommand::Status(status) => tell_status(&desk, status, out).await,
    }
}

fn key(app: &DeveloperApp) -> Result<DeveloperKey, developer_key::Error> {
    developer_key::read(app.app_id, app.developer_key_file.as_deref(), |name| std::env::var(name).ok())
}

async fn set_up(desk: &ChannelContext, setup: &HandoffSetup, out: &mut impl Write) -> anyhow::Result<bool> {
    let wishes = SetUp { key: key(&setup.app)?, server: setup.public_url.clone(), inboxes: setup.inbox.clone() };
    writeln!(out, "Setting up the channel to people; a new one may take a minute to be listed.")?;
    out.flush()?;
    match connect::set_up(desk, &wishes).await {
        Ok(done) => tell_done(&done, &setup.public_url, out).map(|()| true).map_err(Into::into),
        Err(error) => tell_error(&error, out).map(|()| false).map_err(Into::into),
    }
}

fn tell_error(error: &connect::Error, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "It was not done: {error}.")?;
    error.hint().map_or(Ok(()), |hint| writeln!(out, "{hint}"))
}

fn tell_done(done: &SetupResult, server: &PublicUrl, out: &mut impl Write) -> io::Result<()> {
    done.changes.iter().try_for_each(|change| writeln!(out, "  {}", said(change, &done.inboxes)))?;
    if done.changes.is_empty() {
        writeln!(out, "  Everything was as it should be; nothing was changed.")?;
    }
    let inboxes: Vec<_> = done.inboxes.iter().map(|inbox| format!("`{}`", inbox.name)).collect();
    writeln!(out, "The channel {} is connected to {}.", done.channel, inboxes.join(", "))?;
    writeln!(out, "HubSpot sends what people answer to {}{PATH}/….", server.at(""))?;
    writeln!(
        out,
        "Serve it: `frontdesk http --public-url {server}`, with the app's client secret and the same --store. It takes \
         the channel up within seconds."
    )
}

/// A change in a line.
fn said(change: &SetupChange, inboxes: &[Inbox]) -> String {
    let name =
        |id: &str| inboxes.iter().find(|inbox| inbox.id == id).map_or(id, |inbox| inbox.name.as_str()).to_owned();
    match change {
        SetupChange::Made { channel } => format!("Made the channel {channel}."),
        SetupChange::Found { channel } => format!("Found the channel {channel}, which is used."),
        SetupChange::Archived { channel } => format!("Archived the channel {channel}."),
        SetupChange::Repaired { channel } => format!("Gave the channel {channel} its address and capabilities again."),
        SetupChange::Connected { inbox } => format!("Connected `{}`.", name(inbox)),
        SetupChange::Switched { inbox, on: true } => format!("Switched `{}` on again.", name(inbox)),
        SetupChange::Switched { inbox, on: false } => {
            format!("Switched the inbox {inbox} off, which was not named any more.")
        }
    }
}

async fn remove(desk: &ChannelContext, app: &DeveloperApp, out: &mut impl Write) -> anyhow::Result<bool> {
    match connect::remove(desk, &key(app)?).await {
        Ok(changes) => {
            changes.iter().try_for_each(|change| writeln!(out, "  {}", said(change, &[])))?;
            writeln!(out, "No channel is set up now; conversations stay in HubSpot.")?;
            Ok(true)
        }
        Err(error) => tell_error(&error, out).map(|()| false).map_err(Into::into),
    }
}

async fn tell_status(desk: &ChannelContext, status: &HandoffStatus, out: &mut impl Write) -> anyhow::Result<bool> {
    let key = match status.app_id {
        Some(app_id) => {
            developer_key::read(app_id, status.developer_key_file.as_deref(), |name| std::env::var(name).ok()).ok()
        }
        None => None,
    };
    let server = status.public_url.as_ref();
    let web = server.map(|server| Network::new(&server.at(""))).transpose()?;
    let web = web.as_ref().map(|web| web as &dyn HttpClient);
    let Some(state) = channel_state::look(desk, key.as_ref(), server, web).await? else {
        writeln!(out, "No channel is set up: `frontdesk handoff setup` makes one.")?;
        return Ok(false);
    };
    tell_state(&state, server, out)?;
    let advice = channel_state::advice(&state, server);
    advice.iter().try_for_each(|one| writeln!(out, "To do: {}.", to_do(one)))?;
    let is_fine = advice.iter().all(|one| *one == Advice::GiveKey);
    if is_fine {
        writeln!(out, "All is well.")?;
    }
    Ok(is_fine)
}

fn tell_state(state: &ChannelStatus, server: Option<&PublicUrl>, out: &mut impl Write) -> io::Result<()> {
    let id = state.noted.channel.as_deref().unwrap_or("not known yet");
    let channel = match &state.channel {
        None => "not looked at without the app's id and developer key".to_owned(),
        Some(Err(error)) => format!("not known: {error}"),
        Some(Ok(None)) => "HubSpot has no such channel; it was archived, or its making broke off".to_owned(),
        Some(Ok(Some(channel))) => format!("`{}`, with {}", channel.name, shown(&channel.webhook_url)),
    };
    writeln!(out, "Channel {id} of app {}: {channel}.", state.noted.app)?;
    for account in &state.accounts {
        let stands = match &state.connected {
            Err(error) => format!("not known: {error}"),
            Ok(connected) if channel_state::is_on(account, connected) => "connected".to_owned(),
            Ok(_) => "switched off, or gone".to_owned(),
        };
        writeln!(out, "  Inbox {}: {stands} (account {}).", account.inbox, account.account)?;
    }
    let reach = match (&state.reach, server) {
        (None, _) | (_, None) => "not tried without --public-url".to_owned(),
        (Some(Reach::Ours), Some(_)) => "this server answers there".to_owned(),
        (Some(Reach::Unknown), Some(_)) => "a server answers there that does not know the path".to_owned(),
        (Some(Reach::Another(status)), Some(_)) => format!("something answers there with status {status}"),
        (Some(Reach::Unreachable(reason)), Some(_)) => format!("nothing answers there: {reason}"),
    };
    writeln!(out, "Webhook: {reach}.")
}

fn to_do(advice: &Advice) -> String {
    match advice {
        Advice::SetUp => "run `frontdesk handoff setup` again; it mends this".to_owned(),
        Advice::Serve => {
            "start `frontdesk http` with this --public-url, the app's client secret and the same --store, and let the \
             address lead to it"
                .to_owned()
        }
        Advice::GiveKey => "name the app with --app-id and its developer key to have the channel looked at".to_owned(),
        Advice::Mend(hint) => hint.clone(),
    }
}

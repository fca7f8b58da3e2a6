//! How the channel stands: what the store notes, what HubSpot has, and whether the address of its webhook leads here.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_client::{HttpClient, SendError};
use hubspot_client::{self as client, ConnectedAccount, CustomChannel, DeveloperKey};
use tokio::time::{Instant, timeout};

use super::channel_address::{PATH, PathSecret};
use super::channel_definition;
use super::connect::ChannelContext;
use crate::events::public_url::PublicUrl;
use crate::store;
use crate::store::handoff_channel::{HandoffAccount, HandoffChannel};

/// The longest time of one question.
const ASK_MAX: Duration = Duration::from_secs(20);

/// How the channel stands.
#[derive(Debug)]
pub struct ChannelStatus {
    /// What the store notes.
    pub noted: HandoffChannel,
    /// The inboxes that the store notes.
    pub accounts: Vec<HandoffAccount>,
    /// The channel in HubSpot; `None` if it is not there. Not asked without a developer key.
    pub channel: Option<Result<Option<CustomChannel>, client::Error>>,
    /// The accounts in HubSpot.
    pub connected: Result<Vec<ConnectedAccount>, client::Error>,
    /// The answer at the address of the webhook. Not asked without the address of this server.
    pub reach: Option<Reach>,
}

/// The answer to a request without a signature at the address of the webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This server refused it: it takes those that are signed.
    Ours,
    /// A server answered that knows no such path.
    Unknown,
    /// Something else answered, with this status.
    Another(u16),
    /// Nothing answered, for this reason.
    Unreachable(String),
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Set up (again).
    SetUp,
    /// Start the server with the address and the secret, and this store.
    Serve,
    /// Give the developer key.
    GiveKey,
    /// Look at the error of the token or the key.
    Mend(String),
}

/// Asks how the channel stands; `None` if the store knows none.
///
/// # Errors
/// The store cannot be read.
pub async fn look(
    desk: &ChannelContext,
    key: Option<&DeveloperKey>,
    server: Option<&PublicUrl>,
    web: Option<&dyn HttpClient>,
) -> Result<Option<ChannelStatus>, store::Error> {
    let Some(noted) = desk.store.handoff_channel().await? else { return Ok(None) };
    domain::known_secrets::remember(&noted.path_secret);
    let hubspot = desk.hubspot.for_call(Instant::now() + ASK_MAX);
    let channels = hubspot.custom_channels();
    let channel = match key {
        Some(key) => Some(
            channels.channels(key).await.map(|all| all.into_iter().find(|one| Some(&one.id) == noted.channel.as_ref())),
        ),
        None => None,
    };
    let connected = match &noted.channel {
        Some(id) => channels.accounts(id).await,
        None => Err(client::Error::NotFound),
    };
    let reach = match (server, web) {
        (Some(_), Some(web)) => Some(reach(web, &noted.path_secret).await),
        _ => None,
    };
    Ok(Some(ChannelStatus { accounts: desk.store.handoff_accounts().await?, noted, channel, connected, reach }))
}

/// Sends a request without a signature to the webhook, through a client of this server's address.
pub async fn reach(web: &dyn HttpClient, path_secret: &str) -> Reach {
    let request = Request::post(format!("{PATH}/{path_secret}")).header(header::CONTENT_TYPE, "application/json");
    let Ok(request) = request.body(Bytes::from_static(b"{}")) else { return Reach::Unreachable(String::new()) };
    match timeout(ASK_MAX, web.send(request)).await {
        Ok(Ok(answer)) => match answer.status() {
            StatusCode::UNAUTHORIZED => Reach::Ours,
            StatusCode::NOT_FOUND => Reach::Unknown,
            status => Reach::Another(status.as_u16()),
        },
        Ok(Err(SendError::BeforeSend(reason) | SendError::AfterSend(reason))) => Reach::Unreachable(reason),
        Err(_) => Reach::Unreachable("no answer came in time".to_owned()),
    }
}

/// What to do, the most important first; nothing if all is well.
pub fn advice(state: &ChannelStatus, server: Option<&PublicUrl>) -> Vec<Advice> {
    let mut advice = vec![];
    match &state.channel {
        None => advice.push(Advice::GiveKey),
        Some(Err(error)) => advice.push(Advice::Mend(error.hint().unwrap_or_else(|| error.to_string()))),
        Some(Ok(None)) => advice.push(Advice::SetUp),
        Some(Ok(Some(channel))) if !is_as_wanted(channel, &state.noted, server) => advice.push(Advice::SetUp),
        Some(Ok(Some(_))) => {}
    }
    match &state.connected {
        Err(client::Error::NotFound) => advice.push(Advice::SetUp),
        Err(error) => advice.push(Advice::Mend(error.hint().unwrap_or_else(|| error.to_string()))),
        Ok(connected) if state.accounts.is_empty() || !state.accounts.iter().all(|one| is_on(one, connected)) => {
            advice.push(Advice::SetUp);
        }
        Ok(_) => {}
    }
    if state.reach.as_ref().is_some_and(|reach| *reach != Reach::Ours) {
        advice.push(Advice::Serve);
    }
    advice.dedup();
    advice
}

fn is_as_wanted(channel: &CustomChannel, noted: &HandoffChannel, server: Option<&PublicUrl>) -> bool {
    let secret = PathSecret::read(&noted.path_secret);
    match (server, secret) {
        (Some(server), Some(secret)) => channel.is_like(&channel_definition::channel(server, &secret)),
        _ => true,
    }
}

/// True for an account that is there and takes messages.
pub fn is_on(noted: &HandoffAccount, connected: &[ConnectedAccount]) -> bool {
    connected.iter().any(|one| one.id == noted.account && one.is_authorized)
}

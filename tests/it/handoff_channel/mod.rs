//! The channel through which conversations go to people: its set-up, its webhook, and both as their users start them.

mod acceptance;
mod command;
mod repair;
mod setup;
mod webhook;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::clock::Clock;
use frontdesk::handoff::connect::{self, ChannelContext, Error, SetUp, SetupResult};
use frontdesk::store::{Location, Store};
use hmac::{Hmac, KeyInit, Mac};
use http_client::InProcess;
use hubspot_client::{ConnectedAccount, CustomChannel, DeveloperKey, HubSpot};
use hubspot_sandbox::Sandbox;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::world::sandbox_and_client;

/// The app of the embedded HubSpot, with its developer key and client secret (docs/sandbox.md).
pub(crate) const APP: u64 = 8_190_702;
pub(crate) const DEVELOPER_KEY: &str = "5ab0dec0-de0e-4e10-8e11-5a0db0cad353";
pub(crate) const CLIENT_SECRET: &str = "5ab0dec0-5ec2-4e70-9b1d-5a0db0cad352";

pub(crate) const SERVER: &str = "https://desk.example.com";
pub(crate) const HELP_DESK: &str = "948000001";
pub(crate) const INBOX: &str = "948000000";

/// The signature of version 3, computed as HubSpot documents it.
fn signature(secret: &str, url: &str, body: &[u8], timestamp: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    [b"POST", url.as_bytes(), body, timestamp.as_bytes()].iter().for_each(|part| mac.update(part));
    STANDARD.encode(mac.finalize().into_bytes())
}

/// An account of HubSpot's, and a desk that sets its channel up.
pub(crate) struct Place {
    pub(crate) sandbox: Sandbox,
    pub(crate) desk: ChannelContext,
}

impl Place {
    pub(crate) fn new() -> Place {
        Place::with(hubspot_sandbox::Settings::default())
    }

    pub(crate) fn with(settings: hubspot_sandbox::Settings) -> Place {
        let (sandbox, hubspot, clock) = sandbox_and_client(settings, hubspot_client::Settings::default());
        let store = Store::timed_by(Location::Memory, clock);
        Place { desk: ChannelContext { hubspot, store, clock }, sandbox }
    }

    /// The same account, for a desk whose store knows nothing.
    pub(crate) fn with_new_store(&self) -> Place {
        let clock: Clock = self.desk.clock;
        let token = Some(self.sandbox.token().into());
        let hubspot = HubSpot::new(InProcess(self.sandbox.router()), token, hubspot_client::Settings::default(), clock);
        let store = Store::timed_by(Location::Memory, clock);
        Place { sandbox: self.sandbox.clone(), desk: ChannelContext { hubspot, store, clock } }
    }

    pub(crate) async fn set_up(&self) -> Result<SetupResult, Error> {
        connect::set_up(&self.desk, &wishes(&[])).await
    }

    pub(crate) async fn set_up_for(&self, inboxes: &[&str]) -> Result<SetupResult, Error> {
        connect::set_up(&self.desk, &wishes(inboxes)).await
    }

    pub(crate) async fn channels(&self) -> Vec<CustomChannel> {
        self.desk.hubspot.custom_channels().channels(&key()).await.unwrap()
    }

    pub(crate) async fn accounts(&self, channel: &str) -> Vec<ConnectedAccount> {
        self.desk.hubspot.custom_channels().accounts(channel).await.unwrap()
    }

    /// The requests that may change something, as `METHOD path`.
    pub(crate) fn writes(&self) -> Vec<String> {
        let all = self.sandbox.requests();
        let writes = all.iter().filter(|one| one.method != "GET");
        writes.map(|one| format!("{} {}", one.method, one.path)).collect()
    }

    /// The only channel with its only account, in HubSpot and as the store notes them.
    pub(crate) async fn expect_one(&self, name: &str) -> CustomChannel {
        let mut channels = self.channels().await;
        assert_eq!(channels.len(), 1, "{name}");
        let channel = channels.remove(0);
        let accounts = self.accounts(&channel.id).await;
        assert_eq!(accounts.len(), 1, "{name}");
        let noted = self.desk.store.handoff_channel().await.unwrap().unwrap();
        assert_eq!(noted.channel.as_ref(), Some(&channel.id), "{name}");
        assert!(channel.webhook_url.ends_with(&format!("/webhooks/handoff/{}", noted.path_secret)), "{name}");
        let kept = self.desk.store.handoff_accounts().await.unwrap();
        assert_eq!((kept.len(), &kept[0].account), (1, &accounts[0].id), "{name}");
        channel
    }
}

pub(crate) fn key() -> DeveloperKey {
    DeveloperKey { key: DEVELOPER_KEY.to_owned().into(), app_id: APP }
}

pub(crate) fn wishes(inboxes: &[&str]) -> SetUp {
    let inboxes = inboxes.iter().map(|one| (*one).to_owned()).collect();
    SetUp { key: key(), server: SERVER.parse().unwrap(), inboxes }
}

/// A person's message as HubSpot sends it to the channel, now.
pub(crate) fn person_wrote(channel: &str, thread: &str, message: &str) -> Value {
    json!({
        "type": "OUTGOING_CHANNEL_MESSAGE_CREATED", "portalId": "44237313", "channelId": channel, "eventId": "e",
        "eventTimestamp": Clock::System.now().to_rfc3339(), "channelIntegrationThreadIds": ["chat-1"],
        "message": {
            "id": message, "type": "MESSAGE", "conversationsThreadId": thread, "createdBy": "A-9586504",
            "senders": [{"actorId": "A-9586504", "name": "Veronica Chen"}], "text": "We are on our way",
            "direction": "OUTGOING", "status": {"statusType": "SENT"}, "attachments": []
        }
    })
}

//! Sets the channel up, removes it and looks at it: takes the steps that [`super::setup`] decides, one set-up at a time.
//!
//! Nothing is lost by a crash between two steps: what was begun stands in the store or in HubSpot, and the next set-up goes
//! on from there.

use std::time::Duration;

use domain::clock::Clock;
use domain::known_secrets;
use hubspot_client::{
    self as client, ChannelAccountChange, ConnectedAccount, CustomChannel, DeveloperKey, HubSpot, Inbox,
};
use tokio::time::{Instant, sleep};

use super::channel_address::{PATH, PathSecret};
use super::channel_definition;
use super::channel_lease::LeaseHandle;
use super::setup::{self, DesiredChannel, ExistingChannel, LISTED_AFTER, Step, StoredChannel};
use crate::events::public_url::PublicUrl;
use crate::store::handoff_channel::HandoffChannel;
use crate::store::{self, Store};

/// The most looks of one set-up: a new channel is waited for, and the rest takes a handful.
const LOOKS_MAX: usize = 60;
/// The pause before another look.
const LOOK_EVERY: Duration = Duration::from_secs(3);
/// The pause after an account whose making is unclear: HubSpot may still be at it.
const SETTLED_AFTER: Duration = Duration::from_secs(15);
/// The longest time of one request, with its repeats.
const CALL_MAX: Duration = Duration::from_secs(30);
/// The most times that an account is refused because it is there already, and then not listed.
const CONFLICTS_MAX: usize = 5;

/// The parts that a set-up works with.
#[derive(Clone, Debug)]
pub struct ChannelContext {
    /// The client, with a token of the app.
    pub hubspot: HubSpot,
    /// The store.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
}

/// The wishes of whoever sets up.
#[derive(Clone, Debug)]
pub struct SetUp {
    /// The developer key of the app.
    pub key: DeveloperKey,
    /// The address of this server from outside.
    pub server: PublicUrl,
    /// Inboxes and help desks, by name or id; empty for those of the last time, or the only help desk.
    pub inboxes: Vec<String>,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetupChange {
    /// The channel was made.
    Made {
        /// HubSpot's id.
        channel: String,
    },
    /// The channel was there and is used.
    Found {
        /// HubSpot's id.
        channel: String,
    },
    /// A channel with our address was archived.
    Archived {
        /// HubSpot's id.
        channel: String,
    },
    /// The channel got its address and capabilities again.
    Repaired {
        /// HubSpot's id.
        channel: String,
    },
    /// An inbox was connected.
    Connected {
        /// HubSpot's id of the inbox.
        inbox: String,
    },
    /// An account was switched on again, or off.
    Switched {
        /// HubSpot's id of the inbox.
        inbox: String,
        /// On.
        on: bool,
    },
}

/// The end of a set-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupResult {
    /// HubSpot's id of the channel.
    pub channel: String,
    /// The inboxes to which it is connected, the most important one first.
    pub inboxes: Vec<Inbox>,
    /// What was done, in its order; nothing if everything was as it should be.
    pub changes: Vec<SetupChange>,
}

/// The reason why the channel could not be set up or removed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// HubSpot refused or could not be asked.
    #[error("{0}")]
    HubSpot(#[from] client::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// No inbox has the name, or several have.
    #[error("{problem} `{name}`; the account has {there}")]
    Inbox {
        /// What is wrong.
        problem: &'static str,
        /// What was given.
        name: String,
        /// The inboxes that there are.
        there: String,
    },
    /// No inbox was chosen, and there is not exactly one help desk.
    #[error("no inbox was chosen: name one or more with --inbox; the account has {there}")]
    NoInbox {
        /// The inboxes that there are.
        there: String,
    },
    /// The store has the channel of another app or account.
    #[error(
        "the store has the channel of app {app} in account {portal}: remove that one first with its own key and token, or \
         name another --store"
    )]
    AnotherApp {
        /// The app.
        app: u64,
        /// The account.
        portal: u64,
    },
    /// Another set-up did not end.
    #[error("another set-up works on the channel and does not end; try again in a few minutes")]
    Busy,
    /// The developer key sees the channel and the token does not.
    #[error(
        "HubSpot shows the channel to the developer key and not to the token: the token must be that of the same app \
         (`frontdesk login`), with conversations.custom_channels.read and .write"
    )]
    NotOurs,
    /// HubSpot did not come to rest.
    #[error("HubSpot did not show what was made in time; run the same command again, it goes on from there")]
    Unsettled,
}

impl Error {
    /// What to do, where the message does not say it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::HubSpot(error) => error.hint(),
            _ => None,
        }
    }
}

/// Sets the channel up. Harmless to repeat, also after a crash and beside another one.
///
/// # Errors
/// [`Error`]; what was done until then stays, and the next set-up goes on from there.
pub async fn set_up(desk: &ChannelContext, wishes: &SetUp) -> Result<SetupResult, Error> {
    let held = LeaseHandle::take(&desk.store).await?.ok_or(Error::Busy)?;
    let mut work = Work { desk, key: &wishes.key, held, changes: vec![] };
    let done = work.set_up(wishes).await;
    // A lease that cannot be given back ends by itself.
    let _ = work.held.release().await;
    done
}

/// Archives the channel in HubSpot and forgets it. Returns what was archived; nothing if there was none.
///
/// # Errors
/// [`Error`]; then it is not forgotten.
pub async fn remove(desk: &ChannelContext, key: &DeveloperKey) -> Result<Vec<SetupChange>, Error> {
    let held = LeaseHandle::take(&desk.store).await?.ok_or(Error::Busy)?;
    let mut work = Work { desk, key, held, changes: vec![] };
    let done = work.remove().await;
    let Work { held, changes, .. } = work;
    let _ = held.release().await;
    done.map(|()| changes)
}

struct Work<'a> {
    desk: &'a ChannelContext,
    key: &'a DeveloperKey,
    held: LeaseHandle,
    changes: Vec<SetupChange>,
}

impl Work<'_> {
    async fn set_up(&mut self, wishes: &SetUp) -> Result<SetupResult, Error> {
        let mut row = self.row().await?;
        let inboxes = self.inboxes(&wishes.inboxes).await?;
        let mut conflicts = 0;
        for _ in 0..LOOKS_MAX {
            let wanted = self.wanted(&row, &wishes.server, &inboxes);
            let known = self.known(&row).await?;
            let found = self.found(&known, &wanted).await?;
            let steps = setup::plan(&known, &found, &wanted);
            if steps.is_empty() {
                let channel = known.channel.unwrap_or_default();
                return Ok(SetupResult { channel, inboxes, changes: std::mem::take(&mut self.changes) });
            }
            for step in steps {
                self.hold().await?;
                match self.take(step, &mut row, &wanted).await {
                    Err(Error::HubSpot(client::Error::Conflict { .. })) if conflicts < CONFLICTS_MAX => {
                        conflicts += 1;
                        sleep(LOOK_EVERY).await;
                    }
                    taken => taken?,
                }
            }
        }
        Err(Error::Unsettled)
    }

    /// The row of the channel; a new one is stored before anything is made.
    async fn row(&self) -> Result<HandoffChannel, Error> {
        let (portal, app) = (self.call().account().details_fresh().await?.portal_id, self.key.app_id);
        let row = match self.desk.store.handoff_channel().await? {
            Some(row) if (row.portal, row.app) == (portal, app) && PathSecret::read(&row.path_secret).is_some() => row,
            Some(row) if (row.portal, row.app) != (portal, app) => {
                return Err(Error::AnotherApp { app: row.app, portal: row.portal });
            }
            _ => {
                let path_secret = PathSecret::random().expose().to_owned();
                let row = HandoffChannel { portal, app, path_secret, channel: None, begun_ms: None };
                self.desk.store.keep_handoff_channel(row.clone()).await?;
                row
            }
        };
        known_secrets::remember(&row.path_secret);
        Ok(row)
    }

    fn wanted(&self, row: &HandoffChannel, server: &PublicUrl, inboxes: &[Inbox]) -> DesiredChannel {
        let secret = PathSecret::read(&row.path_secret).unwrap_or_else(PathSecret::random);
        DesiredChannel {
            channel: channel_definition::channel(server, &secret),
            below: server.at(PATH),
            inboxes: inboxes.iter().map(|inbox| inbox.id.clone()).collect(),
            account_name: channel_definition::NAME.to_owned(),
        }
    }

    async fn known(&self, row: &HandoffChannel) -> Result<StoredChannel, Error> {
        Ok(StoredChannel {
            channel: row.channel.clone(),
            begun: row.begun_ms.map(|begun_ms| self.since(begun_ms)),
            accounts: self.desk.store.handoff_accounts().await?,
        })
    }

    async fn found(&self, known: &StoredChannel, wanted: &DesiredChannel) -> Result<ExistingChannel, Error> {
        let channels = self.call().custom_channels().channels(self.key).await?;
        let mut found = ExistingChannel { channels, accounts: None };
        if let Some(ours) = setup::ours(known, &found, wanted).filter(|one| Some(&one.id) == known.channel.as_ref()) {
            found.accounts = self.accounts(&ours.id, known).await?;
        }
        Ok(found)
    }

    /// The accounts of our channel; `None` while HubSpot does not know the channel yet.
    async fn accounts(&self, channel: &str, known: &StoredChannel) -> Result<Option<Vec<ConnectedAccount>>, Error> {
        match self.call().custom_channels().accounts(channel).await {
            Ok(accounts) => Ok(Some(accounts)),
            Err(client::Error::NotFound) if known.begun.is_some_and(|begun| begun < LISTED_AFTER) => Ok(None),
            Err(client::Error::NotFound) => Err(Error::NotOurs),
            Err(error) => Err(error.into()),
        }
    }

    async fn take(&mut self, step: Step, row: &mut HandoffChannel, wanted: &DesiredChannel) -> Result<(), Error> {
        match step {
            Step::Wait => sleep(LOOK_EVERY).await,
            Step::MakeChannel => self.make(row, wanted).await?,
            Step::Adopt { channel, secret } => {
                known_secrets::remember(secret.expose());
                row.path_secret = secret.expose().to_owned();
                self.keep(row, &channel).await?;
                self.changes.push(SetupChange::Found { channel });
            }
            Step::KeepChannel { channel } => {
                self.keep(row, &channel).await?;
                self.changes.push(SetupChange::Found { channel });
            }
            Step::ArchiveChannel { channel } => {
                self.call().custom_channels().archive_channel(self.key, &channel).await?;
                self.changes.push(SetupChange::Archived { channel });
            }
            Step::RepairChannel { channel } => {
                self.call().custom_channels().change_channel(self.key, &channel, &wanted.channel).await?;
                self.changes.push(SetupChange::Repaired { channel });
            }
            Step::Connect(account) => self.connect(row, account).await?,
            Step::Authorize { account, inbox, on } => {
                let change = ChannelAccountChange { is_authorized: Some(on), ..ChannelAccountChange::default() };
                let channel = row.channel.clone().unwrap_or_default();
                self.call().custom_channels().change_account(&channel, &account, &change).await?;
                self.changes.push(SetupChange::Switched { inbox, on });
            }
            Step::KeepAccounts(accounts) => self.desk.store.keep_handoff_accounts(accounts).await?,
        }
        Ok(())
    }

    /// Makes the channel. That it was begun is stored first: if the answer is lost, or this process ends, the next look
    /// waits for it.
    async fn make(&mut self, row: &mut HandoffChannel, wanted: &DesiredChannel) -> Result<(), Error> {
        row.channel = None;
        row.begun_ms = Some(self.now_ms());
        self.desk.store.keep_handoff_channel(row.clone()).await?;
        match self.call().custom_channels().create_channel(self.key, wanted.channel.clone()).await {
            Ok(made) => {
                let channel = made.value.id;
                self.keep(row, &channel).await?;
                self.changes.push(SetupChange::Made { channel });
                Ok(())
            }
            Err(client::Error::OutcomeUnknown { .. }) => Ok(()),
            Err(error) => {
                // HubSpot did nothing, so nothing is waited for.
                row.begun_ms = None;
                self.desk.store.keep_handoff_channel(row.clone()).await?;
                Err(error.into())
            }
        }
    }

    async fn connect(&mut self, row: &HandoffChannel, account: client::NewChannelAccount) -> Result<(), Error> {
        let (channel, inbox) = (row.channel.clone().unwrap_or_default(), account.inbox_id.clone());
        match self.call().custom_channels().create_account(&channel, account).await {
            Ok(_) => self.changes.push(SetupChange::Connected { inbox }),
            Err(client::Error::OutcomeUnknown { .. }) => {
                self.hold().await?;
                sleep(SETTLED_AFTER).await;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    async fn keep(&self, row: &mut HandoffChannel, channel: &str) -> Result<(), Error> {
        row.channel = Some(channel.to_owned());
        Ok(self.desk.store.keep_handoff_channel(row.clone()).await?)
    }

    async fn remove(&mut self) -> Result<(), Error> {
        let Some(row) = self.desk.store.handoff_channel().await? else { return Ok(()) };
        if row.app != self.key.app_id {
            return Err(Error::AnotherApp { app: row.app, portal: row.portal });
        }
        let listed = self.listed_or_gone(&row).await?;
        for channel in listed {
            self.hold().await?;
            self.call().custom_channels().archive_channel(self.key, &channel).await?;
            self.changes.push(SetupChange::Archived { channel });
        }
        Ok(self.desk.store.forget_handoff_channel().await?)
    }

    /// Our channels by their ids. One that was begun a moment ago and is not listed is waited for: it would stay otherwise.
    async fn listed_or_gone(&mut self, row: &HandoffChannel) -> Result<Vec<String>, Error> {
        let is_ours = |one: &CustomChannel| {
            let end = PathSecret::of_address(&one.webhook_url);
            Some(&one.id) == row.channel.as_ref() || end.is_some_and(|end| end.expose() == row.path_secret)
        };
        loop {
            let channels = self.call().custom_channels().channels(self.key).await?;
            let ours: Vec<_> = channels.into_iter().filter(is_ours).map(|one| one.id).collect();
            let is_awaited = row.begun_ms.is_some_and(|begun_ms| self.since(begun_ms) < LISTED_AFTER);
            if !ours.is_empty() || !is_awaited {
                return Ok(ours);
            }
            self.hold().await?;
            sleep(LOOK_EVERY).await;
        }
    }

    /// The chosen inboxes: by name or id, else those of the last time, else the only help desk.
    async fn inboxes(&self, names: &[String]) -> Result<Vec<Inbox>, Error> {
        let all = self.call().conversations().inboxes().await?;
        if !names.is_empty() {
            let mut chosen: Vec<Inbox> = vec![];
            for name in names {
                let inbox = named(&all, name)?;
                if !chosen.contains(inbox) {
                    chosen.push(inbox.clone());
                }
            }
            return Ok(chosen);
        }
        let before = self.desk.store.handoff_accounts().await?;
        let before: Vec<_> =
            before.iter().filter_map(|one| all.iter().find(|inbox| inbox.id == one.inbox).cloned()).collect();
        let desks: Vec<_> = all.iter().filter(|inbox| inbox.is_help_desk).cloned().collect();
        match (before.is_empty(), desks.len()) {
            (false, _) => Ok(before),
            (true, 1) => Ok(desks),
            (true, _) => Err(Error::NoInbox { there: listed(&all) }),
        }
    }

    async fn hold(&mut self) -> Result<(), Error> {
        if self.held.renew().await? { Ok(()) } else { Err(Error::Busy) }
    }

    fn call(&self) -> HubSpot {
        self.desk.hubspot.for_call(Instant::now() + CALL_MAX)
    }

    fn now_ms(&self) -> i64 {
        self.desk.clock.now().timestamp_millis()
    }

    /// The time since then; none for a time in the future, which another machine's clock has told.
    fn since(&self, then_ms: i64) -> Duration {
        Duration::from_millis(u64::try_from(self.now_ms() - then_ms).unwrap_or(0))
    }
}

fn named<'a>(all: &'a [Inbox], name: &str) -> Result<&'a Inbox, Error> {
    let wrong = |problem| Error::Inbox { problem, name: name.to_owned(), there: listed(all) };
    if let Some(inbox) = all.iter().find(|inbox| inbox.id == name.trim()) {
        return Ok(inbox);
    }
    let alike = |inbox: &&Inbox| inbox.name.trim().to_lowercase() == name.trim().to_lowercase();
    let mut found = all.iter().filter(alike);
    match (found.next(), found.next()) {
        (Some(inbox), None) => Ok(inbox),
        (Some(_), Some(_)) => Err(wrong("several inboxes are called")),
        (None, _) => Err(wrong("no inbox or help desk is called")),
    }
}

fn listed(all: &[Inbox]) -> String {
    let one = |inbox: &Inbox| {
        let kind = if inbox.is_help_desk { "help desk" } else { "inbox" };
        format!("`{}` ({}, {kind})", inbox.name, inbox.id)
    };
    if all.is_empty() { "none".to_owned() } else { all.iter().map(one).collect::<Vec<_>>().join(", ") }
}

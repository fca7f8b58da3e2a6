//! The client: composes the families of HubSpot's API over one transport.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;
use tokio::time::Instant;
use tracing::debug;

use crate::api::account::{Account, AccountState};
use crate::api::activities::{Activities, ActivitiesState};
use crate::api::associations::{Associations, AssociationsState};
use crate::api::communications::Communications;
use crate::api::contacts::{Contacts, ContactsState};
use crate::api::conversations::{Conversations, ConversationsState};
use crate::api::custom_channels::CustomChannels;
use crate::api::meetings::{Meetings, MeetingsState};
use crate::api::owners::{Owners, OwnersState};
use crate::api::pipelines::{Pipelines, PipelinesState};
use crate::api::properties::{Properties, PropertiesState};
use crate::api::records::{Records, RecordsState};
use crate::api::scheduler::{Scheduler, SchedulerState};
use crate::api::tasks::{Tasks, TasksState};
use crate::api::tickets::{Tickets, TicketsState};
use crate::caller_key::CallerKey;
use crate::metrics::Usage;
use crate::object::Object;
use crate::settings::Settings;
use crate::token::fixed::FixedToken;
use crate::token::source::TokenSource;
use crate::transport::Transport;
use crate::transport::call_scope::CallScope;
use crate::transport::quota_state::DailyQuota;
use crate::writes::written::Written;
use domain::clock::Clock;
use http_client::HttpClient;

/// A client of one HubSpot account. Clones are cheap and share the quota, the batches and the caches.
#[derive(Clone)]
pub struct HubSpot {
    scope: CallScope,
    families: Arc<Families>,
}

/// The shared state of each family.
struct Families {
    records: Arc<RecordsState>,
    associations: Arc<AssociationsState>,
    contacts: Arc<ContactsState>,
    tickets: TicketsState,
    activities: ActivitiesState,
    tasks: TasksState,
    meetings: Arc<MeetingsState>,
    owners: OwnersState,
    pipelines: PipelinesState,
    properties: Arc<PropertiesState>,
    scheduler: SchedulerState,
    account: AccountState,
    conversations: ConversationsState,
}

impl Families {
    fn new(settings: &Settings) -> Families {
        let (records, associations) = (Arc::new(RecordsState::new()), Arc::new(AssociationsState::default()));
        let contacts = Arc::new(ContactsState::new(records.clone()));
        let meetings = Arc::new(MeetingsState::new(records.clone(), associations.clone()));
        let properties = Arc::new(PropertiesState::new(settings));
        let keys = settings.ticket_keys.clone();
        Families {
            tickets: TicketsState::new(records.clone(), associations.clone(), properties.clone(), keys),
            activities: ActivitiesState::new(&records, &associations),
            tasks: TasksState::new(&records, &associations),
            owners: OwnersState::new(settings),
            pipelines: PipelinesState::new(settings),
            properties,
            scheduler: SchedulerState::new(settings, contacts.clone(), meetings.clone()),
            account: AccountState::new(),
            conversations: ConversationsState::new(settings),
            records,
            associations,
            contacts,
            meetings,
        }
    }
}

impl HubSpot {
    /// Creates a client that sends through `http_client`. Without a token every call fails with
    /// [`Error::TokenMissing`](crate::Error::TokenMissing), whose hint says how to set one.
    pub fn new(http_client: impl HttpClient, token: Option<SecretString>, settings: Settings, clock: Clock) -> HubSpot {
        HubSpot::with_tokens(http_client, Arc::new(FixedToken::new(token.as_ref())), settings, clock)
    }

    /// Creates a client that takes its tokens from a source.
    pub fn with_tokens(
        http_client: impl HttpClient,
        tokens: Arc<dyn TokenSource>,
        settings: Settings,
        clock: Clock,
    ) -> HubSpot {
        let families = Arc::new(Families::new(&settings));
        HubSpot { scope: CallScope::new(Transport::new(http_client, tokens, settings, clock)), families }
    }

    /// Returns the client for one call, with the call's deadline and a [`Usage`] of its own.
    pub fn for_call(&self, deadline: Instant) -> HubSpot {
        HubSpot { scope: self.scope.for_call(deadline), families: self.families.clone() }
    }

    /// Returns the client for the same call with another deadline: a long call takes several steps.
    #[must_use]
    pub fn until(&self, deadline: Instant) -> HubSpot {
        HubSpot { scope: self.scope.until(deadline), families: self.families.clone() }
    }

    /// Returns the same client for a caller, who has a part of HubSpot's quota: callers that wait are served in turn. Without
    /// one, requests share the part of the client's own reads.
    #[must_use]
    pub fn charged_to(&self, caller: CallerKey) -> HubSpot {
        HubSpot { scope: self.scope.charged_to(caller), families: self.families.clone() }
    }

    /// The time until the call's deadline, or the longest time of a call for a client without one.
    pub fn time_left(&self) -> Duration {
        self.scope.time_left()
    }

    /// The daily limit of the account, as HubSpot's last answer told it; `None` if none has.
    pub fn daily_quota(&self) -> Option<DailyQuota> {
        self.scope.transport().limiter.daily_quota()
    }

    /// The requests and the waiting time of this call so far.
    pub fn usage(&self) -> Usage {
        self.scope.stats().usage()
    }

    /// The writes of this call that have begun and were not taken yet.
    pub fn writes(&self) -> Vec<Written> {
        self.scope.stats().begun_writes()
    }

    /// The writes of this call that have begun since the last time they were taken.
    pub fn take_writes(&self) -> Vec<Written> {
        self.scope.stats().take_writes()
    }

    /// Takes the writes of this call that a dry run has not sent: method, path and body of each, in their order.
    pub fn take_planned_writes(&self) -> Vec<Value> {
        self.scope.planned().take()
    }

    /// Waits until no write is in progress, for a shutdown. Writes can still begin in the meantime. Places of a
    /// quota that other processes share are given back to them.
    pub async fn drained(&self) {
        let writes = &self.scope.transport().writes;
        writes.close(); // `wait` ends only for a closed tracker; a closed one still takes tasks.
        writes.wait().await;
        self.scope.transport().limiter.leave().await;
    }

    /// Reads into the caches what most calls need: pipelines, properties, owners, meeting links and the account. The first
    /// ticket and the first booking then take as few requests as later ones. A failure is logged and left to the call that
    /// meets it.
    pub async fn warm_up(&self) {
        let (pipelines, properties, owners) = (self.pipelines(), self.properties(), self.owners());
        let (scheduler, account) = (self.scheduler(), self.account());
        let (pipelines, contacts, tickets, owners, links, account) = tokio::join!(
            pipelines.tickets(),
            properties.of(Object::Contacts.name()),
            properties.of(Object::Tickets.name()),
            owners.list(),
            scheduler.all_links(),
            account.details_fresh(), // Its time zone says when a daily limit ends.
        );
        let failures = [pipelines.err(), contacts.err(), tickets.err(), owners.err(), links.err(), account.err()];
        for error in failures.into_iter().flatten() {
            debug!(%error, "A part of the account could not be read into the cache.");
        }
    }

    /// Contacts: reads by e-mail address or id, and creation.
    pub fn contacts(&self) -> Contacts<'_> {
        Contacts { state: &self.families.contacts, scope: &self.scope }
    }

    /// Messages to log on the timelines of contacts.
    pub fn communications(&self) -> Communications<'_> {
        Communications { state: &self.families.activities, scope: &self.scope }
    }

    /// Notes and messages to log on the timelines of contacts and tickets.
    pub fn activities(&self) -> Activities<'_> {
        Activities { state: &self.families.activities, scope: &self.scope }
    }

    /// True if writes are only planned, and none is sent.
    pub fn is_dry_run(&self) -> bool {
        self.scope.is_dry_run()
    }

    /// Tasks of owners: creation.
    pub fn tasks(&self) -> Tasks<'_> {
        Tasks { state: &self.families.tasks, scope: &self.scope }
    }

    /// Creates tickets. Other operations on them are those of all records.
    pub fn tickets(&self) -> Tickets<'_> {
        Tickets { state: &self.families.tickets, scope: &self.scope }
    }

    /// Meetings of contacts.
    pub fn meetings(&self) -> Meetings<'_> {
        Meetings { state: &self.families.meetings, scope: &self.scope }
    }

    /// Links between records.
    pub fn associations(&self) -> Associations<'_> {
        Associations { state: &self.families.associations, scope: &self.scope }
    }

    /// Reads, changes and searches of one object type.
    pub fn records(&self, object: Object) -> Records<'_> {
        Records { state: &self.families.records, scope: &self.scope, object }
    }

    /// Owners: the users to whom records are assigned.
    pub fn owners(&self) -> Owners<'_> {
        Owners { state: &self.families.owners, scope: &self.scope }
    }

    /// Pipelines and their stages.
    pub fn pipelines(&self) -> Pipelines<'_> {
        Pipelines { state: &self.families.pipelines, scope: &self.scope }
    }

    /// Definitions of properties.
    pub fn properties(&self) -> Properties<'_> {
        Properties { state: &self.families.properties, scope: &self.scope }
    }

    /// Meeting links, free times and bookings.
    pub fn scheduler(&self) -> Scheduler<'_> {
        Scheduler { state: &self.families.scheduler, scope: &self.scope }
    }

    /// The account and its token.
    pub fn account(&self) -> Account<'_> {
        Account { state: &self.families.account, scope: &self.scope }
    }

    /// Conversations with customers in HubSpot's inbox.
    pub fn conversations(&self) -> Conversations<'_> {
        Conversations { state: &self.families.conversations, scope: &self.scope }
    }

    /// Custom channels, through which conversations come into HubSpot's inbox and go out again.
    pub fn custom_channels(&self) -> CustomChannels<'_> {
        CustomChannels { scope: &self.scope }
    }

    /// The limiter, for tests of batching under a used up quota.
    #[cfg(test)]
    pub(crate) fn limiter(&self) -> &crate::transport::limiter::Limiter {
        &self.scope.transport().limiter
    }
}

impl fmt::Debug for HubSpot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSpot").field("usage", &self.usage()).finish_non_exhaustive()
    }
}

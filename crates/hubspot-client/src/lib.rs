//! HubSpot, as the rest of the program sees it: one client, one file per family of HubSpot's API.
//!
//! Every request goes through one door (`door.rs`), which keeps the quota, repeats what is harmless to repeat, gives up
//! at the caller's deadline and counts what calls cost. Decisions are pure and apart from the loop that acts on them:
//! `retry` (whether to send again), `window` (when the next request may leave), `fault` (what an answer means).

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use domain::clock::Clock;
use http_client::HttpClient;

mod api;
mod batching;
mod engine;
mod error;
#[cfg(test)]
mod fake;
mod metrics;
mod object;
mod record;
mod redact;
mod settings;
mod tier;
mod transport;
mod versions;
mod warm_up;
mod writes;

pub use api::account::{Account, Details, TokenInfo};
pub use api::activities::{Activities, Activity, ActivityKind};
pub use api::associations::Associations;
pub use api::communications::{Communication, Communications};
pub use api::contacts::Contacts;
pub use api::meetings::{Meeting, Meetings};
pub use api::owners::{Owner, Owners, Team};
pub use api::pipelines::{Pipeline, Pipelines, Stage};
pub use api::properties::{Properties, Property, PropertyOption};
pub use api::records::{Filter, Records, SEARCH_PAGE_MAX, Search, SearchPage};
pub use api::scheduler::{
    AvailabilityPage, Booking, BookingInfo, BookingLock, BusyUser, Consent, ConsentAnswer, ConsentChoice, FormAnswer,
    FormField, LinkKind, LinkSettings, MeetingLink, NewBooking, Scheduler, Span,
};
pub use api::tickets::{NewTicket, Tickets};
pub use error::{Error, Problem, Write};
pub use metrics::Usage;
pub use object::Object;
pub use record::{Created, Record};
pub use settings::Settings;
pub use tier::{Bucket, Tier, UnknownTier};
pub use versions::{Api, BadVersion, Versions};

use engine::Engine;
use metrics::CallStats;
use transport::Transport;
use transport::waiters::{Waiter, Waiters};

/// The client. Clones are cheap and share the quota, the batches and the memory.
#[derive(Clone)]
pub struct HubSpot {
    engine: Arc<Engine>,
    deadline: Option<Instant>,
    stats: CallStats,
}

impl HubSpot {
    /// Without a token every call fails with [`Error::TokenMissing`], which says how to set one.
    pub fn new(wire: impl HttpClient, token: Option<SecretString>, settings: Settings, clock: Clock) -> HubSpot {
        let transport = Transport::new(wire, token, settings, clock);
        HubSpot { engine: Arc::new(Engine::new(transport)), deadline: None, stats: CallStats::default() }
    }

    /// The same client as one tool call sees it: with the call's deadline and an account of its own.
    pub fn for_call(&self, deadline: Instant) -> HubSpot {
        HubSpot { engine: self.engine.clone(), deadline: Some(deadline), stats: CallStats::default() }
    }

    /// How long the call that this view is of can still last.
    pub fn time_left(&self) -> Duration {
        self.caller().deadline.saturating_duration_since(Instant::now())
    }

    /// What this view has used so far.
    pub fn usage(&self) -> Usage {
        self.stats.usage()
    }

    /// Resolves when no write is under way any more: for the shutdown.
    pub async fn drained(&self) {
        self.engine.writes.close(); // Only says that somebody may wait for the end; writes can still begin.
        self.engine.writes.wait().await;
    }

    pub fn contacts(&self) -> Contacts<'_> {
        Contacts(self)
    }

    pub fn communications(&self) -> Communications<'_> {
        Communications(self)
    }

    pub fn activities(&self) -> Activities<'_> {
        Activities(self)
    }

    pub fn tickets(&self) -> Tickets<'_> {
        Tickets(self)
    }

    pub fn meetings(&self) -> Meetings<'_> {
        Meetings(self)
    }

    pub fn associations(&self) -> Associations<'_> {
        Associations(self)
    }

    /// What all kinds of records have in common.
    pub fn records(&self, object: Object) -> Records<'_> {
        Records { hub: self, object }
    }

    pub fn owners(&self) -> Owners<'_> {
        Owners(self)
    }

    pub fn pipelines(&self) -> Pipelines<'_> {
        Pipelines(self)
    }

    pub fn properties(&self) -> Properties<'_> {
        Properties(self)
    }

    pub fn scheduler(&self) -> Scheduler<'_> {
        Scheduler(self)
    }

    pub fn account(&self) -> Account<'_> {
        Account(self)
    }

    /// The client without a call: for work that several calls share.
    fn detached(&self) -> HubSpot {
        HubSpot { engine: self.engine.clone(), deadline: None, stats: CallStats::default() }
    }

    /// The client as that caller sees it, for work done for it elsewhere.
    fn on_behalf_of(&self, caller: &Waiter) -> HubSpot {
        HubSpot { engine: self.engine.clone(), deadline: Some(caller.deadline), stats: caller.stats.clone() }
    }

    fn transport(&self) -> &Transport {
        &self.engine.transport
    }

    fn root(&self, api: Api) -> String {
        self.transport().settings.versions.root(api)
    }

    /// This view as one caller, from now until its deadline.
    fn caller(&self) -> Waiter {
        let latest = Instant::now() + self.transport().settings.call_deadline;
        let deadline = self.deadline.map_or(latest, |deadline| deadline.min(latest));
        Waiter { deadline, stats: self.stats.clone(), gone: CancellationToken::new() }
    }

    fn waiters(&self) -> Waiters {
        Waiters::alone(self.caller())
    }
}

impl fmt::Debug for HubSpot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSpot").field("usage", &self.usage()).finish_non_exhaustive()
    }
}

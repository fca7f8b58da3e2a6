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

mod account;
mod accounting;
mod activities;
mod ahead;
mod ask;
mod associations;
mod budget;
mod cache;
mod communications;
mod contacts;
mod create;
mod daily;
mod door;
mod engine;
mod error;
#[cfg(test)]
mod fake;
mod fault;
mod limiter;
mod line;
mod lost;
mod meetings;
mod new_contact;
mod object;
mod owned_write;
mod owners;
mod paging;
mod pipelines;
mod properties;
mod read_by_id;
mod record;
mod records;
mod redact;
mod retry;
mod same;
mod scheduler;
mod settings;
mod shared_read;
mod telling_apart;
mod tickets;
mod tier;
mod trip;
mod versions;
mod window;

pub use account::{Account, Details, TokenInfo};
pub use accounting::Usage;
pub use activities::{Activities, Activity, ActivityKind};
pub use associations::Associations;
pub use communications::{Communication, Communications};
pub use contacts::Contacts;
pub use error::{Error, Problem, Write};
pub use meetings::{Meeting, Meetings};
pub use object::Object;
pub use owners::{Owner, Owners, Team};
pub use pipelines::{Pipeline, Pipelines, Stage};
pub use properties::{Properties, Property, PropertyOption};
pub use record::{Created, Record};
pub use records::{Filter, Records, SEARCH_PAGE_MAX, Search, SearchPage};
pub use scheduler::{
    AvailabilityPage, Booking, BookingInfo, BusyUser, Consent, ConsentAnswer, ConsentChoice, FormAnswer, FormField,
    LinkKind, LinkSettings, MeetingLink, NewBooking, Scheduler, Span, Turn,
};
pub use settings::Settings;
pub use tickets::{NewTicket, Tickets};
pub use tier::{Bucket, Tier, UnknownTier};
pub use versions::{Api, BadVersion, Versions};

use accounting::Tally;
use door::Door;
use engine::Engine;
use trip::{Caller, Trip};

/// The client. Clones are cheap and share the quota, the batches and the memory.
#[derive(Clone)]
pub struct HubSpot {
    engine: Arc<Engine>,
    deadline: Option<Instant>,
    tally: Tally,
}

impl HubSpot {
    /// Without a token every call fails with [`Error::TokenMissing`], which says how to set one.
    pub fn new(wire: impl HttpClient, token: Option<SecretString>, settings: Settings, clock: Clock) -> HubSpot {
        let door = Door::new(wire, token, settings, clock);
        HubSpot { engine: Arc::new(Engine::new(door)), deadline: None, tally: Tally::default() }
    }

    /// The same client as one tool call sees it: with the call's deadline and an account of its own.
    pub fn for_call(&self, deadline: Instant) -> HubSpot {
        HubSpot { engine: self.engine.clone(), deadline: Some(deadline), tally: Tally::default() }
    }

    /// How long the call that this view is of can still last.
    pub fn time_left(&self) -> Duration {
        self.caller().deadline.saturating_duration_since(Instant::now())
    }

    /// What this view has used so far.
    pub fn usage(&self) -> Usage {
        self.tally.usage()
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
        HubSpot { engine: self.engine.clone(), deadline: None, tally: Tally::default() }
    }

    /// The client as that caller sees it, for work done for it elsewhere.
    fn on_behalf_of(&self, caller: &Caller) -> HubSpot {
        HubSpot { engine: self.engine.clone(), deadline: Some(caller.deadline), tally: caller.tally.clone() }
    }

    fn door(&self) -> &Door {
        &self.engine.door
    }

    fn root(&self, api: Api) -> String {
        self.door().settings.versions.root(api)
    }

    /// This view as one caller, from now until its deadline.
    fn caller(&self) -> Caller {
        let latest = Instant::now() + self.door().settings.call_deadline;
        let deadline = self.deadline.map_or(latest, |deadline| deadline.min(latest));
        Caller { deadline, tally: self.tally.clone(), gone: CancellationToken::new() }
    }

    fn trip(&self) -> Trip {
        Trip::alone(self.caller())
    }
}

impl fmt::Debug for HubSpot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubSpot").field("usage", &self.usage()).finish_non_exhaustive()
    }
}

//! The embedded HubSpot: it speaks HubSpot's bytes, remembers what it is told, and needs no network.
//!
//! It shares nothing with the client, so the two cannot be wrong in the same way. It is the same thing in tests, behind
//! `--sandbox`, in the demo and as a server of its own.
//!
//! | file | idea |
//! |---|---|
//! | `front` | what happens to every request before and after it is routed: correlation id, faults, log |
//! | `router` | HubSpot's paths in all their versions, and which handler answers them |
//! | `call`, `answer`, `refusal` | a request as handlers read it, and the two things they give back |
//! | `access`, `limits` | tokens and scopes; rate windows |
//! | `portal` | everything remembered, behind one lock |
//! | `crm/` | objects, search, associations, properties, pipelines, owners |
//! | `scheduler/` | meeting links, calendars, free slots, booking |
//! | `account` | account-info and token introspection |
//! | `seed`, `state`, `dump`, `file`, `fill` | the company it starts with; all of it from JSON, as JSON, in a file, in bulk |
//! | `serve` | as a server of its own, until it is told to stop |
//! | `admin/`, `help`, `hands` | what tests do to it, over HTTP, what that is in words, and in Rust |
//! | `choices` | what is not known of the real HubSpot, decided in one place |
//!
//! A handler is a plain function `fn(&mut Portal, &Call) -> Result<Answer, Refusal>`: it runs under the lock, waits for
//! nothing, and leaves the portal as it was when it refuses.

mod access;
mod account;
mod admin;
pub mod admin_reference;
mod answer;
mod call;
pub mod choices;
mod clock;
mod crm;
mod dump;
pub mod fault;
pub mod file;
mod fill;
mod front;
mod hands;
pub mod limits;
pub mod log;
mod portal;
#[cfg(test)]
mod promises;
mod refusal;
mod router;
mod scheduler;
mod seed;
pub mod serve;
pub mod state;
#[cfg(test)]
mod testing;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};

use choices::Choices;
use fault::Fault;
use limits::{Peaks, Tier};
use log::Logged;
use portal::Portal;
use state::StateError;

/// The token that may do everything.
const TOKEN: &str = "pat-na1-sandbox";

/// A HubSpot account in this process. Clones share it.
#[derive(Clone, Debug)]
pub struct Sandbox(Arc<Mutex<Portal>>);

/// How the sandbox behaves.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Its calendar time at the start; the machine's when `None`.
    pub now: Option<DateTime<Utc>>,
    /// The subscription whose rate limits hold; none hold when `None`.
    pub tier: Option<Tier>,
    /// How long search does not know of a change.
    pub search_lag_ms: u64,
    /// Added to every answer.
    pub delay_ms: u64,
    pub choices: Choices,
}

impl Sandbox {
    /// An account with the seed company in it.
    pub fn new(settings: Settings) -> Sandbox {
        Sandbox(Arc::new(Mutex::new(Portal::new(settings))))
    }

    /// HubSpot's paths, and the admin plane under `/__sandbox`.
    pub fn router(&self) -> Router {
        front::router(self)
    }

    /// A bearer token with every scope.
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// Lets something go wrong with requests to come. Of very many faults the oldest are forgotten.
    pub fn inject_fault(&self, fault: Fault) {
        let faults = &mut self.portal().faults;
        faults.push(fault);
        faults.drain(..faults.len().saturating_sub(fault::FAULTS_MAX));
    }

    /// The requests so far, in the order they came. Bounded: the oldest are forgotten.
    pub fn requests(&self) -> Vec<Logged> {
        self.portal().log.all()
    }

    pub fn clear_requests(&self) {
        self.portal().log.clear();
    }

    /// How full HubSpot's rate windows ever were.
    pub fn peaks(&self) -> Peaks {
        self.portal().limits.peaks()
    }

    /// The time it is in the sandbox.
    pub fn now(&self) -> DateTime<Utc> {
        self.portal().clock.now()
    }

    pub fn freeze_clock(&self) {
        self.portal().clock.freeze();
    }

    pub fn run_clock(&self) {
        self.portal().clock.run();
    }

    pub fn set_clock(&self, now: DateTime<Utc>) {
        self.portal().clock.set(now);
    }

    pub fn advance_clock(&self, by: TimeDelta) {
        self.portal().clock.advance(by);
    }

    /// Everything as JSON: a seed file that [`Sandbox::restore`] takes.
    pub fn snapshot(&self) -> String {
        let account = dump::Snapshot::of(&self.portal());
        dump::dump(&account).expect("names are text and numbers are finite: all of it is JSON")
    }

    /// Replaces everything by what a seed file says, or says what is wrong with it and changes nothing. The settings
    /// stay; faults and the log of requests go.
    pub fn restore(&self, seed: &str) -> Result<(), StateError> {
        let mut portal = self.portal();
        let mut fresh = Portal::empty(portal.settings.clone());
        fresh.clock = portal.clock;
        state::load(&mut fresh, seed)?;
        *portal = fresh.after(&portal);
        Ok(())
    }

    /// The seed company again, without faults and log. The clock goes on.
    pub fn reset(&self) {
        let mut portal = self.portal();
        let mut fresh = Portal::new(portal.settings.clone());
        fresh.clock = portal.clock;
        *portal = fresh.after(&portal);
    }

    /// How often something may have changed: what a keeper of files compares.
    pub fn changes(&self) -> u64 {
        self.portal().changes
    }

    fn portal(&self) -> MutexGuard<'_, Portal> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

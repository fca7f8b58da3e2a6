//! The handle to one embedded account: all of its state behind one lock.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use crate::clock::Clock;
use crate::model::portal::Portal;
use crate::model::token::TOKEN;
use crate::rules::fault::Fault;
use crate::rules::limits::Peaks;
use crate::rules::request_log::LoggedRequest;
use crate::rules::traffic::Traffic;
use crate::seed::company;
use crate::settings::Settings;
use crate::webhooks::{ChannelHub, Webhooks};

/// One HubSpot account in this process. Clones share the account.
#[derive(Clone, Debug)]
pub struct Sandbox(Arc<Mutex<Account>>);

/// One account that lasts no longer because of this handle.
#[derive(Clone, Debug)]
pub(crate) struct WeakSandbox(Weak<Mutex<Account>>);

/// The state of an account. Its lock is never held across an await.
#[derive(Debug)]
pub(crate) struct Account {
    /// Data that HubSpot remembers.
    pub(crate) portal: Portal,
    /// State of the requests themselves.
    pub(crate) traffic: Traffic,
    /// Secret of the admin plane.
    pub(crate) admin_token: Option<SecretString>,
    /// Apps that are told of changes.
    pub(crate) webhooks: Webhooks,
    /// Apps of custom channels, which are told of replies.
    pub(crate) channel_hub: ChannelHub,
}

/// The account while it is locked. When the lock ends, apps are told of what changed.
#[derive(Debug)]
pub(crate) struct LockedAccount<'a>(MutexGuard<'a, Account>);

impl Sandbox {
    /// Creates an account that contains the seed company.
    pub fn new(settings: Settings) -> Sandbox {
        let mut portal = Portal::empty(Clock::new(settings.now), settings.assumptions, settings.search_lag_ms);
        company::populate(&mut portal);
        let traffic = Traffic::new(settings.tier, settings.delay_ms);
        let (admin_token, webhooks) = (settings.admin_token, Webhooks::default());
        Sandbox(Arc::new_cyclic(|account: &Weak<Mutex<Account>>| {
            let account = WeakSandbox(Weak::clone(account));
            let now = Arc::new(move || account.upgrade().map(|sandbox| sandbox.lock().portal.now_ms()));
            Mutex::new(Account { portal, traffic, admin_token, webhooks, channel_hub: ChannelHub::new(now) })
        }))
    }

    /// Returns a bearer token that has every scope and does not expire.
    pub fn token(&self) -> &'static str {
        TOKEN
    }

    /// Adds a fault that applies to requests to come. At most 1,000 are kept; the oldest go first.
    pub fn inject_fault(&self, fault: Fault) {
        self.lock().traffic.inject_fault(fault);
    }

    /// Returns the requests so far, oldest first. At most 10,000 requests and 16 MiB of bodies are kept.
    pub fn requests(&self) -> Vec<LoggedRequest> {
        self.lock().traffic.log.all()
    }

    /// Returns the number of requests so far, and at most so many of them, newest first.
    pub fn newest_requests(&self, max: usize) -> (u64, Vec<LoggedRequest>) {
        self.lock().traffic.log.newest(max)
    }

    /// Empties the log of requests.
    pub fn clear_requests(&self) {
        self.lock().traffic.log.clear();
    }

    /// Returns the highest number of requests that were ever inside each of HubSpot's rate windows.
    pub fn peaks(&self) -> Peaks {
        self.lock().traffic.limits.peaks()
    }

    /// Returns the account's calendar time.
    pub fn now(&self) -> DateTime<Utc> {
        self.lock().portal.clock.now()
    }

    /// Stops the calendar time. Rate limits, search lag and delays still follow tokio's clock.
    pub fn freeze_clock(&self) {
        self.lock().portal.clock.freeze();
    }

    /// Lets a frozen calendar time run again.
    pub fn run_clock(&self) {
        self.lock().portal.clock.run();
    }

    /// Sets the calendar time. A frozen clock stays frozen.
    pub fn set_clock(&self, now: DateTime<Utc>) {
        self.lock().portal.clock.set(now);
    }

    /// Moves the calendar time by a duration, which may be negative.
    pub fn advance_clock(&self, by: TimeDelta) {
        self.lock().portal.clock.advance(by);
    }

    /// Replaces everything by the seed company. Faults and the log of requests go; the settings and the clock stay.
    pub fn reset(&self) {
        let mut account = self.lock();
        let mut fresh = account.portal.emptied();
        company::populate(&mut fresh);
        account.replace_portal(fresh);
    }

    /// Returns a counter that grows with every request that may have changed the account.
    pub fn changes(&self) -> u64 {
        self.lock().traffic.changes
    }

    pub(crate) fn downgrade(&self) -> WeakSandbox {
        WeakSandbox(Arc::downgrade(&self.0))
    }

    pub(crate) fn lock(&self) -> LockedAccount<'_> {
        LockedAccount(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Deref for LockedAccount<'_> {
    type Target = Account;

    fn deref(&self) -> &Account {
        &self.0
    }
}

impl DerefMut for LockedAccount<'_> {
    fn deref_mut(&mut self) -> &mut Account {
        &mut self.0
    }
}

impl Drop for LockedAccount<'_> {
    fn drop(&mut self) {
        let Account { portal, webhooks, channel_hub, .. } = &mut *self.0;
        if webhooks.has_apps() {
            webhooks.publish(portal);
        }
        channel_hub.publish(portal);
    }
}

impl WeakSandbox {
    /// Returns the account, if it has not ended.
    pub(crate) fn upgrade(&self) -> Option<Sandbox> {
        self.0.upgrade().map(Sandbox)
    }
}

impl Account {
    /// Replaces the data and forgets the traffic so far. Apps are told of later changes only.
    pub(crate) fn replace_portal(&mut self, portal: Portal) {
        self.portal = portal;
        self.portal.watch(self.webhooks.has_apps());
        self.traffic.start_over();
    }
}

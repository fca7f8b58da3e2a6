//! What people do in HubSpot's own screens while a client is at work: tests and the demo do it through these.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Sandbox;
use super::access::Token;
use super::crm::kind::Kind;
use super::crm::objects;
use super::crm::view;
use super::scheduler::calendar::Interval;

impl Sandbox {
    /// Every record of a type (`contacts`, `ticket`, `0-18`) that is not archived, with all its properties and
    /// associations. An unknown type has none.
    pub fn records(&self, object_type: &str) -> Vec<Value> {
        let portal = self.portal();
        let Some(kind) = Kind::named(object_type) else { return Vec::new() };
        let live = portal.table(kind).from(0).filter(|record| !record.is_archived());
        live.map(|record| view::whole(&portal, kind, record)).collect()
    }

    /// Archives a record. Says whether it was there.
    pub fn archive(&self, object_type: &str, id: u64) -> bool {
        let mut portal = self.portal();
        let Some(kind) = Kind::named(object_type) else { return false };
        let was_there = portal.table(kind).live(id).is_some();
        objects::bury(&mut portal, kind, id);
        was_there
    }

    /// Connects a calendar of this provider (`GOOGLE`, `OFFICE365`) to a user. Says whether the user has meetings.
    pub fn connect_calendar(&self, user_id: u64, provider: &str) -> bool {
        self.set_provider(user_id, Some(provider.to_owned()))
    }

    /// Takes a user's calendar away: bookings with them will book nothing.
    pub fn disconnect_calendar(&self, user_id: u64) -> bool {
        self.set_provider(user_id, None)
    }

    fn set_provider(&self, user_id: u64, provider: Option<String>) -> bool {
        let mut portal = self.portal();
        let calendar = portal.scheduler.calendars.get_mut(&user_id);
        calendar.map(|calendar| calendar.provider = provider).is_some()
    }

    /// Makes a user busy. Says whether they have a calendar.
    pub fn add_busy(&self, user_id: u64, start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
        let mut portal = self.portal();
        let calendar = portal.scheduler.calendars.get_mut(&user_id);
        let busy = Interval { start: start.timestamp_millis(), end: end.timestamp_millis() };
        calendar.map(|calendar| calendar.busy.push(busy)).is_some()
    }

    /// Gives a token exactly these scopes; a new token is made.
    pub fn set_scopes(&self, token: &str, scopes: &[&str]) {
        let mut portal = self.portal();
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let known = portal.tokens.entry(token.to_owned()).or_insert_with(|| Token {
            scopes: Default::default(),
            user_id: 0,
            app_id: 0,
            expires_at_ms: None,
        });
        known.scopes = scopes;
    }

    /// Lets a token expire at this moment. Says whether it exists.
    pub fn expire_token(&self, token: &str, at: DateTime<Utc>) -> bool {
        let mut portal = self.portal();
        portal.tokens.get_mut(token).map(|token| token.expires_at_ms = Some(at.timestamp_millis())).is_some()
    }

    /// Lets search know of every change at once.
    pub fn flush_search(&self) {
        self.portal().tables.values_mut().for_each(|table| table.flush());
    }
}

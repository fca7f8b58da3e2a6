//! Access for tests and demos: the records, and the actions of people in HubSpot's own screens.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

use crate::api::objects::{update, view};
use crate::model::calendar::{Calendar, Interval};
use crate::model::object_type::ObjectType;
use crate::model::record::Source;
use crate::model::token::Token;
use crate::sandbox::Sandbox;

impl Sandbox {
    /// Returns every record of an object type that is not archived, as HubSpot's responses show it, with all properties
    /// and associations. The type is a plural, a singular or a type id: `contacts`, `ticket`, `0-18`. An unknown type
    /// has none.
    pub fn records(&self, object_type: &str) -> Vec<Value> {
        let portal = &self.lock().portal;
        let Some(object_type) = ObjectType::named(object_type) else { return Vec::new() };
        let live = portal.table(object_type).from(0).filter(|record| !record.is_archived());
        live.map(|record| view::whole(portal, object_type, record)).collect()
    }

    /// Changes properties of a record as a person does in HubSpot's own screens. Returns false for an unknown record, and
    /// for values that HubSpot does not take.
    pub fn change_on_screen(&self, object_type: &str, id: u64, properties: &[(&str, &str)]) -> bool {
        let portal = &mut self.lock().portal;
        let Some(object_type) = ObjectType::named(object_type) else { return false };
        let Some(record) = portal.table(object_type).live(id) else { return false };
        let values: Map<_, _> = properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        let Ok(change) = update::draft(portal, object_type, record, &values) else { return false };
        update::commit(portal, object_type, change, Source::Screen);
        true
    }

    /// Archives a record. Returns false if there was none with this id.
    pub fn archive(&self, object_type: &str, id: u64) -> bool {
        let portal = &mut self.lock().portal;
        let Some(object_type) = ObjectType::named(object_type) else { return false };
        let was_live = portal.table(object_type).live(id).is_some();
        portal.archive(object_type, id);
        was_live
    }

    /// Deactivates the user behind an owner, who then is archived. Returns false if there is no owner with this id.
    pub fn archive_owner(&self, id: &str) -> bool {
        let owners = &mut self.lock().portal.owners;
        owners.iter_mut().find(|owner| owner.id == id).map(|owner| owner.archived = true).is_some()
    }

    /// Requires a value of this property in every new record, as an administrator does with a validation rule. Returns
    /// false for an unknown property.
    pub fn require_property(&self, object_type: &str, name: &str) -> bool {
        let portal = &mut self.lock().portal;
        let schema = ObjectType::named(object_type).and_then(|object_type| portal.schemas.get_mut(&object_type));
        let definition = schema.and_then(|schema| schema.get_mut(name));
        definition.map(|definition| definition.required = true).is_some()
    }

    /// Connects a calendar of this provider (`GOOGLE`, `OFFICE365`) to a user. Returns false for a user without
    /// meetings.
    pub fn connect_calendar(&self, user_id: u64, provider: &str) -> bool {
        self.change_calendar(user_id, |calendar| calendar.provider = Some(provider.to_owned()))
    }

    /// Disconnects the calendar of a user: bookings with them succeed and book nothing. Returns false for a user
    /// without meetings.
    pub fn disconnect_calendar(&self, user_id: u64) -> bool {
        self.change_calendar(user_id, |calendar| calendar.provider = None)
    }

    /// Makes a user busy. Returns false for a user without meetings.
    pub fn add_busy(&self, user_id: u64, start: DateTime<Utc>, end: DateTime<Utc>) -> bool {
        let busy = Interval { start: start.timestamp_millis(), end: end.timestamp_millis() };
        self.change_calendar(user_id, |calendar| calendar.busy.push(busy))
    }

    fn change_calendar(&self, user_id: u64, change: impl FnOnce(&mut Calendar)) -> bool {
        self.lock().portal.scheduler.calendars.get_mut(&user_id).map(change).is_some()
    }

    /// Gives a token exactly these scopes. An unknown token is created.
    pub fn set_scopes(&self, token: &str, scopes: &[&str]) {
        let portal = &mut self.lock().portal;
        let token = portal.tokens.entry(token.to_owned()).or_insert_with(|| Token {
            scopes: Default::default(),
            user_id: 0,
            app_id: 0,
            expires_at_ms: None,
            is_from_oauth: false,
        });
        token.scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    }

    /// Ends everything that an app was granted, as when it is uninstalled: its refresh tokens are unknown, and its access
    /// tokens have expired. Returns the number of its refresh tokens.
    pub fn revoke_app(&self, app_id: u64) -> usize {
        let portal = &mut self.lock().portal;
        let now_ms = portal.now_ms();
        portal.grants.revoke_app(&mut portal.tokens, app_id, now_ms)
    }

    /// Lets a token expire at this time of the account's clock. Returns false for an unknown token.
    pub fn expire_token(&self, token: &str, at: DateTime<Utc>) -> bool {
        let tokens = &mut self.lock().portal.tokens;
        tokens.get_mut(token).map(|token| token.expires_at_ms = Some(at.timestamp_millis())).is_some()
    }

    /// Makes every change visible to search.
    pub fn flush_search(&self) {
        self.lock().portal.tables.values_mut().for_each(|table| table.flush());
    }
}

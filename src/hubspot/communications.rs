//! Communications: messages that are logged on a contact's timeline. Nothing is sent.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::HubSpot;
use super::create::{Create, NewRecord};
use super::error::{Error, Write};
use super::object::Object;
use super::record::{Created, Record};
use crate::crm::id::RecordId;

pub(super) const CREATE: Create = Create {
    object: Object::Communications,
    write: Write::Communication,
    told_by: &["hs_communication_body", "hs_timestamp"],
};
/// HubSpot's association from a communication to a contact.
const TO_CONTACT: u32 = 81;

#[derive(Clone, PartialEq, Eq)]
pub struct Communication {
    pub contact: RecordId,
    /// At most 65,536 characters.
    pub body: String,
    pub at: DateTime<Utc>,
    /// HubSpot's `hs_communication_channel_type`, such as `CUSTOM_CHANNEL_CONVERSATION` or `SMS`.
    pub channel_type: String,
}

#[derive(Debug)]
pub struct Communications<'a>(pub(super) &'a HubSpot);

impl Communications<'_> {
    /// Logs a message on a contact's timeline, in one request; this also moves the contact's last
    /// activity date. For an unknown contact nothing is logged: [`Error::ContactMissing`].
    pub async fn log(&self, communication: &Communication) -> Result<Created<Record>, Error> {
        let new = NewRecord { contact: communication.contact.clone(), input: input(communication) };
        self.0.engine.new_communications.ask(self.0, new).await
    }
}

fn input(communication: &Communication) -> Value {
    json!({
        "properties": {
            "hs_communication_channel_type": communication.channel_type,
            "hs_communication_logged_from": "CRM",
            "hs_communication_body": communication.body,
            "hs_timestamp": communication.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        },
        "associations": [{
            "to": {"id": communication.contact},
            "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": TO_CONTACT}],
        }],
    })
}

/// The body is somebody's message and must not reach a log by way of `{:?}`.
impl std::fmt::Debug for Communication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Communication").field("contact", &self.contact).field("at", &self.at).finish_non_exhaustive()
    }
}

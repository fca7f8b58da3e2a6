//! Communications: messages that are logged on a contact's timeline. Nothing is sent.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::HubSpot;
use super::ask::Ask;
use super::error::Error;
use super::record::{Created, Record};
use super::tier::Bucket;
use super::versions::Api;
use crate::crm::id::RecordId;

const FAMILY: &str = "communications";
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
    /// Logs a message on a contact's timeline, in one request; this also moves the contact's last activity date.
    pub async fn log(&self, communication: &Communication) -> Result<Created<Record>, Error> {
        let path = format!("{}/communications", self.0.root(Api::Objects));
        let ask = Ask::create(FAMILY, path, &input(communication));
        let answer = self.0.door().send(Bucket::General, &ask, &self.0.trip()).await;
        let value = answer.and_then(|answer| Record::read(&answer)).map_err(|fault| fault.error)?;
        Ok(Created { value, recovered: false })
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

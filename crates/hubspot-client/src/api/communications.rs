//! Communications: messages that are logged on a contact's timeline. Nothing is sent.

use chrono::{DateTime, Utc};

use crate::HubSpot;
use crate::api::activities::{Activities, Activity, ActivityKind};
use crate::error::{Error, Write};
use crate::object::Object;
use crate::record::{Created, Record};
use crate::writes::create::Create;
use domain::id::RecordId;

pub(crate) const CREATE: Create = Create {
    object: Object::Communications,
    write: Write::Communication,
    match_by: &["hs_communication_body", "hs_timestamp"],
};

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
pub struct Communications<'a>(pub(crate) &'a HubSpot);

impl Communications<'_> {
    /// Logs a message on a contact's timeline, in one request; this also moves the contact's last
    /// activity date. For an unknown contact nothing is logged: [`Error::ContactMissing`].
    pub async fn log(&self, communication: &Communication) -> Result<Created<Record>, Error> {
        let activity = Activity {
            on: (Object::Contacts, communication.contact.clone()),
            also_on: vec![],
            body: communication.body.clone(),
            at: communication.at,
            owner: None,
            kind: ActivityKind::Communication { channel_type: communication.channel_type.clone() },
        };
        Activities(self.0).log(&activity).await
    }
}

/// The body is somebody's message and must not reach a log by way of `{:?}`.
impl std::fmt::Debug for Communication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Communication").field("contact", &self.contact).field("at", &self.at).finish_non_exhaustive()
    }
}

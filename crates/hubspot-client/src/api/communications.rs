//! Communications: messages that are logged on a contact's timeline. Nothing is sent to anybody.

use chrono::{DateTime, Utc};

use crate::api::activities::{Activities, ActivitiesState, Activity, ActivityKind};
use crate::error::Error;
use crate::object::Object;
use crate::record::{Created, Record};
use crate::transport::call_scope::CallScope;
use domain::id::RecordId;

/// A message to log.
#[derive(Clone, PartialEq, Eq)]
pub struct Communication {
    /// The contact on whose timeline it is logged.
    pub contact: RecordId,
    /// The text, at most 65,536 characters.
    pub body: String,
    /// The instant of the message.
    pub at: DateTime<Utc>,
    /// HubSpot's `hs_communication_channel_type`, such as `CUSTOM_CHANNEL_CONVERSATION` or `SMS`.
    pub channel_type: String,
}

/// The logging of messages.
#[derive(Debug)]
pub struct Communications<'a> {
    pub(crate) state: &'a ActivitiesState,
    pub(crate) scope: &'a CallScope,
}

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
            file_ids: vec![],
            kind: ActivityKind::Communication { channel_type: communication.channel_type.clone() },
        };
        Activities { state: self.state, scope: self.scope }.log(&activity).await
    }
}

/// Without the body, which is a person's message and must not reach a log.
impl std::fmt::Debug for Communication {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Communication").field("contact", &self.contact).field("at", &self.at).finish_non_exhaustive()
    }
}

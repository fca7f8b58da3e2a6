//! The errors of hand-offs.

use crate::conversations;
use crate::records;
use crate::tool::question::{NotAccepted, TooLong, Unanswered};
use hubspot_client::WriteKind;

/// The reason why a conversation could not be handed over, or a session not be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// HubSpot's answer, or its absence.
    #[error(transparent)]
    HubSpot(#[from] hubspot_client::Error),
    /// A contact, an owner or an argument.
    #[error(transparent)]
    Records(#[from] records::error::Error),
    /// A conversation of the inbox.
    #[error(transparent)]
    Conversations(#[from] conversations::error::Error),
    /// The store cannot keep the session, so nothing was sent.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// The person at the client has to agree first.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    /// The person did not agree.
    #[error(transparent)]
    NotAccepted(#[from] NotAccepted),
    /// The question would be longer than a person reads.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// No contact has this address or number.
    #[error("no contact has this e-mail address, phone number or id")]
    ContactUnknown {
        /// The call can be made again so that the contact is created.
        can_be_created: bool,
    },
    /// Several contacts have this number.
    #[error("{} contacts have this phone number", .0.len())]
    ContactAmbiguous(Vec<serde_json::Value>),
    /// The caller has no session with this id, or it has expired.
    #[error("this hand-off has expired or never was")]
    Unknown,
    /// The session has ended.
    #[error("this hand-off has ended")]
    Ended,
    /// The caller, or all callers, have too many open sessions.
    #[error("too many hand-offs are open")]
    TooMany,
    /// The session is still being brought to HubSpot.
    #[error("the hand-off is still being started by another call")]
    Starting,
    /// In a conversation of HubSpot's inbox the customer writes there themselves.
    #[error("the customer writes into this conversation of HubSpot's inbox themselves")]
    CustomerWritesThere,
    /// Another session has the same conversation.
    #[error("this conversation is handed over already")]
    HandedOver,
    /// The session changed at every try to change it.
    #[error("the hand-off changed at the same time")]
    Overtaken,
    /// The channel is gone in HubSpot, or was never set up.
    #[error("the channel of the hand-off is not there")]
    ChannelMissing,
    /// The state could not be written.
    #[error("the state of the hand-off could not be written: {0}")]
    Unwritable(String),
}

impl Error {
    /// True if HubSpot may have made what was to be made.
    pub fn may_be_made(&self) -> bool {
        self.of_hubspot().is_some_and(hubspot_client::Error::may_be_made)
    }

    /// True if HubSpot may have made a change.
    pub fn may_be_changed(&self) -> bool {
        self.of_hubspot().is_some_and(hubspot_client::Error::may_be_changed)
    }

    /// True if HubSpot refused the values, or knows no such record.
    pub fn is_refusal(&self) -> bool {
        use hubspot_client::Error::{NotFound, Rejected};
        matches!(self.of_hubspot(), Some(Rejected { .. } | NotFound))
    }

    /// The error for this refusal of a later try, which does not tell what became of an earlier one.
    #[must_use]
    pub fn in_doubt(self, write: WriteKind) -> Error {
        match self.of_hubspot() {
            Some(refusal) => refusal.clone().in_doubt(write).into(),
            // A channel that is gone is mended first, whatever became of the message.
            None => self,
        }
    }

    fn of_hubspot(&self) -> Option<&hubspot_client::Error> {
        match self {
            Error::HubSpot(error)
            | Error::Records(records::error::Error::HubSpot(error))
            | Error::Conversations(
                conversations::error::Error::HubSpot(error)
                | conversations::error::Error::Records(records::error::Error::HubSpot(error)),
            ) => Some(error),
            _ => None,
        }
    }
}

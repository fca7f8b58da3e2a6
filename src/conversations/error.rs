//! The errors of reading, answering and changing conversations.

use crate::records;
use crate::tool::question::{NotAccepted, TooLong, Unanswered};
use domain::id::ThreadId;

/// The reason why a conversation could not be read, answered or changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// HubSpot's answer, or its absence.
    #[error(transparent)]
    HubSpot(#[from] hubspot_client::Error),
    /// A contact, an owner or an argument.
    #[error(transparent)]
    Records(#[from] records::error::Error),
    /// The person at the client has to agree first.
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    /// The person did not agree.
    #[error(transparent)]
    NotAccepted(#[from] NotAccepted),
    /// The question would be longer than a person reads.
    #[error(transparent)]
    TooLong(#[from] TooLong),
    /// HubSpot has no conversation with this id, or it was deleted.
    #[error("no conversation has the id `{0}`")]
    Unknown(ThreadId),
    /// The account has no inbox of this id or name.
    #[error("there is no such inbox")]
    InboxUnknown {
        /// The names of the inboxes that it has.
        inboxes: Vec<String>,
    },
    /// The conversation has no message with this id.
    #[error("the conversation has no such message")]
    MessageUnknown,
    /// The message is older than those that are read of a long conversation, so what stands before it cannot be read.
    #[error("the message is older than the newest messages that are read of this long conversation")]
    MessageTooOld,
    /// The channel of the conversation takes no messages from this program.
    #[error("nothing can be sent over {channel}: {why}")]
    ChannelClosed {
        /// The channel, as people call it.
        channel: String,
        /// The reason.
        why: &'static str,
    },
    /// There is nobody in whose name a message could be sent.
    #[error("no HubSpot user is set in whose name messages are sent")]
    SenderMissing,
    /// The user in whose name messages are to be sent does not exist.
    #[error("the HubSpot user in whose name messages are sent does not exist")]
    SenderUnknown,
    /// The store cannot note the message, so it is not sent.
    #[error(transparent)]
    Store(#[from] crate::store::Error),
    /// The operator has not opened replies to customers of a live account.
    #[error("this server may not write to customers yet")]
    RepliesNotAllowed,
    /// The conversation was handed over to a person.
    #[error("a person has this conversation")]
    HandedOver,
    /// The files are too large together.
    #[error("the files have {bytes} bytes together, and may have {max}")]
    FilesTooLarge {
        /// The size of the files.
        bytes: usize,
        /// The largest size.
        max: usize,
    },
}

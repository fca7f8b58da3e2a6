//! An event of HubSpot's as this server understands it.

/// An event. It has ids, times and the name of its kind, and no text of anybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubSpotEvent {
    /// HubSpot's name of the kind, such as `conversation.newMessage`.
    pub name: String,
    /// Meaning of the event, with the ids that belong to it.
    pub kind: EventKind,
    /// HubSpot's time of it, in unix milliseconds; `None` if it does not tell.
    pub occurred_ms: Option<i64>,
    /// Id of the HubSpot account that sent it.
    pub portal: Option<u64>,
    /// What tells it from others of its kind and time, such as the property that changed.
    pub detail: String,
}

/// The meaning of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// Something was written into a conversation, or happened to it.
    NewMessage {
        /// Id of the conversation's thread.
        thread: String,
        /// The message; empty if HubSpot does not tell.
        message: String,
        /// The contact, where the way by which the event came tells it.
        contact: String,
        /// Who may have written it.
        from: From,
    },
    /// A conversation began, changed, was deleted or restored.
    Conversation {
        /// Id of the conversation's thread.
        thread: String,
    },
    /// A conversation was erased for good, for somebody's privacy.
    ConversationErased {
        /// Id of the conversation's thread.
        thread: String,
    },
    /// A contact was erased for good, for their privacy.
    ContactErased {
        /// Id of the contact.
        contact: String,
    },
    /// Something happened to a contact.
    Contact {
        /// Id of the contact.
        contact: String,
    },
    /// Another kind that HubSpot has, such as of tickets and deals.
    Other {
        /// Type of the record, such as `contact`.
        object: String,
    },
    /// A kind that was not known when this program was written.
    Unknown {
        /// Type of the record, such as `contact`.
        object: String,
    },
}

/// The writers of a message, as far as an event tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The customer, or somebody who writes to the customer: webhooks do not tell.
    Anybody,
    /// Not the customer: a colleague, a bot, this server, or HubSpot itself.
    TheDesk,
}

impl EventKind {
    /// The conversation, if it is about one.
    pub fn thread(&self) -> Option<&str> {
        match self {
            EventKind::NewMessage { thread, .. }
            | EventKind::Conversation { thread }
            | EventKind::ConversationErased { thread } => Some(thread),
            _ => None,
        }
    }
}

//! The reasons why an attempt ends without a decision.

use hubspot_client::Error as HubSpotError;

use crate::chat::desk::UnknownGraph;
use crate::conversations::error::Error as ConversationError;
use crate::store::Error as StoreError;

/// The reason why an attempt ended early.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Failed {
    /// HubSpot refused a request or could not be reached.
    #[error(transparent)]
    HubSpot(#[from] HubSpotError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A conversation that cannot be written to.
    #[error(transparent)]
    Conversation(ConversationError),
    /// The taskgraph of the settings.
    #[error(transparent)]
    Graph(#[from] UnknownGraph),
    /// An operator has paused it meanwhile.
    #[error("an operator has paused the conversation, its inbox or everything")]
    Paused,
    /// Somebody else has the conversation now.
    #[error("another process has taken over the conversation")]
    Lost,
    /// It was deleted meanwhile.
    #[error("the conversation was deleted")]
    Gone,
}

impl From<ConversationError> for Failed {
    fn from(error: ConversationError) -> Failed {
        match error {
            ConversationError::HubSpot(error) => Failed::HubSpot(error),
            ConversationError::Store(error) => Failed::Store(error),
            ConversationError::Unknown(_) => Failed::Gone,
            other => Failed::Conversation(other),
        }
    }
}

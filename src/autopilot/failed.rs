//! The reasons why an attempt ends without a decision.

use hubspot_client::Error as HubSpotError;

use crate::chat::desk::UnknownGraph;
use crate::conversations::error::Error as ConversationError;
use crate::store::Error as StoreError;
use crate::tool::ToolError;
use domain::code::Code;

/// The outcome of an attempt that has lost its conversation half-way.
const CANCELLED: &str = "cancelled";

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
    /// The audit trail cannot be written, so nothing may be changed.
    #[error("{0}")]
    Audit(String),
    /// Somebody else has the conversation now.
    #[error("another process has taken over the conversation")]
    Lost,
    /// It was deleted meanwhile.
    #[error("the conversation was deleted")]
    Gone,
}

impl Failed {
    /// The outcome in the audit trail.
    pub fn code(&self) -> &'static str {
        match self {
            Failed::HubSpot(error) => error.code().as_str(),
            Failed::Store(_) => Code::StoreFailed.as_str(),
            Failed::Conversation(error) => ToolError::from(error.clone()).code.as_str(),
            Failed::Graph(_) => Code::Internal.as_str(),
            Failed::Audit(_) => Code::AuditUnavailable.as_str(),
            Failed::Paused | Failed::Lost | Failed::Gone => CANCELLED,
        }
    }
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

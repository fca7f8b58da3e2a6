//! The kind of the author of a message.

use schemars::JsonSchema;
use serde::Serialize;

use hubspot_client::{ActorKind, Message};

/// The kind of an author.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    /// The customer.
    Customer,
    /// A colleague, or this program in the name of one.
    Agent,
    /// A bot, an app, or HubSpot's own customer agent.
    Bot,
    /// HubSpot itself.
    System,
}

/// The author of a message. A message that came in over a channel is the customer's, unless an agent or a bot wrote it.
pub fn of(message: &Message) -> Author {
    let kind = message.sender.as_ref().map_or(ActorKind::Unknown, |sender| sender.kind());
    match kind {
        ActorKind::Visitor | ActorKind::Email => Author::Customer,
        ActorKind::Agent => Author::Agent,
        ActorKind::Bot | ActorKind::Llm | ActorKind::Integration => Author::Bot,
        ActorKind::System | ActorKind::Unknown if message.is_incoming => Author::Customer,
        ActorKind::System | ActorKind::Unknown => Author::System,
    }
}

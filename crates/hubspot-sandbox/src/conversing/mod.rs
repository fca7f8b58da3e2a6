//! People who write: visitors over a channel, agents in HubSpot's own screens. HubSpot's API cannot start a thread;
//! tests and demos do it here.

mod agent;
mod attached_file;
mod error;
pub(crate) mod lenient_id;
mod thread_actions;
mod visitor;
mod visitor_identity;
mod visitor_message;

pub use agent::AgentMessage;
pub use attached_file::AttachedFile;
pub use error::ConversationError;
pub use visitor_message::{VisitorChannel, VisitorMessage, WrittenMessage};

//! Conversations: inboxes, channels, threads, messages, and the actors who write them.

pub(crate) mod actor;
pub(crate) mod address;
pub(crate) mod changes;
pub(crate) mod channel;
pub(crate) mod desk_ticket;
pub(crate) mod hex_id;
pub(crate) mod inbox;
pub(crate) mod message;
pub(crate) mod outgoing;
pub(crate) mod profile;
pub(crate) mod rich_text;
pub(crate) mod status;
pub(crate) mod store;
pub(crate) mod thread;
pub(crate) mod truncation;
pub(crate) mod visitor;

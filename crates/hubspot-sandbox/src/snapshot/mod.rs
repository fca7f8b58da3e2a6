//! The whole account as JSON: in a text, and in a file that survives a restart.

mod channel_items;
mod conversation_items;
pub(crate) mod error;
pub(crate) mod file;
mod format;
mod item_error;
mod load;
mod write;

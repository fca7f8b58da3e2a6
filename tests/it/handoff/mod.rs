//! Conversations that are handed over to people and come back, through a real client on the embedded HubSpot.

mod answering;
mod channel;
mod chat;
mod closing;
mod conversation;
mod deliveries;
pub(crate) mod desk;
mod files;
mod follow_up;
mod in_doubt;
mod processes;
mod script;
mod simulation;
mod starting;
#[cfg(unix)]
mod terminal;
mod undelivered;
mod verdict;
mod watching;

/// Sarah Mark, whose owner is Veronica Chen.
pub(crate) const SARAH: &str = "84246479604";
/// Veronica Chen and Mei Tanaka as owners, and as users.
pub(crate) const VERONICA: &str = "117001";
pub(crate) const MEI: &str = "117003";

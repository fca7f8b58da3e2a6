//! Conversations of visitors with the page, in memory, and sealed in the store where replicas share it.
//!
//! | module | content |
//! |---|---|
//! | [`event`], [`log`] | a message as it is shown, and the numbered messages of one conversation |
//! | [`visit`] | one conversation: what its screens are shown, and what waits to be answered |
//! | [`staging`] | its part that replicas share: what is staged until it is stored, and what another one has stored |
//! | [`incoming`] | what waits to be answered or passed on |
//! | [`visits`] | all of them, by their tokens, within limits |
//! | [`room`] | which idle ones end where all of them hold too much |
//! | [`kept`], [`sharing`] | a conversation as the store keeps it, and its place there |
//! | [`replicated`] | stores each change before it is shown, and takes over what another replica has left |
//! | [`opening`] | the conversation that a token opens, here or in the store |
//! | [`answering`] | the task that answers, and shows what a person writes |
//! | [`decisions`] | what was decided in the newest turns, where a page shows it |

pub mod answering;
pub mod decisions;
pub mod event;
pub mod incoming;
pub mod kept;
pub mod log;
pub mod opening;
pub mod replicated;
pub mod room;
pub mod sharing;
pub mod staging;
#[expect(clippy::module_inception, reason = "one conversation is what the folder is about")]
pub mod visit;
pub mod visits;

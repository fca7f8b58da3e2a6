//! Polling: asks HubSpot's inboxes for what is new, for a desk without webhooks, and beside them for what they lost.
//!
//! | module | content |
//! |---|---|
//! | [`cadence`] | when an inbox is looked at next, as a pure function |
//! | [`inboxes`] | which inboxes are looked at |
//! | [`progress`] | which threads of a look are read, and how far it has come, as pure functions |
//! | [`inbox_poll`] | one look at one inbox |
//! | [`poller`] | the loop over all inboxes |

pub mod cadence;
pub mod inbox_poll;
pub mod inboxes;
pub mod poller;
pub mod position;

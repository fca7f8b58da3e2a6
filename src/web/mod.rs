//! Web pages: the one where customers chat with the interface behind it, the contact assistant for staff, and the three
//! sides of a conversation for a newcomer.
//!
//! | module | content |
//! |---|---|
//! | [`chat_page`] | all of it, as the HTTP server sees it |
//! | [`page`] | the files of the page |
//! | [`assistant`] | the contact assistant for staff |
//! | [`panes`] | customer, colleague and HubSpot at once, for a newcomer with the embedded account |
//! | [`api`] | the JSON interface: conversations begin, take messages, tell what happens |
//! | [`visit`] | the conversations in memory, and the task that answers in each |
//! | [`outbox`] | signed webhooks to a program of the operator's |
//! | [`claim`], [`claim_ids`] | claims of host pages, and those that were used |
//! | [`colour`], [`rates`] | a readable colour; limits of an address |
//! | [`settings`], [`settings_file`], [`texts`] | the operator's choices and their file; the fixed texts |

pub mod api;
pub mod assistant;
pub mod chat_page;
pub mod claim;
pub mod claim_ids;
pub mod colour;
pub mod outbox;
pub mod page;
pub mod panes;
pub mod rates;
pub mod settings;
pub mod settings_file;
pub mod texts;
pub mod visit;

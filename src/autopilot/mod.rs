//! The autopilot: answers what customers write into HubSpot's inbox, and knows when to be silent.
//!
//! | module | content |
//! |---|---|
//! | [`settings`], [`rules`] | the operator's file, and the rules of every conversation |
//! | [`runner`] | the loop: conversations that are due are claimed, and end |
//! | [`pilot`], [`desks`], [`live`] | what attempts share: settings, the desks of the inboxes, the brains of conversations |
//! | `conduct`, `attempt`, `begin`, `answer`, `hand_over`, `unread_summary` | one attempt at a conversation: read, decide, answer or hand over |
//! | [`load`], [`outbox`], [`held_claim`], [`failed`] | a conversation as it was read; what is written, once; the claim; what fails |
//! | [`decide`], [`reason`] | pure: what becomes of a conversation, and why |
//! | [`entry`], [`mail_text`], [`history`] | pure: a conversation as plain data; of a mail the part that its sender has written; what a brain is shown |
//! | [`triggers`], [`robots`] | pure: words for which a person goes on, and mails that nobody has written |
//! | [`say`], [`plain_reply`], [`texts`], [`summary`] | what customers are told, and what colleagues read |
//! | [`leads`] | what a conversation has shown, as properties of its contact |
//! | [`memory`], [`switches`] | what is remembered of a conversation between two messages; the operator's pauses |
//! | [`shadow`] | what it would have said in conversations that are over |
//! | [`record`], [`operator`], [`tools`], [`watcher`] | metrics and counts; what an operator can see and steer, and the tools for that |

mod answer;
mod attempt;
mod begin;
mod conduct;
pub mod decide;
pub mod desks;
pub mod entry;
pub mod failed;
mod hand_over;
pub mod held_claim;
pub mod history;
pub mod leads;
pub mod live;
pub mod load;
pub mod mail_text;
pub mod memory;
pub mod operator;
pub mod outbox;
pub mod pilot;
pub mod plain_reply;
pub mod reason;
pub mod record;
pub mod robots;
pub mod rules;
pub mod runner;
pub mod say;
pub mod settings;
pub mod shadow;
pub mod summary;
pub mod switches;
pub mod texts;
pub mod tools;
pub mod triggers;
mod unread_summary;
pub mod watcher;

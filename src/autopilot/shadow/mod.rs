//! The shadow: what the autopilot would have said in conversations that people have had. It sends nothing and notes nothing.
//!
//! | module | content |
//! |---|---|
//! | [`episodes`] | pure: a conversation as the messages that would have been answered, with what people said |
//! | [`run`] | the closed conversations of some inboxes, each message with the turn of a brain |
//! | [`report`] | what came of it, for people and for programs |

pub mod episodes;
pub mod report;
pub mod run;

//! The language of a visitor, and the few words that mean the same in every conversation.

mod answers;
mod denial;
mod detect;
mod person;
mod words;

pub use answers::{
    agrees, cancels, consents, contradicts, declines, doubts, goes_back, greets, is_about_desk, is_courteous, praises,
    requested_language, says_goodbye, starts_over,
};
pub use denial::{Denial, denied};
pub use detect::{is_surely, next, of};
pub use domain::language::Language;
pub use person::asks_for_person;
pub use words::folded;

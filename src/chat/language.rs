//! The language of a visitor, and the few words that mean the same in every conversation.

mod answers;
mod detect;
mod person;
mod words;

pub use answers::{agrees, contradicts, declines, goes_back, greets, is_courteous, praises, says_goodbye, starts_over};
pub use detect::{is_surely, next, of};
pub use domain::language::Language;
pub use person::asks_for_person;
pub use words::folded;

//! The language of a visitor, and the few words that mean the same in every conversation.

mod answer_words;
mod answers;
mod complaints;
mod conditions;
mod consents;
mod content;
mod denial;
mod desk_questions;
mod detect;
mod erasure;
mod exclusion;
mod forbidden;
mod foreign;
mod person;
mod purchases;
mod refusal;
mod staff_deeds;
mod unspaced;
mod vocabulary;
mod withdrawal;
mod words;

pub use answers::{
    agrees, begins_with_answer, cancels, contradicts, declines, doubts, goes_back, greets, is_about_desk, is_courteous,
    praises, requested_language, says_goodbye, starts_over, without_answer,
};
pub use complaints::complains;
pub use conditions::{begins_with_if, is_conditional_order};
pub use consents::{begins_held_back, begins_with_condition, consent, consents, holds_back};
pub use content::{are_alike, content_words};
pub use denial::{Denial, denied};
pub use desk_questions::{asks_about_company, asks_about_desk, asks_how, asks_to_see};
pub use detect::{is_surely, next, of};
pub use domain::language::Language;
pub use erasure::asks_to_erase;
pub use exclusion::excludes_somebody;
pub use foreign::is_foreign;
pub use person::asks_for_person;
pub use purchases::is_about_purchase;
pub use refusal::{is_bare_no, keeps_to_oneself};
pub use unspaced::tells_without_spaces;
pub use vocabulary::Vocabulary;
pub use withdrawal::{drops_wish, restricts, withdraws};
pub use words::folded;

//! When people answer: one setting of days, hours, holidays and a zone, used by the hand-off and the chat.
//!
//! | module | content |
//! |---|---|
//! | [`calendar`] | [`calendar::Hours`], and the pure answer to "does somebody answer now?" |
//! | [`setting`] | the TOML file of the setting, read with the line of what is wrong |
//! | [`sentence`] | the answer as a sentence for the customer, in five languages |

pub mod calendar;
pub mod sentence;
pub mod setting;

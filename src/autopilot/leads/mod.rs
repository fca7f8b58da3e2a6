//! Leads: what a conversation has shown of a customer, as properties of their contact, by rules that the operator declares.
//!
//! | module | content |
//! |---|---|
//! | [`rules`] | the operator's rules |
//! | [`check`] | the rules against the account: properties that are not there, values that do not fit |
//! | [`evidence`], [`budget`], [`company`] | pure: what a conversation has shown |
//! | [`wanted`] | pure: from evidence to the values that the rules want |
//! | [`memory`] | what is remembered of them between two attempts |
//! | [`plan`], [`comment`] | pure: the values that are written and those that stay, and how colleagues are told |
//! | `collect`, `write` | what an attempt finds, and how it is written |

pub mod budget;
pub mod check;
mod collect;
pub mod comment;
pub mod company;
pub mod evidence;
pub mod memory;
pub mod plan;
pub mod rules;
pub mod wanted;
mod write;

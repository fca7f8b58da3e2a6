//! Leads: what a conversation has shown of a customer, as properties of their contact, by rules that the operator declares.
//!
//! | module | content |
//! |---|---|
//! | [`rules`] | the operator's rules |
//! | [`check`] | the rules against the account: properties that are not there, values that do not fit |
//! | [`evidence`], [`budget`], [`company`] | pure: what a conversation has shown of its contact |
//! | `clause`, `amount` | pure: the clauses in which customers state something of their own; amounts as people write them |
//! | [`wanted`] | pure: from evidence to the values that the rules want |
//! | [`memory`] | what is remembered of them between two attempts |
//! | [`told`] | pure: the values of which colleagues know, as the comments in the conversation say them |
//! | [`gate`], [`refusal`] | pure: whether a lead may still be written; what follows from HubSpot's refusal |
//! | [`plan`], [`comment`] | pure: the values that are written and those that stay, and how colleagues are told |
//! | `collect`, `write` | what an attempt finds, and how it is written |

mod amount;
pub mod budget;
pub mod check;
mod clause;
mod collect;
pub mod comment;
pub mod company;
pub mod evidence;
pub mod gate;
pub mod memory;
pub mod plan;
pub mod refusal;
pub mod rules;
pub mod told;
pub mod wanted;
mod write;

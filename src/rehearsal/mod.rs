//! Rehearsals: conversations from files, played against a desk on an embedded HubSpot of their own, and judged by its state.
//!
//! | module | content |
//! |---|---|
//! | [`source`], [`scenario`], [`values`] | the file: its text and lines, its keys, its values |
//! | [`stage`], [`account`], [`state`] | the embedded HubSpot at the start, and the differences of two of its states |
//! | [`customer`] | a customer who says the lines of the file |
//! | [`play`] | the conversation of a customer and a desk |
//! | [`judge`], [`leaks`], [`failure`] | what is wrong with it, and where |
//! | [`text`] | texts as they are compared |

pub mod account;
pub mod customer;
pub mod failure;
pub mod judge;
pub mod leaks;
pub mod play;
pub mod scenario;
pub mod source;
pub mod stage;
pub mod state;
pub mod text;
pub mod values;

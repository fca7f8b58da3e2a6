//! What a representative's meeting link offers and asks for, and what a customer has booked.
//!
//! Reading and deciding are apart: [`offer`], [`link`] and [`meetings`] read from HubSpot; [`pick`], [`busy`] and
//! [`form`] decide. The tools that show and book times stand on the same two, so that what is shown as free is what can
//! be booked.

pub mod busy;
pub mod form;
pub mod link;
pub mod meetings;
pub mod offer;
pub mod pick;
pub mod slot;

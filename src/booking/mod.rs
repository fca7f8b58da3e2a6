//! What a representative's meeting link offers and asks for.
//!
//! Reading and deciding are apart: [`offer`], [`link`] and [`before`] read from HubSpot; [`pick`], [`busy`] and [`form`] decide. The
//! tools that show and book times stand on the same two, so that what is shown as free is what can be booked.
//! [`customer`] keeps a booking from changing the contact unasked.

pub mod before;
pub mod busy;
pub mod customer;
pub mod form;
pub mod link;
pub mod offer;
pub mod pick;
pub mod slot;

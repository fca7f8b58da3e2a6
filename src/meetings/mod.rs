//! What a representative's meeting link offers and asks for.
//!
//! Reading and deciding are apart: [`availability`], [`meeting_link`] and [`existing`] read from HubSpot; [`slot_search`], [`busy`] and [`booking_form`] decide. The
//! tools that show and book times stand on the same two, so that what is shown as free is what can be booked.
//! [`customer`] keeps a booking from changing the contact unasked.

pub mod availability;
pub mod booking_form;
pub mod busy;
pub mod customer;
pub mod existing;
pub mod meeting_link;
pub mod slot;
pub mod slot_search;

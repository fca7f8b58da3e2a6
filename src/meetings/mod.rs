//! Meeting links: their availability, their booking form and the customer of a booking.
//!
//! [`availability`], [`meeting_link`], [`existing`], [`look_alike`] and [`customer`] read from HubSpot; [`slot_search`], [`busy`],
//! [`unavailable_reason`] and [`booking_form`] decide without I/O; [`confirmation`] asks the person. The tools that show and that book
//! times share them, so every time that is shown as
//! free can be booked. Each module has errors of its own; `tools::errors` maps them for the model.

pub mod availability;
pub mod booking_form;
pub mod busy;
pub mod confirmation;
pub mod customer;
pub mod existing;
pub mod look_alike;
pub mod meeting_link;
pub mod slot;
pub mod slot_search;
pub mod unavailable_reason;

//! What a representative's meeting link offers: read from HubSpot, then decided on here.
//!
//! [`offer`] reads, [`pick`] decides. Both tools that show and book times stand on these two, so that what is shown
//! as free is what can be booked.

pub mod offer;
pub mod pick;
pub mod slot;

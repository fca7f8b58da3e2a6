//! The words of the domain, parsed once at the door. No I/O, no clock.

pub mod clock;
pub mod code;
pub mod contact_key;
pub mod dates;
pub mod email;
pub mod id;
pub mod interval;
pub mod phone;
pub mod text;
pub mod time_zone;

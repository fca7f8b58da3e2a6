//! Custom channels: those that apps make, with their capabilities, and the changes that HubSpot tells them of.

pub(crate) mod capabilities;
pub(crate) mod change;
pub(crate) mod channel;
pub(crate) mod matching;
pub(crate) mod reply;
pub(crate) mod store;

//! Hands a conversation over to a person through a custom channel of HubSpot's.
//!
//! | module | content |
//! |---|---|
//! | [`channel_event`] | the body of a custom channel's webhook, and what its events mean |

pub mod channel_event;

//! Hands a conversation over to a person through a custom channel of HubSpot's.
//!
//! | module | content |
//! |---|---|
//! | [`channel_event`] | the body of a custom channel's webhook, and what its events mean |
//! | [`channel_address`] | the unguessable address of that webhook |
//! | [`channel_webhook`] | a delivery to it, from its headers to its answer |
//! | [`setup`] | pure: from what is there and what is wanted to the steps between |
//! | [`connect`] | takes the steps, one set-up at a time; removes the channel, and says how it stands |
//! | [`channel_form`] | its name, and what it takes and shows |
//! | [`channel_lease`] | of several set-ups, one at a time |
//! | [`channel_state`] | how the channel stands, for a person |

pub mod channel_address;
pub mod channel_event;
pub mod channel_form;
pub mod channel_lease;
pub mod channel_state;
pub mod channel_webhook;
pub mod connect;
pub mod setup;

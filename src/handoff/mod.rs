//! The hand-over of a conversation to a person in HubSpot, and its return.
//!
//! A session belongs to the caller who began it and survives restarts. What a person does in HubSpot is seen by looks (and by
//! webhooks, which only make a look come sooner), becomes a step of the session, and its events are read in order, each
//! once. Texts stay in HubSpot: they are fetched when they are read.
//!
//! | module | content |
//! |---|---|
//! | [`state`] | the pure steps of a session: started, waiting, taken, ended once |
//! | [`session`] | a session with its state: begun, loaded, moved on |
//! | [`mark`], [`transcript`], [`texts`], [`deadline`] | pure: marked notes, the first message, what customers are told, until when somebody should take it |
//! | [`closing_hand`], [`event_time`] | pure: who closed it, and that no event is earlier than the one before |
//! | [`ticket`], [`thread`], [`channel`] | the places: a ticket with marked notes, a conversation in HubSpot's inbox, a custom channel |
//! | [`customer`], [`note_outbox`], [`inputs`] | the contact, notes that are written once, and what callers send |
//! | [`session_claim`] | of several calls that begin or end a session at once, one at a time |
//! | [`start`], [`send`], [`stop`], [`events`] | what the tools do |
//! | [`follow_up`], [`undelivered`] | a task where nobody takes a conversation; messages that no customer was told |
//! | [`session_poll`], [`watch`] | looks at all open sessions, shared by all who wait |
//! | [`resource`] | the address of a session that clients subscribe to |
//! | [`channel_outbox`] | the customer's words on their way into a thread of the channel, each published once |
//! | [`channel_event`] | the body of a custom channel's webhook, and what its events mean |
//! | [`channel_address`] | the unguessable address of that webhook |
//! | [`channel_webhook`] | a delivery to it, from its headers to its answer |
//! | [`setup`] | pure: from what is there and what is wanted to the steps between |
//! | [`connect`] | takes the steps, one set-up at a time; removes the channel, and says how it stands |
//! | [`channel_definition`] | its name, and what it takes and shows |
//! | [`channel_lease`] | of several set-ups, one at a time |
//! | [`channel_state`] | how the channel stands, for a person |

pub mod channel;
pub mod channel_address;
pub mod channel_definition;
pub mod channel_event;
pub mod channel_lease;
pub mod channel_outbox;
pub mod channel_state;
pub mod channel_webhook;
pub mod closing_hand;
pub mod connect;
pub mod customer;
pub mod deadline;
pub mod error;
pub mod event_time;
pub mod events;
pub mod follow_up;
pub mod inputs;
pub mod mark;
pub mod note_outbox;
pub mod resource;
pub mod send;
pub mod session;
pub mod session_claim;
pub mod session_poll;
pub mod setup;
pub mod start;
pub mod state;
pub mod stop;
pub mod texts;
pub mod thread;
pub mod ticket;
pub mod transcript;
pub mod undelivered;
pub mod watch;

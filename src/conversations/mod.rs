//! Conversations in HubSpot's inbox: finding, reading, answering and changing them.
//!
//! HubSpot's word is "thread". A conversation has messages of the customer (`customer_text`), of colleagues to the customer
//! (`colleague_text`) and among each other (`colleague_note`), and of bots (`bot_text`).

pub mod agreement;
pub mod author;
pub mod channel;
pub mod error;
pub mod files;
pub mod listing;
pub mod load;
pub mod markup;
pub mod message_view;
pub mod names;
pub mod outbox;
pub mod reply_permission;
pub mod reply_route;
pub mod resource;
pub mod sender;
pub mod summary;
pub mod transcript;
pub mod wait;

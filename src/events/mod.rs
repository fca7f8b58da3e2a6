//! HubSpot's events in: taken from webhooks or found by asking, stored once, and told to clients. Nothing else happens in
//! the request of a webhook.
//!
//! | module | content |
//! |---|---|
//! | [`public_url`] | the address under which this server is reached from outside, for which HubSpot signs |
//! | [`signature`] | HubSpot's three signatures, as pure functions |
//! | [`delivery`], [`event`] | the body of a webhook, and what its events mean; [`event_key`] tells repeats |
//! | [`intake`] | the queue to the store: deliveries that arrive together are stored in one transaction |
//! | [`own_account`] | the account whose events are taken, once HubSpot has told it |
//! | [`feed`] | tells clients of conversations in which something was stored, by this replica or another |
//! | [`change_relay`] | tells other replicas of resources that changed here, and clients of those that changed there |
//! | [`poll`] | asks HubSpot's inboxes, without webhooks and for what they lost |
//! | [`signed_delivery`] | a delivery from its headers to its answer, of the app or of a channel |
//! | [`webhook`] | the webhook of the app |
//! | [`retention`] | keeps the store small |

pub mod change_relay;
pub mod delivery;
pub mod event;
pub mod event_key;
pub mod feed;
pub mod intake;
pub mod own_account;
pub mod poll;
pub mod public_url;
pub mod retention;
pub mod signature;
pub mod signed_delivery;
pub mod webhook;

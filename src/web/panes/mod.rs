//! The three sides of a conversation at once, for a newcomer with the embedded HubSpot: the customer's chat, a colleague's
//! inbox, and the account as it changes.
//!
//! | module | content |
//! |---|---|
//! | [`routes`] | the page, its files and its interface |
//! | [`colleague`] | what a colleague does, as requests to the embedded HubSpot |
//! | [`customer`] | what a customer writes into HubSpot's own inbox, as such a request |
//! | [`account_snapshot`] | the account as it is shown |

pub mod account_snapshot;
pub mod colleague;
pub mod customer;
pub mod routes;

//! Contacts and tickets: finding, reading and changing them, shared by several tools.
//!
//! | module | content |
//! |---|---|
//! | [`contact`], [`ticket`] | lookup of one record, live, archived or merged |
//! | [`contact_view`], [`excerpt`], [`record_url`] | a record as a model reads it: few properties, long texts cut, its page in HubSpot |
//! | [`property`], [`property_value`], [`date_value`], [`option_index`] | properties by name or label, and values checked against their definitions |
//! | [`edit`], [`changes`], [`diff`] | the wanted values of a record, and the changes that an update made |
//! | [`confirmation`] | the person's agreement to a change |
//! | [`owner`], [`stage`] | owners by id, address or name; pipelines and stages by label or id |
//! | [`choices`] | the values of an argument in this account |
//! | [`ticket_properties`] | the account's own properties of tickets, beside those that have arguments |
//! | [`note`] | notes on the timeline of a ticket |
//! | [`search`], [`query`], [`contact_page`], [`by_phone`], [`filter`], [`cursor`] | the contacts that match words or properties, page by page |
//! | [`error`] | the errors of all of them; `tools::errors` maps them for the model |

pub mod by_phone;
pub mod changes;
pub mod choices;
pub mod confirmation;
pub mod contact;
pub mod contact_page;
pub mod contact_view;
pub mod cursor;
pub mod date_value;
pub mod diff;
pub mod edit;
pub mod error;
pub mod excerpt;
pub mod filter;
pub mod note;
pub mod option_index;
pub mod owner;
pub mod property;
pub mod property_value;
pub mod query;
pub mod record_url;
pub mod search;
pub mod stage;
pub mod ticket;
pub mod ticket_properties;

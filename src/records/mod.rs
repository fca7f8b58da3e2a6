//! Contacts and tickets: finding, reading and changing them, shared by several tools.
//!
//! | module | content |
//! |---|---|
//! | [`contact`], [`ticket`] | lookup of one record, live, archived or merged |
//! | [`contact_view`], [`excerpt`], [`record_url`] | a record as a model reads it: few properties, long texts cut, its page in HubSpot |
//! | [`companies_and_deals`] | the companies and the open deals of a contact |
//! | [`free_text`] | texts of others, apart from the values of a record |
//! | [`property`], [`property_value`], [`date_value`], [`option_index`] | properties by name or label, and values checked against their definitions |
//! | [`edit`], [`changes`], [`diff`] | the wanted values of a record, and the changes that an update made |
//! | [`overwrite_guard`], [`owner_names`] | a text that would lose another; changes with names in place of ids |
//! | [`confirmation`], [`text_diff`] | the person's agreement to a change, and the places where long texts differ |
//! | [`owner`], [`stage`] | owners by id, address or name; pipelines and stages by label or id |
//! | [`choices`] | the values of an argument in this account |
//! | [`ticket_properties`] | the account's own properties of tickets, beside those that have arguments |
//! | [`equal_ticket`] | the ticket that an equal call has just opened |
//! | [`pipeline_hint`] | the pipeline whose name fits what a customer wrote |
//! | [`note`], [`ticket_notes`] | notes on the timeline of a ticket: written, and read |
//! | [`search`], [`query`], [`contact_page`], [`by_phone`], [`filter`], [`cursor`] | the contacts that match words or properties, page by page |
//! | [`near_names`], [`similar_people`] | names like one that nobody has; people who may be the same as a new one |
//! | [`newest`] | the newest records that stand on another one |
//! | [`new_task`], [`task_text`] | a task for a colleague: made once, with how to reach the customer |
//! | [`equal_task`], [`named_task`] | the task that an equal call has just made; the one that a caller names |
//! | [`error`] | the errors of all of them; `tools::errors` maps them for the model |

pub mod account_zone;
pub mod by_phone;
pub mod changes;
pub mod choices;
pub mod companies_and_deals;
pub mod confirmation;
pub mod contact;
pub mod contact_page;
pub mod contact_view;
pub mod cursor;
pub mod date_value;
pub mod diff;
pub mod edit;
pub mod equal_task;
pub mod equal_ticket;
pub mod error;
pub mod excerpt;
pub mod filter;
pub mod free_text;
pub mod named_task;
pub mod naming_words;
pub mod near_names;
pub mod new_task;
pub mod newest;
pub mod note;
pub mod option_index;
pub mod overwrite_guard;
pub mod owner;
pub mod owner_names;
pub mod pipeline_hint;
pub mod property;
pub mod property_value;
pub mod query;
pub mod record_url;
pub mod search;
pub mod similar_people;
pub mod stage;
pub mod task_text;
pub mod text_diff;
pub mod ticket;
pub mod ticket_notes;
pub mod ticket_properties;

//! What several tools of the front desk share: contacts and tickets as people name and read them.
//!
//! | file | idea |
//! |---|---|
//! | `contact`, `ticket` | find the record that is meant, live, archived or merged |
//! | `card`, `excerpt`, `link` | a record as a model reads it: few properties, long texts cut, its page in HubSpot |
//! | `field`, `value` | properties by name or label, and values checked against their definitions |
//! | `changes`, `difference` | what is to change, and what an update made of it |
//! | `agreement` | a person agrees before a change is made |
//! | `owner`, `place` | owners by id, address or name; pipelines and stages by label or id |
//! | `choices` | what an argument can be in this account |
//! | `note` | what colleagues read on a timeline |
//! | `search`, `filter`, `cursor` | the contacts that fit a few words or properties, page by page |

pub mod changes;
pub mod choices;
pub mod confirmation;
pub mod contact;
pub mod contact_view;
pub mod cursor;
pub mod diff;
pub mod excerpt;
pub mod filter;
pub mod note;
pub mod owner;
pub mod property;
pub mod property_value;
pub mod record_url;
pub mod search;
pub mod stage;
pub mod ticket;

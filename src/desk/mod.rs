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

pub mod agreement;
pub mod card;
pub mod changes;
pub mod choices;
pub mod contact;
pub mod cursor;
pub mod difference;
pub mod excerpt;
pub mod field;
pub mod filter;
pub mod link;
pub mod note;
pub mod owner;
pub mod place;
pub mod search;
pub mod ticket;
pub mod value;

//! What several tools of the front desk share: contacts and tickets as people name and read them.
//!
//! | file | idea |
//! |---|---|
//! | `contact`, `ticket` | find the record that is meant, live, archived or merged |
//! | `card`, `excerpt`, `link` | a record as a model reads it: few properties, long texts cut, its page in HubSpot |
//! | `field`, `value`, `changes` | properties by name or label, and values checked against their definitions |
//! | `owner`, `place` | owners by id, address or name; pipelines and stages by label or id |
//! | `search`, `cursor` | the contacts that fit a few words, page by page |

pub mod card;
pub mod changes;
pub mod contact;
pub mod cursor;
pub mod excerpt;
pub mod field;
pub mod link;
pub mod owner;
pub mod value;

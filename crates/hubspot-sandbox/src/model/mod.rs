//! The data that an account remembers, and the rules that hold for the data itself.

pub(crate) mod associate;
pub(crate) mod association_type;
pub(crate) mod associations;
pub(crate) mod calendar;
pub(crate) mod computed;
pub(crate) mod conversations;
pub(crate) mod custom_label;
pub(crate) mod definitions;
pub(crate) mod files;
pub(crate) mod identity;
pub(crate) mod journal;
pub(crate) mod link_availability;
pub(crate) mod meeting_link;
pub(crate) mod object_type;
pub(crate) mod owner;
pub(crate) mod pipeline;
pub(crate) mod portal;
pub(crate) mod property_value;
pub(crate) mod record;
pub(crate) mod scheduler;
pub(crate) mod schema;
pub(crate) mod slots;
pub(crate) mod table;
pub(crate) mod token;
pub(crate) mod zone;

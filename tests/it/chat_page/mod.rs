//! The page where customers chat, and the interface behind it.

mod api;
mod assistant;
mod binary;
pub(crate) mod claims;
mod files;
mod http;
mod limits;
mod panes;
mod people;
pub(crate) mod site;
mod turns;
mod webhooks;

//! HubSpot's APIs: one module per family with its routes and handlers, and what all handlers share.

pub(crate) mod account;
pub(crate) mod api_error;
pub(crate) mod associations;
pub(crate) mod batch;
pub(crate) mod call;
pub(crate) mod conversations;
pub(crate) mod custom_channels;
pub(crate) mod endpoint;
pub(crate) mod engagements;
pub(crate) mod files;
pub(crate) mod input;
pub(crate) mod meetings;
pub(crate) mod oauth;
pub(crate) mod objects;
pub(crate) mod offset_cursor;
pub(crate) mod owners;
pub(crate) mod pipelines;
pub(crate) mod properties;
pub(crate) mod response;
pub(crate) mod visitor_identification;

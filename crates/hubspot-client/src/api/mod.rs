//! One file per family of HubSpot's API.

pub(crate) mod account;
pub(crate) mod activities;
pub(crate) mod associations;
pub(crate) mod communications;
pub(crate) mod contacts;
pub(crate) mod meetings;
pub(crate) mod owners;
pub(crate) mod pipelines;
pub(crate) mod properties;
pub(crate) mod read_by_id;
pub(crate) mod records;
pub(crate) mod scheduler;
pub(crate) mod tickets;

//! One file per family of HubSpot's API. Each family owns its caches and batchers and sends through the transport.
//!
//! `…State` is shared by all clones of a client; the public types are views of it for one call.

/// Implements `Debug` without the contents, which are caches and queues.
macro_rules! opaque_debug {
    ($state:ident) => {
        impl std::fmt::Debug for $state {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($state)).finish_non_exhaustive()
            }
        }
    };
}

pub(crate) mod account;
pub(crate) mod activities;
pub(crate) mod associations;
pub(crate) mod communications;
pub(crate) mod contacts;
pub(crate) mod conversations;
pub(crate) mod create_record;
pub(crate) mod custom_channels;
pub(crate) mod meetings;
pub(crate) mod owners;
pub(crate) mod pipelines;
pub(crate) mod properties;
pub(crate) mod read_by_id;
pub(crate) mod records;
pub(crate) mod scheduler;
pub(crate) mod tasks;
pub(crate) mod ticket_key;
pub(crate) mod tickets;

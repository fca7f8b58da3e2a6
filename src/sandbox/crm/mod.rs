//! CRM objects: what is stored, what it means, and the handlers over it.

pub(super) mod associate;
pub(super) mod association_batches;
pub(super) mod associations;
pub(super) mod batch;
pub(super) mod computed;
pub(super) mod create;
pub(super) mod definitions;
pub(super) mod filter;
pub(super) mod find;
pub(super) mod kind;
pub(super) mod labels;
pub(super) mod links;
pub(super) mod merge;
pub(super) mod objects;
pub(super) mod owners;
pub(super) mod pairs;
pub(super) mod pipelines;
pub(super) mod properties;
pub(super) mod record;
pub(super) mod schema;
pub(super) mod search;
pub(super) mod table;
pub(super) mod update;
pub(super) mod upsert;
pub(super) mod values;
pub(super) mod view;

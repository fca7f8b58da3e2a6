//! All integration tests, in one binary.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod architecture;
mod binary;
mod definitions;
mod desk;
mod elicitation;
mod generated;
mod guards;
mod http;
mod logs;
mod meetings;
mod props;
mod protocol;
mod raw;
mod shutdown;
mod world;

//! The login of a person at HubSpot through an app with OAuth: what is kept of it, and how processes share its tokens.
//!
//! The refresh token stands in a file for its owner alone ([`credentials`]); the client secret comes from the environment
//! or a file of its own, so neither is of use without the other. What processes share stands sealed in the store
//! ([`sharing`]).

pub mod authorization_request;
pub mod authorization_response;
pub mod credentials;
pub mod keeper;
pub mod sharing;
pub mod token_file;

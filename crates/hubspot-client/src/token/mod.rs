//! The tokens with which requests are sent: where they come from, and how they are renewed.
//!
//! `source` says what the transport needs to know of them. `fixed` is one token that stays. `oauth` gets a new one for a
//! refresh token when the last one ends, over the endpoints of `endpoints`; what it keeps beyond this process is behind the
//! traits of `keeping`.

pub(crate) mod access_token;
pub(crate) mod endpoints;
pub(crate) mod fixed;
pub(crate) mod oauth;
pub(crate) mod persistence;
pub(crate) mod source;

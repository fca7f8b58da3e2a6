//! The interface behind the page, which other programs may use too.
//!
//! | module | content |
//! |---|---|
//! | [`routes`] | `start`, `send`, `events` and `end`, within limits for each address |
//! | [`events`], [`request`] | messages and state, as a stream or as one answer; what the interface of staff shares |
//! | [`input`], [`answer`], [`origin`], [`replica`] | pure: what is sent and answered, the pages that may ask, and whose a token is |

pub mod answer;
pub mod events;
pub mod input;
pub mod origin;
pub mod replica;
pub mod request;
pub mod routes;

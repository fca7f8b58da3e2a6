//! Look-ups that a company declares: questions to other services over HTTP, each a tool of its own.
//!
//! | module | content |
//! |---|---|
//! | [`lookup`] | a declared look-up: its arguments, request and answer |
//! | [`file`] | the file of `--lookups`, read with the line of what is wrong in it |
//! | [`template`] | pure: texts with `{argument}` in them |
//! | [`request`] | pure: the HTTP request of a call |
//! | [`answer`] | pure: what of a response is answered |
//! | [`pace`], [`cache`] | the calls that are still allowed in this minute; the answers that are still fresh |
//! | [`client`] | one look-up: paced, cached, sent |
//! | [`tool`] | the look-ups as tools |

pub mod answer;
pub mod cache;
pub mod client;
pub mod file;
pub mod lookup;
pub mod pace;
pub mod request;
pub mod template;
pub mod tool;

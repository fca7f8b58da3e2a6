//! The contact assistant: a page on which staff search, add and change contacts by buttons or in words. Whoever uses it has a
//! token, and its rights; the page itself shows nothing of anybody.
//!
//! | module | content |
//! |---|---|
//! | [`routes`] | all of it, as the HTTP server sees it |
//! | [`api`] | conversations of callers begin, take messages, tell what happens |

pub mod api;
pub mod routes;

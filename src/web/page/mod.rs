//! The page where customers chat: plain HTML, CSS and JavaScript, without a framework and without another host.
//!
//! | module | content |
//! |---|---|
//! | [`routes`] | the files, with the headers that protect them |
//! | [`html`] | pure: the page with the operator's brand and texts |

pub mod html;
pub mod routes;

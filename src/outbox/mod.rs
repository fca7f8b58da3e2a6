//! Messages and notes for people, for which HubSpot takes no key: each is noted before it is sent, and looked for among what
//! HubSpot has before it could be sent a second time.
//!
//! | module | content |
//! |---|---|
//! | [`decision`] | pure: from the notes of equal messages and what HubSpot has to found, wait or send |
//! | [`send_once`] | the loop that acts on it, for every place in which something is written |

pub mod decision;
pub mod send_once;

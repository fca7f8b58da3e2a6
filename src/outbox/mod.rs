//! Messages and notes for people: each is noted before it is sent, and looked for among what HubSpot has before it could be
//! sent a second time, unless HubSpot takes it once for its id.
//!
//! | module | content |
//! |---|---|
//! | [`decision`] | pure: from the notes of equal messages and what HubSpot has to found, wait or send; and its end after a try |
//! | [`lost_message`] | pure: the rule by which a message that HubSpot has is the one that is looked for |
//! | [`send_once`] | the loop that acts on them, for every place in which something is written |

pub mod decision;
pub mod lost_message;
pub mod send_once;

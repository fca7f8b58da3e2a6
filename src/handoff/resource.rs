//! The address of a session as a resource, which clients can subscribe to.

use crate::change_feed::{Change, ChangeFeed};

/// The beginning of the URI of a session.
pub const SCHEME: &str = "handoff://";

/// The URI of the session with this id.
pub fn uri(session: &str) -> String {
    format!("{SCHEME}{session}")
}

/// Tells whoever subscribed to the session, or waits for it, that something happened.
pub fn tell(changes: &ChangeFeed, session: &str) {
    changes.publish(&Change::Resource(uri(session)));
}

/// The name under which starts are told within this process; no session has it.
const STARTED: &str = "handoff://";

/// Tells the watch that another session has begun.
pub fn tell_of_start(changes: &ChangeFeed) {
    changes.publish(&started());
}

/// The change that a start is.
pub fn started() -> Change {
    Change::Resource(STARTED.to_owned())
}

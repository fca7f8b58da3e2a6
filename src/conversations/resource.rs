//! The address of a conversation as a resource, which clients can subscribe to.

use crate::change_feed::{Change, ChangeFeed};
use domain::id::ThreadId;

/// The beginning of the URI of a conversation.
pub const SCHEME: &str = "conversation://";

/// The URI of the conversation with this id.
pub fn uri(id: &ThreadId) -> String {
    format!("{SCHEME}{id}")
}

/// Tells whoever subscribed to the conversation, at whichever replica, that it was changed from here.
pub fn announce(changes: &ChangeFeed, id: &ThreadId) {
    changes.announce(uri(id));
}

/// Tells whoever subscribed to the conversation here that it has changed; other replicas hear of it themselves.
pub fn tell(changes: &ChangeFeed, id: &ThreadId) {
    changes.publish(&Change::Resource(uri(id)));
}

//! Names that clients add to the arguments of every call on their own.

use serde_json::{Map, Value};
use tracing::debug;

use super::shape::Fields;

/// The names, and the clients that add them. They are internal to those clients, so a call loses nothing with them.
const INJECTED: [(&str, &str); 8] = [
    ("toolCallId", "n8n"),
    ("sessionId", "n8n"),
    ("action", "n8n"),
    ("chatInput", "n8n"),
    ("tool", "n8n"),
    ("_sessionID", "Cline"),
    ("task_progress", "Cline"),
    // For a tool without arguments, in place of an empty object.
    ("random_string", "Cursor"),
];

/// The arguments without the names that a client adds and the tool does not have. Any other name stays, and is refused
/// where it is not known.
pub(super) fn dropped(tool: &str, fields: &Fields, mut given: Map<String, Value>) -> Map<String, Value> {
    given.retain(|name, _| {
        let injected = INJECTED.iter().find(|(injected, _)| injected == name);
        let Some((argument, client)) = injected.filter(|_| !fields.named.contains_key(name)) else { return true };
        debug!(tool, argument, client, "Dropped an argument that a client adds on its own.");
        false
    });
    given
}

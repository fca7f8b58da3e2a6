//! The key of an event: the same for its repeats, and for the same event that came another way.
//!
//! HubSpot's `eventId` is not unique (HubSpot, webhooks), so the key is made of what happened. A message is told by its id,
//! which polling knows too. An erasure is told by a digest: its key outlives what was erased.

use sha2::{Digest, Sha256};

use super::event::{EventKind, HubSpotEvent};

/// The digits of a digest in a key.
const DIGITS: usize = 32;

/// The key of an event. `occurred_ms`: its time, or that of its arrival.
pub fn of(event: &HubSpotEvent, occurred_ms: i64) -> String {
    let HubSpotEvent { name, kind, detail, .. } = event;
    match kind {
        EventKind::NewMessage { thread, message, .. } if message.is_empty() => {
            format!("message/{thread}/at {occurred_ms}")
        }
        EventKind::NewMessage { thread, message, .. } => format!("message/{thread}/{message}"),
        EventKind::ConversationErased { thread: id } | EventKind::ContactErased { contact: id } => {
            format!("{name}/{}", digest(&format!("{name}/{id}")))
        }
        EventKind::Conversation { thread: id }
        | EventKind::Contact { contact: id }
        | EventKind::Other { object: id }
        | EventKind::Unknown { object: id } => {
            let detail = if detail.is_empty() { String::new() } else { format!("/{}", digest(detail)) };
            format!("{name}/{id}/{occurred_ms}{detail}")
        }
    }
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text);
    let hexadecimal: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    hexadecimal[..DIGITS].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::event::From;

    fn key(name: &str, kind: EventKind, detail: &str) -> String {
        let event =
            HubSpotEvent { name: name.into(), kind, occurred_ms: Some(5), portal: Some(1), detail: detail.into() };
        of(&event, 5)
    }

    fn message(thread: &str, message: &str, from: From) -> EventKind {
        EventKind::NewMessage { thread: thread.into(), message: message.into(), contact: String::new(), from }
    }

    #[test]
    fn a_message_has_one_key_whichever_way_it_comes() {
        let pushed = key("conversation.newMessage", message("7", "a", From::Anybody), "");
        let polled = key("poll", message("7", "a", From::TheDesk), "");
        assert_eq!((pushed.as_str(), polled.as_str()), ("message/7/a", "message/7/a"));
        assert_ne!(key("x", message("7", "", From::Anybody), ""), key("x", message("8", "", From::Anybody), ""));
    }

    #[test]
    fn other_events_are_told_apart_by_object_time_and_detail() {
        let changed = |detail| key("contact.propertyChange", EventKind::Contact { contact: "9".into() }, detail);
        assert!(changed("").starts_with("contact.propertyChange/9/5"));
        assert_ne!(changed("email"), changed("phone"));
        assert_eq!(changed("email"), changed("email"));
    }

    #[test]
    fn the_key_of_an_erasure_names_nobody() {
        let erased = key("contact.privacyDeletion", EventKind::ContactErased { contact: "84246479604".into() }, "");
        assert!(erased.starts_with("contact.privacyDeletion/") && !erased.contains("84246479604"), "{erased}");
    }
}

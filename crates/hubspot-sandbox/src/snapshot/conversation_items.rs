//! Threads and files in a snapshot, an item for each.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::format::ConversationCounters;
use super::item_error::{ItemError, check_id};
use crate::clock::Ms;
use crate::model::conversations::thread::Thread;
use crate::model::conversations::visitor::Visitor;
use crate::model::files::{StoredFile, split_name};
use crate::model::portal::Portal;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct FileEntry {
    id: u64,
    /// Name with its ending.
    name: String,
    #[serde(default)]
    folder: String,
    media_type: String,
    #[serde(default = "private")]
    access: String,
    #[serde(default)]
    created_ms: Ms,
    base64: String,
}

fn private() -> String {
    "PRIVATE".to_owned()
}

pub(super) fn file_entry(file: &StoredFile) -> FileEntry {
    FileEntry {
        id: file.id,
        name: file.full_name(),
        folder: file.folder.clone(),
        media_type: file.media_type.clone(),
        access: file.access.clone(),
        created_ms: file.created_ms,
        base64: STANDARD.encode(&file.bytes),
    }
}

pub(super) fn file(portal: &mut Portal, text: &str) -> Result<(), ItemError> {
    let entry: FileEntry = serde_json::from_str(text)?;
    let id = check_id(entry.id)?;
    if portal.files.get(id).is_some() {
        return Err(format!("file `{id}` is there twice").into());
    }
    let bytes = STANDARD.decode(&entry.base64).map_err(|error| format!("file `{id}` is not base64: {error}"))?;
    portal.files.check_room(1, bytes.len()).map_err(|full| full.to_string())?;
    let (name, extension) = split_name(&entry.name);
    portal.files.insert(StoredFile {
        id,
        name: name.to_owned(),
        extension: extension.to_owned(),
        folder: entry.folder,
        media_type: entry.media_type,
        access: entry.access,
        created_ms: entry.created_ms,
        bytes: bytes.into(),
    });
    Ok(())
}

pub(super) fn visitor(portal: &mut Portal, text: &str) -> Result<(), ItemError> {
    let visitor: Visitor = serde_json::from_str(text)?;
    let id = check_id(visitor.id)?;
    if portal.conversations.visitor(id).is_some() {
        return Err(format!("visitor `{id}` is there twice").into());
    }
    portal.conversations.insert_visitor(visitor);
    Ok(())
}

pub(super) fn thread(portal: &mut Portal, text: &str) -> Result<(), ItemError> {
    let thread: Thread = serde_json::from_str(text)?;
    for id in [thread.id, thread.contact_id, thread.ticket_id.unwrap_or(0)] {
        check_id(id)?;
    }
    if portal.conversations.thread(thread.id).is_some() {
        return Err(format!("thread `{}` is there twice", thread.id).into());
    }
    if portal.conversations.inbox(thread.inbox_id).is_none() {
        return Err(format!("inbox `{}` of thread `{}` does not exist", thread.inbox_id, thread.id).into());
    }
    // Ids of new messages go on after those of the file, also where nobody wrote the counters.
    portal.conversations.messages_made += thread.messages.len() as u64;
    for message in &thread.messages {
        if let Some(key) = &message.idempotency_id {
            portal.custom_channels.note_published(thread.channel_account_id, key, thread.id, &message.id);
        }
    }
    portal.conversations.insert(thread);
    Ok(())
}

impl ConversationCounters {
    pub(super) fn of(portal: &Portal) -> ConversationCounters {
        ConversationCounters {
            next_thread: portal.conversations.next_thread_id,
            next_visitor: portal.conversations.next_visitor_id,
            messages: portal.conversations.messages_made,
            next_file: portal.files.next_id,
        }
    }

    pub(super) fn restore(&self, portal: &mut Portal) -> Result<(), ItemError> {
        for id in [self.next_thread, self.next_visitor, self.messages, self.next_file] {
            check_id(id)?;
        }
        portal.conversations.next_thread_id = self.next_thread;
        portal.conversations.next_visitor_id = self.next_visitor;
        portal.conversations.messages_made = self.messages;
        portal.files.next_id = self.next_file;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::conversing::{AgentMessage, AttachedFile, VisitorMessage};
    use crate::test_client::client;

    #[tokio::test(start_paused = true)]
    async fn conversations_survive_a_restart() {
        let client = client();
        let photo = AttachedFile { name: "door.png".into(), mime: "image/png".into(), bytes: "PNG".into() };
        let hello = VisitorMessage { attachments: vec![photo], ..VisitorMessage::chat("hello") };
        let thread = client.sandbox.visitor_writes(hello).unwrap().thread_id;
        let mail = VisitorMessage::email("new@x.com", "Robots", "Yes.\n> How many?");
        client.sandbox.visitor_writes(mail).unwrap();
        client.sandbox.agent_writes(AgentMessage::reply(thread, 9_586_504, "Hi")).unwrap();
        client.sandbox.move_thread(thread, 948_000_001).unwrap();
        client.sandbox.set_thread_closed(thread, true).unwrap();
        let first = client.sandbox.snapshot();
        let other = crate::test_client::client();
        other.sandbox.restore(&first).unwrap();
        assert_eq!(other.sandbox.snapshot(), first);
        let path = format!("/conversations/v3/conversations/threads/{thread}/messages");
        assert_eq!(other.get(&path).await.expect(200), client.get(&path).await.expect(200));
        let next = |client: &crate::test_client::Client| client.sandbox.visitor_writes(VisitorMessage::chat("more"));
        assert_eq!(next(&other).unwrap(), next(&client).unwrap());
    }

    /// A file of before there were conversations has none of their keys.
    #[tokio::test(start_paused = true)]
    async fn a_file_without_conversations_has_the_inboxes_of_a_new_account() {
        let client = client();
        let before = client.get("/conversations/v3/conversations/inboxes").await.expect(200);
        let old = json!({"version": 1, "counters": {"nextIds": {}, "events": 0, "settingsMade": 0}});
        client.sandbox.restore(&old.to_string()).unwrap();
        assert_eq!(client.get("/conversations/v3/conversations/inboxes").await.expect(200), before);
        client.sandbox.visitor_writes(VisitorMessage::chat("hello")).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn an_invalid_thread_or_file_is_an_error_with_its_line() {
        let client = client();
        let thread = r#"{"id": 1, "createdMs": 0, "channelId": 1000, "channelAccountId": 1, "inboxId": 948000000, "contactId": 1}"#;
        for (items, expected) in [
            (format!("\"threads\": [\n{thread},\n{thread}]"), "line 3: thread `1` is there twice"),
            (format!("\"threads\": [\n{}]", thread.replace("948000000", "5")), "line 2: inbox `5` of thread `1`"),
            (format!("\"threads\": [\n{}]", thread.replace("\"id\": 1", "\"id\": 9999999999999999")), "line 2: `9999999999999999`"),
            ("\"files\": [{\"id\": 1, \"name\": \"a\", \"mediaType\": \"b\", \"base64\": \"?\"}]".into(), "line 1: file `1`"),
            ("\"visitors\": [{\"id\": 1},\n{\"id\": 1}]".into(), "line 2: visitor `1` is there twice"),
            ("\n\"counters\": {\"conversations\": {\"nextThread\": 18446744073709551615, \"nextVisitor\": 1, \"messages\": 1, \"nextFile\": 1}}".into(), "line 2: `18446744073709551615`"),
        ] {
            let error = client.sandbox.restore(&format!("{{\"version\": 1, {items}}}")).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}

//! Messages of a thread: what was written, and what happened to the thread.

use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::actor::ActorId;
use super::path;
use super::thread::ThreadStatus;
use crate::error::Error;
use crate::record;
use crate::tier::Bucket;
use crate::transport::attempt::AttemptError;
use crate::transport::call_scope::CallScope;
use crate::transport::request::ApiRequest;
use crate::writes::dry_run;
use domain::id::ThreadId;

/// A message, a comment or an event of a thread.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// HubSpot's id, 32 hexadecimal digits.
    pub id: String,
    /// The instant at which it was written.
    pub created_at: Option<DateTime<Utc>>,
    /// The actor who wrote it.
    pub sender: Option<ActorId>,
    /// The name that the sender gave.
    pub sender_name: Option<String>,
    /// The e-mail address or other means by which the sender is reached, with HubSpot's name of its kind.
    pub sender_address: Option<DeliveryIdentifier>,
    /// The kind: a message, a comment or an event.
    pub kind: MessageKind,
    /// True for one that came from the customer.
    pub is_incoming: bool,
    /// The plain text.
    pub text: Option<String>,
    /// The text in HTML.
    pub rich_text: Option<String>,
    /// The subject of an e-mail.
    pub subject: Option<String>,
    /// The files and other things that it brings.
    pub attachments: Vec<Attachment>,
    /// HubSpot has cut the text because of its length; [`super::Conversations::original_content`] reads it whole. An e-mail
    /// that is cut to its newest part, without what it quotes, is not meant.
    pub is_truncated: bool,
    /// The channel by which it went.
    pub channel_id: Option<String>,
    /// Id of the mailbox, widget or form that the message came through.
    pub channel_account_id: Option<String>,
    /// HubSpot could not deliver it.
    pub has_failed: bool,
    /// The app that wrote it.
    pub integration_app_id: Option<u64>,
}

/// The six kinds of messages (HubSpot, conversations: message types).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// A message to or from the customer.
    Message,
    /// A comment for colleagues.
    Comment,
    /// The greeting of a chat widget.
    Welcome,
    /// The thread was assigned; to nobody if empty.
    Assignment(Option<ActorId>),
    /// The thread was opened or closed.
    StatusChange(ThreadStatus),
    /// The thread went to another inbox.
    InboxChange(String),
    /// A kind that HubSpot has added since.
    Unknown,
}

/// Something that a message brings.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// HubSpot's name of the kind, such as `FILE` or `LOCATION`.
    pub kind: String,
    /// Id in HubSpot's file manager; `None` for attachments that are no files.
    pub file_id: Option<String>,
    /// The name of a file.
    pub name: Option<String>,
    /// HubSpot's name of its use: `IMAGE`, `AUDIO`, `VOICE_RECORDING`, `STICKER` or `OTHER`.
    pub usage: Option<String>,
}

/// A means by which somebody is reached.
#[derive(Clone, PartialEq, Eq)]
pub struct DeliveryIdentifier {
    /// HubSpot's name of the kind, such as `HS_EMAIL_ADDRESS`.
    pub kind: String,
    /// The address itself.
    pub value: String,
}

impl Message {
    pub(crate) fn read(value: &Value) -> Result<Message, AttemptError> {
        let text = |field: &str| value[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        let sender = &value["senders"][0];
        Ok(Message {
            id: text("id").ok_or_else(|| AttemptError::unreadable("a message in it has no id"))?,
            created_at: text("createdAt").and_then(|at| at.parse().ok()),
            sender: sender["actorId"]
                .as_str()
                .map(ActorId::new)
                .or_else(|| text("createdBy").map(|id| ActorId::new(&id))),
            sender_name: sender["name"].as_str().filter(|name| !name.is_empty()).map(str::to_owned),
            sender_address: DeliveryIdentifier::read(&sender["deliveryIdentifier"]),
            kind: kind(value),
            is_incoming: value["direction"] == "INCOMING",
            text: text("text"),
            rich_text: text("richText"),
            subject: text("subject"),
            attachments: value["attachments"].as_array().into_iter().flatten().map(Attachment::read).collect(),
            is_truncated: value["truncationStatus"] == "TRUNCATED",
            channel_id: record::id(&value["channelId"]),
            channel_account_id: record::id(&value["channelAccountId"]),
            has_failed: value["status"]["statusType"] == "FAILED",
            integration_app_id: record::id(&value["client"]["integrationAppId"]),
        })
    }
}

impl Message {
    /// The message that a dry run pretends to have sent.
    pub(crate) fn pretended() -> Message {
        Message {
            id: dry_run::DRY_RUN_ID.to_owned(),
            created_at: None,
            sender: None,
            sender_name: None,
            sender_address: None,
            kind: MessageKind::Unknown,
            is_incoming: false,
            text: None,
            rich_text: None,
            subject: None,
            attachments: vec![],
            is_truncated: false,
            channel_id: None,
            channel_account_id: None,
            has_failed: false,
            integration_app_id: None,
        }
    }
}

fn kind(value: &Value) -> MessageKind {
    match value["type"].as_str().unwrap_or_default() {
        "MESSAGE" => MessageKind::Message,
        "COMMENT" => MessageKind::Comment,
        "WELCOME_MESSAGE" => MessageKind::Welcome,
        "ASSIGNMENT" => {
            let to = value["assignedTo"].as_str().filter(|to| !to.is_empty());
            MessageKind::Assignment(to.map(ActorId::new))
        }
        "THREAD_STATUS_CHANGE" => MessageKind::StatusChange(match value["newStatus"].as_str() {
            Some("CLOSED") => ThreadStatus::Closed,
            _ => ThreadStatus::Open,
        }),
        "THREAD_INBOX_CHANGE" => MessageKind::InboxChange(record::id(&value["toInboxId"]).unwrap_or_default()),
        _ => MessageKind::Unknown,
    }
}

impl Attachment {
    fn read(value: &Value) -> Attachment {
        let text = |field: &str| value[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        Attachment {
            kind: text("type").unwrap_or_else(|| "UNSUPPORTED_CONTENT".to_owned()),
            file_id: record::id(&value["fileId"]),
            name: text("name"),
            usage: text("fileUsageType"),
        }
    }
}

impl DeliveryIdentifier {
    pub(crate) fn read(value: &Value) -> Option<DeliveryIdentifier> {
        let text = |field: &str| value[field].as_str().map(str::to_owned);
        Some(DeliveryIdentifier { kind: text("type")?, value: text("value")? })
    }
}

/// Without what people wrote.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message").field("id", &self.id).field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Without the name, which people choose.
impl fmt::Debug for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attachment").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// Without the address.
impl fmt::Debug for DeliveryIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryIdentifier").field("kind", &self.kind).finish_non_exhaustive()
    }
}

pub(super) async fn one(scope: &CallScope, thread: &ThreadId, id: &str) -> Result<Option<Message>, Error> {
    let request = ApiRequest::get(path::FAMILY, path::message(scope, thread, id, ""));
    match scope.send(Bucket::General, &request).await {
        Ok(answer) => Ok(Some(Message::read(&answer)?)),
        Err(error) if error.error == Error::NotFound => Ok(None),
        Err(error) => Err(error.error),
    }
}

pub(super) async fn original(
    scope: &CallScope,
    thread: &ThreadId,
    id: &str,
) -> Result<(Option<String>, Option<String>), Error> {
    let request = ApiRequest::get(path::FAMILY, path::message(scope, thread, id, "/original-content"));
    let answer = scope.send(Bucket::General, &request).await?;
    let text = |field: &str| answer[field].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    Ok((text("text"), text("richText")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_is_read_as_hubspot_writes_it() {
        let message = Message::read(&json!({
            "id": "3ad3474b08dd408ca57a8454e355e942", "conversationsThreadId": "176347007",
            "createdAt": "2019-11-18T18:47:59.949Z", "createdBy": "V-1401", "client": {"clientType": "SYSTEM"},
            "senders": [{"actorId": "V-1401", "deliveryIdentifier":
                {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "0232d1661ef84248bd4923cce9d3b917"}}],
            "recipients": [], "archived": false, "text": "hi yes hello", "richText": "<div>hi yes hello</div>",
            "attachments": [{"type": "FILE", "fileId": "7", "name": "photo.png", "fileUsageType": "IMAGE"}],
            "truncationStatus": "NOT_TRUNCATED", "status": {"statusType": "RECEIVED"}, "direction": "INCOMING",
            "channelId": "1000", "channelAccountId": "148662", "type": "MESSAGE"
        }))
        .unwrap();
        assert_eq!((message.kind.clone(), message.is_incoming), (MessageKind::Message, true));
        assert_eq!((message.text.as_deref(), message.sender), (Some("hi yes hello"), Some(ActorId::new("V-1401"))));
        assert_eq!(message.sender_address.map(|address| address.kind).as_deref(), Some("CHANNEL_SPECIFIC_OPAQUE_ID"));
        assert_eq!(message.attachments[0].name.as_deref(), Some("photo.png"));
        assert_eq!((message.channel_id.as_deref(), message.is_truncated), (Some("1000"), false));
        assert!(!message.has_failed);
    }

    #[test]
    fn events_and_unknown_kinds_are_messages_too() {
        let read = |value: Value| Message::read(&value).unwrap().kind;
        let base = |kind: &str| json!({"id": "1", "type": kind, "createdBy": "S-hubspot"});
        let with = |kind: &str, field: &str, value: &str| {
            let mut message = base(kind);
            message[field] = value.into();
            message
        };
        assert_eq!(read(with("ASSIGNMENT", "assignedTo", "A-5")), MessageKind::Assignment(Some(ActorId::new("A-5"))));
        assert_eq!(read(base("ASSIGNMENT")), MessageKind::Assignment(None));
        assert_eq!(
            read(with("THREAD_STATUS_CHANGE", "newStatus", "CLOSED")),
            MessageKind::StatusChange(ThreadStatus::Closed)
        );
        assert_eq!(read(with("THREAD_INBOX_CHANGE", "toInboxId", "9")), MessageKind::InboxChange("9".into()));
        assert_eq!(read(base("WELCOME_MESSAGE")), MessageKind::Welcome);
        assert_eq!(read(base("COMMENT")), MessageKind::Comment);
        assert_eq!(read(base("SOMETHING_NEW")), MessageKind::Unknown);
    }
}

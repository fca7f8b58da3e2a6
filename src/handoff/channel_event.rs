//! The body of a custom channel's webhook: one event as a JSON object (HubSpot, custom channels), or a list of them.
//!
//! Ids come as text here and as numbers there, and HubSpot adds fields and types. So only what is needed is read, an event
//! that cannot be read is counted and left out, and a type that is not known is kept by its name. Everything here is
//! untrusted: whoever shows a text or a name to somebody cleans it first, and no text is stored or logged.

use std::fmt;

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// The most events of one body. HubSpot sends one.
pub const EVENTS_MAX: usize = 100;

/// The most threads and attachments of one message that are read.
const LIST_MAX: usize = 100;

/// The longest id; HubSpot's have at most 40 characters, ours fewer than 80.
const ID_MAX: usize = 255;
/// The longest name of a type.
const NAME_MAX: usize = 80;

/// An event of a custom channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelEvent {
    /// HubSpot's id of the event. It may be missing, and is not relied on: a message is told by its own id.
    pub id: Option<String>,
    /// The account of HubSpot.
    pub portal: Option<u64>,
    /// The custom channel.
    pub channel: Option<String>,
    /// HubSpot's time of it, in unix milliseconds.
    pub occurred_ms: Option<i64>,
    /// The meaning.
    pub kind: ChannelEventKind,
}

/// The meaning of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelEventKind {
    /// `OUTGOING_CHANNEL_MESSAGE_CREATED`: somebody in HubSpot wrote to the customer.
    MessageCreated(Box<ChannelMessage>),
    /// `CHANNEL_ACCOUNT_CREATED`: the channel was connected to an inbox or a help desk.
    AccountCreated {
        /// The channel account.
        account: String,
    },
    /// `CHANNEL_ACCOUNT_UPDATED`: a channel account was renamed, authorized, or no longer is.
    AccountUpdated {
        /// The channel account.
        account: String,
    },
    /// `CHANNEL_ACCOUNT_PURGED`: a channel account is gone.
    AccountPurged {
        /// The channel account.
        account: String,
    },
    /// A type that was not known when this program was written.
    Unknown {
        /// HubSpot's name of it.
        name: String,
    },
}

/// A message that is to be delivered to the customer. Its `Debug` shows no text and no name.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelMessage {
    /// HubSpot's id, by which the message is told from others, and read again.
    pub id: String,
    /// The conversation in HubSpot.
    pub thread: String,
    /// The channel account, where it is told.
    pub account: Option<String>,
    /// Our ids of the conversation (`integrationThreadId` of what was published); in a channel that is threaded by them
    /// there is one.
    pub integration_threads: Vec<String>,
    /// The actor who wrote it, such as `A-3892666`.
    pub actor: Option<String>,
    /// The name under which it was written.
    pub sender_name: Option<String>,
    /// The plain text; empty for files alone.
    pub text: String,
    /// The message as HTML, if it has a form.
    pub rich_text: Option<String>,
    /// Files, and what else stands beside the text.
    pub attachments: Vec<ChannelAttachment>,
    /// True if `text` is not the whole text. The whole is read by the message's id.
    pub is_truncated: bool,
}

/// Something beside a text.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelAttachment {
    /// HubSpot's type: `FILE`, `LOCATION`, `QUICK_REPLIES` and others.
    pub kind: String,
    /// The file's id in HubSpot's files.
    pub file_id: Option<String>,
    /// The file's name.
    pub name: Option<String>,
    /// The address at which the file can be read for some time.
    pub url: Option<String>,
}

/// The events of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelDelivery {
    /// Those that could be read.
    pub events: Vec<ChannelEvent>,
    /// The number of the others.
    pub unreadable: usize,
}

/// A body that is no event and no list of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body must be one event as a JSON object, or a list of at most {EVENTS_MAX}")]
pub struct NoChannelEvent;

/// Reads a body.
///
/// # Errors
/// [`NoChannelEvent`] if it is no JSON, neither an object nor a list, or a list of too many.
pub fn read(body: &[u8]) -> Result<ChannelDelivery, NoChannelEvent> {
    let list = match serde_json::from_slice::<Vec<&RawValue>>(body) {
        Ok(list) => list,
        Err(_) => vec![serde_json::from_slice::<&RawValue>(body).map_err(|_| NoChannelEvent)?],
    };
    let is_object = |raw: &&RawValue| raw.get().starts_with('{');
    let is_single = list.len() == 1 && body.trim_ascii_start().first() == Some(&b'{');
    if list.len() > EVENTS_MAX || (!body.trim_ascii_start().starts_with(b"[") && !is_single) {
        return Err(NoChannelEvent);
    }
    let events: Vec<_> = list.iter().filter(|raw| is_object(raw)).filter_map(|raw| event(raw.get())).collect();
    Ok(ChannelDelivery { unreadable: list.len() - events.len(), events })
}

/// The fields that are read. Values stay as they came: one of a strange type spoils itself alone.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Raw {
    r#type: Value,
    event_id: Value,
    portal_id: Value,
    channel_id: Value,
    event_timestamp: Value,
    channel_account_id: Value,
    channel_integration_thread_ids: Value,
    message: Option<RawMessage>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawMessage {
    id: Value,
    conversations_thread_id: Value,
    channel_account_id: Value,
    integration_thread_id: Value,
    created_by: Value,
    senders: Value,
    text: Value,
    rich_text: Value,
    attachments: Value,
    truncation_status: Value,
}

fn event(text: &str) -> Option<ChannelEvent> {
    let raw: Raw = serde_json::from_str(text).ok()?;
    let kind = kind(&raw)?;
    Some(ChannelEvent {
        id: id(&raw.event_id),
        portal: number(&raw.portal_id),
        channel: id(&raw.channel_id),
        occurred_ms: millis(&raw.event_timestamp),
        kind,
    })
}

/// `None` for an event without what its type must have.
fn kind(raw: &Raw) -> Option<ChannelEventKind> {
    let name = name(&raw.r#type)?;
    let account = || id(&raw.channel_account_id);
    match name.as_str() {
        "OUTGOING_CHANNEL_MESSAGE_CREATED" => {
            message(raw).map(|message| ChannelEventKind::MessageCreated(Box::new(message)))
        }
        "CHANNEL_ACCOUNT_CREATED" => account().map(|account| ChannelEventKind::AccountCreated { account }),
        "CHANNEL_ACCOUNT_UPDATED" => account().map(|account| ChannelEventKind::AccountUpdated { account }),
        "CHANNEL_ACCOUNT_PURGED" => account().map(|account| ChannelEventKind::AccountPurged { account }),
        _ => Some(ChannelEventKind::Unknown { name }),
    }
}

fn message(raw: &Raw) -> Option<ChannelMessage> {
    let message = raw.message.as_ref()?;
    let sender = list(&message.senders).first().cloned().unwrap_or_default();
    Some(ChannelMessage {
        id: id(&message.id)?,
        thread: id(&message.conversations_thread_id)?,
        account: id(&message.channel_account_id).or_else(|| id(&raw.channel_account_id)),
        integration_threads: integration_threads(raw, message),
        actor: id(&message.created_by).or_else(|| id(&sender["actorId"])),
        sender_name: text(&sender["name"]),
        text: text(&message.text).unwrap_or_default(),
        rich_text: text(&message.rich_text),
        attachments: list(&message.attachments).iter().take(LIST_MAX).map(attachment).collect(),
        is_truncated: message.truncation_status.as_str().is_some_and(|status| status != "NOT_TRUNCATED"),
    })
}

/// They stand beside the message, not in it (HubSpot, custom channels); one in it is read where they do not.
fn integration_threads(raw: &Raw, message: &RawMessage) -> Vec<String> {
    let told: Vec<_> = list(&raw.channel_integration_thread_ids).iter().take(LIST_MAX).filter_map(id).collect();
    if told.is_empty() { id(&message.integration_thread_id).into_iter().collect() } else { told }
}

fn attachment(value: &Value) -> ChannelAttachment {
    ChannelAttachment {
        kind: name(&value["type"]).unwrap_or_else(|| "UNSUPPORTED_CONTENT".to_owned()),
        file_id: id(&value["fileId"]),
        name: text(&value["name"]),
        url: text(&value["url"]),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// An id as text: a whole number, or visible ASCII characters.
fn id(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => number.as_u64().map(|number| number.to_string()),
        Value::String(text) => {
            let is_id = (1..=ID_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
            is_id.then(|| text.clone())
        }
        _ => None,
    }
}

fn name(value: &Value) -> Option<String> {
    let name = value.as_str()?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_' || byte == b'-';
    ((1..=NAME_MAX).contains(&name.len()) && name.bytes().all(fits)).then(|| name.to_owned())
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A time as HubSpot writes it (ISO 8601), or in milliseconds.
fn millis(value: &Value) -> Option<i64> {
    let written = || DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|time| time.timestamp_millis());
    number(value).and_then(|ms| i64::try_from(ms).ok()).or_else(written)
}

impl fmt::Debug for ChannelMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ChannelMessage");
        shown.field("id", &self.id).field("thread", &self.thread).field("actor", &self.actor);
        shown.field("attachments", &self.attachments.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for ChannelAttachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelAttachment").field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn documented() -> Value {
        json!({
            "type": "OUTGOING_CHANNEL_MESSAGE_CREATED", "portalId": "147785398", "channelId": "2930388",
            "eventTimestamp": "2026-05-27T12:15:00Z", "eventId": "7f2e", "channelIntegrationThreadIds": ["chat-0f3c"],
            "message": {
                "id": "msg-1", "type": "MESSAGE", "channelId": "2930388", "channelAccountId": "3307400689",
                "conversationsThreadId": "6065362089", "createdAt": "2026-05-27T12:15:00Z", "createdBy": "A-3892666",
                "senders": [{
                    "actorId": "A-3892666", "name": "Agent Smith",
                    "deliveryIdentifier": {"type": "CHANNEL_SPECIFIC_OPAQUE_ID", "value": "assistant-1"}
                }],
                "recipients": [{"actorId": "V-171596044869", "name": "Jane Doe"}],
                "text": "Hi Jane, how can I help?", "richText": "<p>Hi Jane, how can I help?</p>",
                "direction": "OUTGOING", "truncationStatus": "NOT_TRUNCATED", "status": {"statusType": "SENT"},
                "attachments": [{"type": "FILE", "fileId": 77, "name": "guide.pdf", "url": "https://f.example/guide.pdf"}]
            }
        })
    }

    fn one(event: &Value) -> Option<ChannelEvent> {
        read(event.to_string().as_bytes()).unwrap().events.pop()
    }

    fn message_of(event: &Value) -> ChannelMessage {
        match one(event).unwrap().kind {
            ChannelEventKind::MessageCreated(message) => *message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_message_is_read_with_its_threads_sender_and_files() {
        let event = one(&documented()).unwrap();
        assert_eq!((event.portal, event.channel.as_deref()), (Some(147_785_398), Some("2930388")));
        assert_eq!((event.id.as_deref(), event.occurred_ms), (Some("7f2e"), Some(1_779_884_100_000)));
        let message = message_of(&documented());
        assert_eq!((message.id.as_str(), message.thread.as_str()), ("msg-1", "6065362089"));
        assert_eq!((message.account.as_deref(), message.actor.as_deref()), (Some("3307400689"), Some("A-3892666")));
        assert_eq!(message.integration_threads, ["chat-0f3c"]);
        assert_eq!(
            (message.sender_name.as_deref(), message.text.as_str()),
            (Some("Agent Smith"), "Hi Jane, how can I help?")
        );
        assert_eq!(message.rich_text.as_deref(), Some("<p>Hi Jane, how can I help?</p>"));
        let file = &message.attachments[0];
        assert_eq!(
            (file.kind.as_str(), file.file_id.as_deref(), file.name.as_deref()),
            ("FILE", Some("77"), Some("guide.pdf"))
        );
        assert!(!message.is_truncated);
    }

    #[test]
    fn numbers_lists_and_statuses_of_other_forms_are_read_too() {
        let mut event = documented();
        event["portalId"] = json!(147_785_398);
        event["channelId"] = json!(2_930_388);
        event["eventTimestamp"] = json!(1_779_884_100_000_i64);
        event["message"]["conversationsThreadId"] = json!(6_065_362_089_u64);
        event["message"]["status"] = json!("SENT");
        event["message"]["truncationStatus"] = json!("TRUNCATED");
        let listed = read(json!([event, event]).to_string().as_bytes()).unwrap();
        assert_eq!((listed.events.len(), listed.unreadable), (2, 0));
        assert_eq!(listed.events[0].occurred_ms, Some(1_779_884_100_000));
        let message = message_of(&event);
        assert_eq!((message.thread.as_str(), message.is_truncated), ("6065362089", true));
        event.as_object_mut().unwrap().remove("channelIntegrationThreadIds");
        event["message"]["integrationThreadId"] = json!("chat-1");
        assert_eq!(message_of(&event).integration_threads, ["chat-1"]);
    }

    #[test]
    fn every_type_has_its_meaning() {
        let account = || "5".to_owned();
        for (name, expected) in [
            ("CHANNEL_ACCOUNT_CREATED", ChannelEventKind::AccountCreated { account: account() }),
            ("CHANNEL_ACCOUNT_UPDATED", ChannelEventKind::AccountUpdated { account: account() }),
            ("CHANNEL_ACCOUNT_PURGED", ChannelEventKind::AccountPurged { account: account() }),
            ("CHANNEL_PAINTED", ChannelEventKind::Unknown { name: "CHANNEL_PAINTED".to_owned() }),
        ] {
            let event = json!({"type": name, "portalId": "1", "channelId": "2", "channelAccountId": 5});
            assert_eq!(one(&event).unwrap().kind, expected, "{name}");
        }
    }

    #[test]
    fn an_event_that_cannot_be_read_does_not_spoil_the_others() {
        let mut without_id = documented();
        without_id["message"].as_object_mut().unwrap().remove("id");
        let mut without_thread = documented();
        without_thread["message"]["conversationsThreadId"] = json!("a b");
        let bad = [
            json!(null),
            json!(7),
            json!([]),
            json!({}),
            json!({"type": 5}),
            json!({"type": "<script>"}),
            json!({"type": "OUTGOING_CHANNEL_MESSAGE_CREATED"}),
            json!({"type": "OUTGOING_CHANNEL_MESSAGE_CREATED", "message": []}),
            json!({"type": "CHANNEL_ACCOUNT_PURGED"}),
            without_id,
            without_thread,
        ];
        for bad in bad {
            let delivery = read(json!([documented(), bad, documented()]).to_string().as_bytes()).unwrap();
            assert_eq!((delivery.events.len(), delivery.unreadable), (2, 1), "{bad}");
        }
        assert_eq!(read(b"[]"), Ok(ChannelDelivery::default()));
        assert_eq!(read(b"{}").unwrap().unreadable, 1);
    }

    #[test]
    fn a_body_that_is_no_event_is_refused() {
        for body in ["", "x", "7", "null", "\"[]\"", "[1", "{\"type\":}", "\u{feff}{}"] {
            assert_eq!(read(body.as_bytes()), Err(NoChannelEvent), "{body}");
        }
        assert_eq!(read(b"{\"type\":\"\xff\"}"), Err(NoChannelEvent));
        let many = Value::Array(vec![json!({}); EVENTS_MAX + 1]);
        assert_eq!(read(many.to_string().as_bytes()), Err(NoChannelEvent));
    }

    #[test]
    fn a_message_shows_no_text_to_a_log() {
        let shown = format!("{:?}", one(&documented()).unwrap());
        assert!(shown.contains("msg-1"), "{shown}");
        assert!(!shown.contains("help") && !shown.contains("Smith") && !shown.contains("guide"), "{shown}");
    }

    /// Values of every type in every place of the documented event.
    fn damaged() -> impl Strategy<Value = Value> {
        let value = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,300}".prop_map(Value::from),
            Just(json!([])),
            Just(json!({"id": {"id": []}})),
            proptest::collection::vec(any::<u8>().prop_map(Value::from), 0..200).prop_map(Value::Array),
        ];
        let places = [
            "/type",
            "/portalId",
            "/channelId",
            "/eventTimestamp",
            "/eventId",
            "/channelIntegrationThreadIds",
            "/message",
            "/message/id",
            "/message/conversationsThreadId",
            "/message/senders",
            "/message/senders/0",
            "/message/text",
            "/message/richText",
            "/message/createdBy",
            "/message/attachments",
            "/message/attachments/0/fileId",
        ];
        (value, proptest::sample::select(places.to_vec())).prop_map(|(value, place)| {
            let mut event = documented();
            *event.pointer_mut(place).unwrap() = value;
            event
        })
    }

    proptest! {
        #[test]
        fn bytes_of_every_kind_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }

        #[test]
        fn whatever_is_damaged_ids_stay_ids_and_lists_bounded(event in damaged()) {
            let delivery = read(event.to_string().as_bytes()).unwrap();
            prop_assert_eq!(delivery.events.len() + delivery.unreadable, 1);
            for ChannelEvent { kind, channel, .. } in delivery.events {
                let is_id = |id: &String| !id.is_empty() && id.len() <= ID_MAX && id.bytes().all(|byte| byte.is_ascii_graphic());
                prop_assert!(channel.iter().all(is_id));
                if let ChannelEventKind::MessageCreated(message) = kind {
                    prop_assert!(is_id(&message.id) && is_id(&message.thread));
                    prop_assert!(message.integration_threads.iter().all(is_id));
                    prop_assert!(message.integration_threads.len() <= LIST_MAX && message.attachments.len() <= LIST_MAX);
                }
            }
        }
    }
}

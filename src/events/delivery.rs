//! The body of a webhook: up to a hundred events in a list (HubSpot, webhooks). Of four times as many none is read: each
//! costs the store more time than its bytes do.
//!
//! HubSpot adds fields and kinds, and writes an id as a number here and as text there. So only what is needed is read, an
//! event that cannot be read is counted and left out, and a kind that is not known is kept by its name.

use std::fmt;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::event::{EventKind, From, HubSpotEvent};

/// The most events of one body: four times as many as HubSpot sends.
pub const EVENTS_MAX: usize = 400;

/// The longest id and the longest name of a kind; HubSpot's have at most 40 characters.
const ID_MAX: usize = 80;
const NAME_MAX: usize = 80;

/// The longest text of a field that is parsed: twice the longest id, for its escapes.
const FIELD_BYTES_MAX: usize = 6 * ID_MAX + 2;

/// The name of a kind that is not HubSpot's.
const NAMELESS: &str = "unnamed";

/// The objects and the verbs of HubSpot's subscription types (HubSpot, webhooks, 2026-09).
const OBJECTS: [&str; 9] =
    ["contact", "company", "deal", "ticket", "product", "line_item", "object", "conversation", "event"];
const VERBS: [&str; 9] = [
    "creation",
    "deletion",
    "privacyDeletion",
    "merge",
    "restore",
    "propertyChange",
    "associationChange",
    "newMessage",
    "completed",
];

/// The events of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Those that could be read.
    pub events: Vec<HubSpotEvent>,
    /// The number of the others.
    pub unreadable: usize,
}

/// A body that is no list of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body must be a JSON list of up to {EVENTS_MAX} events, or one event")]
pub struct NoDelivery;

/// Reads a body. Some of HubSpot's senders send one event without a list.
///
/// # Errors
/// [`NoDelivery`] if it is no JSON, neither a list nor an object, or a list of more than [`EVENTS_MAX`].
pub fn read(body: &[u8]) -> Result<Delivery, NoDelivery> {
    if let Ok(RawEvents(list)) = serde_json::from_slice(body) {
        let events: Vec<_> = list.iter().filter_map(|raw| event(raw.get())).collect();
        let unreadable = list.len() - events.len();
        return Ok(Delivery { events, unreadable });
    }
    let single: &RawValue = serde_json::from_slice(body).map_err(|_| NoDelivery)?;
    if !single.get().starts_with('{') {
        return Err(NoDelivery);
    }
    let events: Vec<_> = event(single.get()).into_iter().collect();
    Ok(Delivery { unreadable: 1 - events.len(), events })
}

/// The entries of a list, as they were written. Reading ends at the first one too many.
struct RawEvents<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for RawEvents<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RawEvents<'de>, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = RawEvents<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of up to {EVENTS_MAX} events")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<RawEvents<'de>, A::Error> {
                let mut all = vec![];
                while let Some(entry) = entries.next_element()? {
                    if all.len() == EVENTS_MAX {
                        return Err(A::Error::invalid_length(EVENTS_MAX + 1, &self));
                    }
                    all.push(entry);
                }
                Ok(RawEvents(all))
            }
        }
        deserializer.deserialize_seq(Entries)
    }
}

/// The fields that are read. `eventType` is the name in HubSpot's documentation, `subscriptionType` that on the wire.
///
/// They stay as they were written: a list of a million numbers costs its text, and no more.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Raw<'a> {
    #[serde(borrow)]
    subscription_type: RawField<'a>,
    #[serde(borrow)]
    event_type: RawField<'a>,
    #[serde(borrow)]
    object_id: RawField<'a>,
    #[serde(borrow)]
    object_type_id: RawField<'a>,
    #[serde(borrow)]
    occurred_at: RawField<'a>,
    #[serde(borrow)]
    portal_id: RawField<'a>,
    #[serde(borrow)]
    message_id: RawField<'a>,
    #[serde(borrow)]
    message_type: RawField<'a>,
    #[serde(borrow)]
    property_name: RawField<'a>,
    #[serde(borrow)]
    from_object_id: RawField<'a>,
    #[serde(borrow)]
    to_object_id: RawField<'a>,
    #[serde(borrow)]
    association_type: RawField<'a>,
    #[serde(borrow)]
    association_removed: RawField<'a>,
    #[serde(borrow)]
    merged_object_ids: RawField<'a>,
    #[serde(borrow)]
    primary_object_id: RawField<'a>,
}

/// A field of an event, as it was written; `None` if it is missing or `null`.
type RawField<'a> = Option<&'a RawValue>;

/// The value of a field, unless it is longer than any that is read.
fn value(field: RawField<'_>) -> Value {
    let short = field.map(RawValue::get).filter(|text| text.len() <= FIELD_BYTES_MAX);
    short.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

fn event(text: &str) -> Option<HubSpotEvent> {
    let raw: Raw = serde_json::from_str(text).ok()?;
    let name = name(raw.subscription_type).or_else(|| name(raw.event_type)).unwrap_or_else(|| NAMELESS.to_owned());
    let object = [raw.object_id, raw.from_object_id, raw.primary_object_id].into_iter().find_map(id)?;
    Some(HubSpotEvent {
        kind: kind(&name, object, &raw),
        name,
        occurred_ms: number(raw.occurred_at).and_then(|ms| i64::try_from(ms).ok()),
        portal: number(raw.portal_id),
        detail: detail(&raw),
    })
}

fn kind(name: &str, object: String, raw: &Raw<'_>) -> EventKind {
    match name {
        "conversation.newMessage" => EventKind::NewMessage {
            thread: object,
            message: id(raw.message_id).unwrap_or_default(),
            contact: String::new(),
            from: from(&value(raw.message_type)),
        },
        "conversation.privacyDeletion" => EventKind::ConversationErased { thread: object },
        "contact.privacyDeletion" => EventKind::ContactErased { contact: object },
        _ => match name.split_once('.') {
            Some((of, verb)) if OBJECTS.contains(&of) && VERBS.contains(&verb) => match of {
                "conversation" => EventKind::Conversation { thread: object },
                "contact" => EventKind::Contact { contact: object },
                _ => EventKind::Other { object },
            },
            _ => EventKind::Unknown { object },
        },
    }
}

/// HubSpot tells the type of a message, and not who wrote it. All types but one come from the desk.
fn from(message_type: &Value) -> From {
    match message_type.as_str() {
        None | Some("MESSAGE") => From::Anybody,
        Some(_) => From::TheDesk,
    }
}

/// What tells an event from others of its kind, object and time.
fn detail(raw: &Raw<'_>) -> String {
    let parts = [
        raw.object_type_id,
        raw.property_name,
        raw.message_id,
        raw.to_object_id,
        raw.association_type,
        raw.association_removed,
        raw.merged_object_ids,
    ];
    let text = |part: &RawValue| match value(Some(part)) {
        Value::String(text) => text,
        _ => part.get().to_owned(),
    };
    parts.into_iter().flatten().map(text).collect::<Vec<_>>().join("/")
}

/// An id as text: a whole number, or visible ASCII characters.
fn id(field: RawField<'_>) -> Option<String> {
    match value(field) {
        Value::Number(number) => number.as_u64().map(|number| number.to_string()),
        Value::String(text) => {
            let is_id = (1..=ID_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
            is_id.then_some(text)
        }
        _ => None,
    }
}

fn number(field: RawField<'_>) -> Option<u64> {
    let value = value(field);
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

fn name(field: RawField<'_>) -> Option<String> {
    let value = value(field);
    let name = value.as_str()?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_' || byte == b'-';
    ((1..=NAME_MAX).contains(&name.len()) && name.bytes().all(fits)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::{btree_map, vec};
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde_json::json;

    use super::*;

    fn read_json(body: &Value) -> Delivery {
        read(body.to_string().as_bytes()).unwrap()
    }

    fn one(event: &Value) -> HubSpotEvent {
        read_json(&json!([event])).events.remove(0)
    }

    /// An event that was received from HubSpot.
    #[test]
    fn a_real_event_is_read() {
        let event = one(&json!({
            "eventId": 3_269_195_544_u64, "subscriptionId": 2_371_671, "portalId": 23_428_445, "appId": 2_438_486,
            "occurredAt": 1_702_439_388_898_i64, "subscriptionType": "conversation.newMessage", "attemptNumber": 0,
            "objectId": 6_065_362_089_u64, "messageId": "9b38dc6d5b5744a788931a9cf3a7b225", "messageType": "MESSAGE",
            "changeFlag": "NEW_MESSAGE"
        }));
        let kind = EventKind::NewMessage {
            thread: "6065362089".into(),
            message: "9b38dc6d5b5744a788931a9cf3a7b225".into(),
            contact: String::new(),
            from: From::Anybody,
        };
        assert_eq!((event.kind, event.occurred_ms, event.portal), (kind, Some(1_702_439_388_898), Some(23_428_445)));
    }

    #[test]
    fn every_kind_of_event_has_its_meaning() {
        let kind = |name: &str| one(&json!({"subscriptionType": name, "objectId": 7, "occurredAt": 1})).kind;
        let id = || "7".to_owned();
        for (name, expected) in [
            ("conversation.creation", EventKind::Conversation { thread: id() }),
            ("conversation.propertyChange", EventKind::Conversation { thread: id() }),
            ("conversation.deletion", EventKind::Conversation { thread: id() }),
            ("conversation.privacyDeletion", EventKind::ConversationErased { thread: id() }),
            ("contact.privacyDeletion", EventKind::ContactErased { contact: id() }),
            ("contact.deletion", EventKind::Contact { contact: id() }),
            ("ticket.associationChange", EventKind::Other { object: id() }),
            ("object.creation", EventKind::Other { object: id() }),
            ("event.completed", EventKind::Other { object: id() }),
            ("conversation.explosion", EventKind::Unknown { object: id() }),
            ("butterfly.creation", EventKind::Unknown { object: id() }),
            ("", EventKind::Unknown { object: id() }),
            ("<script>", EventKind::Unknown { object: id() }),
        ] {
            assert_eq!(kind(name), expected, "{name}");
        }
        let documented = json!({"eventType": "contact.deletion", "objectId": "7"});
        assert_eq!(one(&documented).name, "contact.deletion");
    }

    #[test]
    fn only_a_message_may_be_the_customers() {
        for (message_type, expected) in [
            (json!("MESSAGE"), From::Anybody),
            (json!(null), From::Anybody),
            (json!("COMMENT"), From::TheDesk),
            (json!("WELCOME_MESSAGE"), From::TheDesk),
            (json!("SOMETHING_NEW"), From::TheDesk),
        ] {
            assert_eq!(from(&message_type), expected, "{message_type}");
        }
    }

    #[test]
    fn an_event_that_cannot_be_read_does_not_spoil_the_others() {
        let good = json!({"subscriptionType": "ticket.creation", "objectId": 1});
        let bad = [
            json!(null),
            json!(7),
            json!("x"),
            json!([]),
            json!({}),
            json!({"objectId": -1}),
            json!({"objectId": "a b"}),
            json!({"objectId": "x".repeat(ID_MAX + 1)}),
            json!({"objectId": {"id": 1}}),
        ];
        for bad in bad {
            let delivery = read_json(&json!([good, bad, good]));
            assert_eq!((delivery.events.len(), delivery.unreadable), (2, 1), "{bad}");
        }
        assert_eq!(read_json(&json!([])), Delivery::default());
        assert_eq!(read_json(&good).events.len(), 1, "without a list");
        assert_eq!(read_json(&json!({})).unreadable, 1);
    }

    proptest! {
        /// Bodies of events whose fields hold anything: each event is read or counted, and no cut body panics.
        #[test]
        fn every_body_is_read_or_refused(
            events in vec(btree_map(select(FIELDS), select(VALUES), 0..8), 0..6),
            cut in 0_usize..400,
        ) {
            let event = |fields: &BTreeMap<&str, &str>| {
                let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name:?}:{value}")).collect();
                format!("{{{}}}", fields.join(","))
            };
            let body = format!("[{}]", events.iter().map(event).collect::<Vec<_>>().join(","));
            let delivery = read(body.as_bytes()).unwrap();
            prop_assert_eq!(delivery.events.len() + delivery.unreadable, events.len(), "{}", body);
            let _ = read(body.get(..cut).unwrap_or(&body).as_bytes());
        }
    }

    const FIELDS: &[&str] = &[
        "subscriptionType",
        "eventType",
        "objectId",
        "occurredAt",
        "portalId",
        "messageId",
        "messageType",
        "propertyName",
        "fromObjectId",
        "mergedObjectIds",
        "primaryObjectId",
        "x",
    ];
    const VALUES: &[&str] = &[
        "null",
        "true",
        "7",
        "-7",
        "1.5",
        "1e400",
        "18446744073709551616",
        r#""""#,
        r#""7""#,
        r#""a b""#,
        "[]",
        "[1,[2]]",
        "{}",
        r#"{"objectId":1}"#,
        r#""conversation.newMessage""#,
        r#""\ud83d\ude00""#,
        r#""\u0000""#,
        r#""MESSAGE""#,
    ];

    #[test]
    fn a_body_that_is_no_list_of_events_is_refused() {
        for body in ["", "x", "7", "null", "\"[]\"", "[1", "[{\"objectId\":1}", "{\"a\":}", "\u{feff}[]"] {
            assert_eq!(read(body.as_bytes()), Err(NoDelivery), "{body}");
        }
        assert_eq!(read(b"[\xff]"), Err(NoDelivery));
    }

    #[test]
    fn a_body_of_more_events_than_hubspot_sends_is_refused_whole() {
        let body = |count: usize| vec![json!({"subscriptionType": "ticket.creation", "objectId": 1}); count];
        let read = |count: usize| read(json!(body(count)).to_string().as_bytes()).map(|delivery| delivery.events.len());
        assert_eq!((read(EVENTS_MAX), read(EVENTS_MAX + 1)), (Ok(EVENTS_MAX), Err(NoDelivery)));
    }

    #[test]
    fn changes_at_one_moment_are_told_apart_by_their_detail() {
        let detail = |more: Value| {
            let mut event = json!({"subscriptionType": "contact.propertyChange", "objectId": 1, "occurredAt": 5});
            event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            one(&event).detail
        };
        let all = [
            json!({}),
            json!({"propertyName": "email"}),
            json!({"propertyName": "phone"}),
            json!({"toObjectId": 2, "associationType": "CONTACT_TO_TICKET", "associationRemoved": false}),
            json!({"toObjectId": 2, "associationType": "CONTACT_TO_TICKET", "associationRemoved": true}),
            json!({"mergedObjectIds": [3]}),
        ];
        let details: std::collections::BTreeSet<_> = all.map(detail).into_iter().collect();
        assert_eq!(details.len(), 6);
        let again = |number: u64| detail(json!({"propertyName": "email", "attemptNumber": number, "eventId": number}));
        assert_eq!(again(0), again(3), "a repeat is no other event");
    }
}

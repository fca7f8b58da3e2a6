//! Events: a change as HubSpot tells a subscription of it. They hold ids and new values, and never the text of a
//! message.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::subscription::{Checked, Kind, Topic};
use crate::clock::Ms;
use crate::model::journal::{Change, RecordChange, ThreadChange};
use crate::model::record::{Record, Source};
use crate::model::token::APP_ID;
use crate::seeded_random::mix;

/// Largest id of an event. HubSpot's have ten digits, and say of themselves that they are not unique.
const EVENT_ID_END: u64 = 4_294_967_296;

/// An event, without the number of the attempt.
pub(super) type Event = Map<String, Value>;

/// The parts of an event that every change of an app's has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub(super) portal_id: u64,
    pub(super) app_id: u64,
    pub(super) occurred_at: Ms,
    /// User who changes things on HubSpot's screens.
    pub(super) user_id: u64,
    /// Number of events so far, from which their ids come.
    pub(super) number: u64,
}

/// Returns the event that a subscription gets of a change, if it gets one.
pub(super) fn of(change: &Change, subscription: &Checked, origin: Origin) -> Option<Event> {
    let (object_id, rest) = match (change, subscription.topic) {
        (Change::Thread(id, change), Topic::Conversation) => (*id, thread_fields(change, subscription)?),
        (Change::Record(object_type, change), Topic::Records(wanted)) if *object_type == wanted => {
            record_fields(change, subscription, origin)?
        }
        _ => return None,
    };
    let mut event = common(subscription, origin, object_id);
    if let (true, Topic::Records(object_type)) = (subscription.with_type_id, subscription.topic) {
        event.insert("objectTypeId".into(), object_type.info().type_id.into());
    }
    event.extend(rest);
    Some(event)
}

/// Returns the fields that every event has, in HubSpot's order.
fn common(subscription: &Checked, origin: Origin, object_id: u64) -> Event {
    fields(json!({
        "eventId": mix(origin.number) % EVENT_ID_END, "subscriptionId": subscription.id,
        "portalId": origin.portal_id, "appId": origin.app_id, "occurredAt": origin.occurred_at,
        "subscriptionType": subscription.name, "attemptNumber": 0, "objectId": object_id
    }))
}

fn fields(object: Value) -> Event {
    match object {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn thread_fields(change: &ThreadChange, subscription: &Checked) -> Option<Event> {
    let object = match (change, subscription.kind) {
        (ThreadChange::Created, Kind::Creation) => json!({"changeFlag": "CREATED"}),
        (ThreadChange::Archived, Kind::Deletion) => json!({"changeFlag": "DELETED"}),
        (ThreadChange::Erased, Kind::PrivacyDeletion) => json!({"changeFlag": "DELETED"}),
        (ThreadChange::Message { id, message_type }, Kind::NewMessage) => {
            json!({"messageId": id, "messageType": message_type, "changeFlag": "NEW_MESSAGE"})
        }
        (ThreadChange::Property { name, value }, Kind::PropertyChange) => {
            let wanted = subscription.property.as_deref().is_none_or(|property| property == *name);
            wanted.then(|| json!({"propertyName": name, "propertyValue": value}))?
        }
        _ => return None,
    };
    Some(fields(object))
}

/// Returns the id of the record and the fields of the event.
fn record_fields(change: &RecordChange, subscription: &Checked, origin: Origin) -> Option<(u64, Event)> {
    let flagged = |flag: &str, source: Source| flagged(flag, source, origin);
    match (change, subscription.kind) {
        (RecordChange::Created(record), Kind::Creation) => Some((record.id, flagged("CREATED", record.source))),
        (RecordChange::Created(record), Kind::PropertyChange) => property_change(None, record, subscription, origin),
        (RecordChange::Changed { before, after }, Kind::PropertyChange) => {
            property_change(Some(before), after, subscription, origin)
        }
        (RecordChange::Changed { before, after }, Kind::Deletion) if !before.is_archived() && after.is_archived() => {
            Some((after.id, flagged("DELETED", Source::Integration)))
        }
        (RecordChange::Changed { before, after }, Kind::Restore) if before.is_archived() && !after.is_archived() => {
            Some((after.id, flagged("RESTORED", Source::Integration)))
        }
        (RecordChange::Merged { loser, winner }, Kind::Merge) => Some((*winner, merged(loser, *winner, origin))),
        (RecordChange::Erased { id }, Kind::PrivacyDeletion | Kind::Deletion) => {
            Some((*id, flagged("DELETED", Source::Integration)))
        }
        _ => None,
    }
}

fn flagged(flag: &str, source: Source, origin: Origin) -> Event {
    fields(json!({"changeFlag": flag, "changeSource": source.label(), "sourceId": source_id(source, origin)}))
}

/// Returns the id of what changed a record: HubSpot names the app, or the user who did it on a screen.
fn source_id(source: Source, origin: Origin) -> String {
    match source {
        Source::Integration | Source::Meetings => APP_ID.to_string(),
        Source::Screen => format!("userId:{}", origin.user_id),
    }
}

fn property_change(
    before: Option<&Record>,
    after: &Record,
    subscription: &Checked,
    origin: Origin,
) -> Option<(u64, Event)> {
    let name = subscription.property.as_deref()?;
    let (old, new) = (before.and_then(|record| record.get(name)), after.get(name));
    if old == new || after.is_archived() {
        return None;
    }
    let source = after.history(name).first().map_or(Source::Integration, |version| version.source);
    let object = json!({
        "propertyName": name, "propertyValue": new.unwrap_or_default(), "changeSource": source.label(),
        "sourceId": source_id(source, origin)
    });
    Some((after.id, fields(object)))
}

fn merged(loser: &Record, winner: u64, origin: Origin) -> Event {
    let moved: BTreeSet<&str> = loser.values().map(|(name, _)| &**name).collect();
    fields(json!({
        "primaryObjectId": winner, "mergedObjectIds": [loser.id], "newObjectId": winner,
        "numberOfPropertiesMoved": moved.len(), "changeFlag": "MERGED",
        "changeSource": Source::Integration.label(), "sourceId": source_id(Source::Integration, origin)
    }))
}

/// Says that a subscription is one to the CRM, whose events are signed in the first version as well.
pub(super) fn is_of_crm(subscription: &Checked) -> bool {
    matches!(subscription.topic, Topic::Records(_))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::object_type::ObjectType;
    use crate::webhooks::subscription::Subscription;

    const ORIGIN: Origin = Origin {
        portal_id: 23_428_445,
        app_id: 2_438_486,
        occurred_at: 1_702_439_388_898,
        user_id: 47_812_075,
        number: 1,
    };

    fn event(change: &Change, subscription: &Subscription) -> Option<Value> {
        of(change, &subscription.check(2_371_671).unwrap(), ORIGIN).map(Value::Object)
    }

    fn with_id(mut expected: Value, seen: &Value) -> Value {
        assert!(seen["eventId"].as_u64().unwrap() < EVENT_ID_END);
        expected["eventId"] = seen["eventId"].clone();
        expected
    }

    /// The fields of an event that was received from HubSpot.
    #[test]
    fn a_new_message_has_the_fields_of_a_real_event() {
        let id = "9b38dc6d5b5744a788931a9cf3a7b225".to_owned();
        let change = Change::Thread(6_065_362_089, ThreadChange::Message { id, message_type: "MESSAGE" });
        let seen = event(&change, &Subscription::to("conversation.newMessage")).unwrap();
        let expected = json!({
            "eventId": 3_269_195_544_u64, "subscriptionId": 2_371_671, "portalId": 23_428_445, "appId": 2_438_486,
            "occurredAt": 1_702_439_388_898_i64, "subscriptionType": "conversation.newMessage", "attemptNumber": 0,
            "objectId": 6_065_362_089_u64, "messageId": "9b38dc6d5b5744a788931a9cf3a7b225", "messageType": "MESSAGE",
            "changeFlag": "NEW_MESSAGE"
        });
        assert_eq!(seen, with_id(expected, &seen));
    }

    fn contact(values: &[(&str, &str)]) -> Arc<Record> {
        let mut record = Record::new(508_369_434_347, 0, Source::Integration);
        values.iter().for_each(|(name, text)| record.set(&(*name).into(), text, 0, Source::Integration));
        Arc::new(record)
    }

    /// The fields of events that were received from HubSpot.
    #[test]
    fn a_created_contact_has_the_fields_of_real_events() {
        let change = Change::Record(ObjectType::Contacts, RecordChange::Created(contact(&[("firstname", "Maton")])));
        let common = json!({
            "attemptNumber": 0, "sourceId": "8190657", "changeSource": "INTEGRATION",
            "occurredAt": 1_702_439_388_898_i64, "portalId": 23_428_445, "appId": 2_438_486, "subscriptionId": 2_371_671,
            "objectId": 508_369_434_347_u64
        });
        let seen = event(&change, &Subscription::to("contact.creation")).unwrap();
        let mut expected = with_id(common.clone(), &seen);
        expected["subscriptionType"] = "contact.creation".into();
        expected["changeFlag"] = "CREATED".into();
        assert_eq!(seen, expected);
        let subscription = Subscription::to_property("contact.propertyChange", "firstname");
        let seen = event(&change, &subscription).unwrap();
        let mut expected = with_id(common, &seen);
        expected["subscriptionType"] = "contact.propertyChange".into();
        expected["propertyName"] = "firstname".into();
        expected["propertyValue"] = "Maton".into();
        assert_eq!(seen, expected);
        assert_eq!(event(&change, &Subscription::to_property("contact.propertyChange", "email")), None);
        assert_eq!(event(&change, &Subscription::to("ticket.creation")), None);
    }

    /// The fields of an event that was received from HubSpot.
    #[test]
    fn a_record_that_a_person_made_names_the_user() {
        let record = Arc::new(Record::new(6_682_673_371, 0, Source::Screen));
        let change = Change::Record(ObjectType::Companies, RecordChange::Created(record));
        let seen = event(&change, &Subscription::to("company.creation")).unwrap();
        let expected = json!({
            "appId": 2_438_486, "attemptNumber": 0, "changeFlag": "CREATED", "changeSource": "CRM_UI",
            "objectId": 6_682_673_371_u64, "occurredAt": 1_702_439_388_898_i64, "portalId": 23_428_445,
            "sourceId": "userId:47812075", "subscriptionId": 2_371_671, "subscriptionType": "company.creation"
        });
        assert_eq!(seen, with_id(expected, &seen));
    }

    #[test]
    fn only_a_value_that_changed_is_told() {
        let changed = |before: &[(&str, &str)], after: &[(&str, &str)]| {
            let (before, after) = (contact(before), contact(after));
            let change = Change::Record(ObjectType::Contacts, RecordChange::Changed { before, after });
            event(&change, &Subscription::to_property("contact.propertyChange", "phone"))
                .map(|event| event["propertyValue"].clone())
        };
        assert_eq!(changed(&[("phone", "1")], &[("phone", "2")]), Some(json!("2")));
        assert_eq!(changed(&[("phone", "1")], &[]), Some(json!("")));
        assert_eq!(changed(&[("phone", "1")], &[("phone", "1"), ("email", "a@b.co")]), None);
    }

    #[test]
    fn deletions_restores_and_merges_are_told_apart() {
        let live = contact(&[("email", "a@b.co")]);
        let mut gone = Arc::clone(&live);
        Arc::make_mut(&mut gone).archived_ms = Some(1);
        let told = |change: &RecordChange| {
            let change = Change::Record(ObjectType::Contacts, change.clone());
            let kinds = ["creation", "deletion", "privacyDeletion", "merge", "restore"].into_iter();
            kinds
                .filter(|kind| event(&change, &Subscription::to(&format!("contact.{kind}"))).is_some())
                .collect::<Vec<_>>()
        };
        let (before, after) = (Arc::clone(&live), Arc::clone(&gone));
        assert_eq!(told(&RecordChange::Changed { before, after }), ["deletion"]);
        let (before, after) = (Arc::clone(&gone), Arc::clone(&live));
        assert_eq!(told(&RecordChange::Changed { before, after }), ["restore"]);
        assert_eq!(told(&RecordChange::Erased { id: 1 }), ["deletion", "privacyDeletion"]);
        let merge = RecordChange::Merged { loser: live, winner: 7 };
        assert_eq!(told(&merge), ["merge"]);
        let seen = event(&Change::Record(ObjectType::Contacts, merge), &Subscription::to("contact.merge")).unwrap();
        assert_eq!((&seen["objectId"], &seen["primaryObjectId"]), (&json!(7), &json!(7)));
        assert_eq!(seen["mergedObjectIds"], json!([508_369_434_347_u64]));
    }

    #[test]
    fn a_subscription_to_all_properties_of_a_conversation_gets_all() {
        let change = |name| Change::Thread(1, ThreadChange::Property { name, value: "CLOSED".into() });
        let all = Subscription::to("conversation.propertyChange");
        let seen = event(&change("status"), &all).unwrap();
        assert_eq!((&seen["propertyName"], &seen["propertyValue"]), (&json!("status"), &json!("CLOSED")));
        assert!(event(&change("assignedTo"), &all).is_some());
        let one = Subscription::to_property("conversation.propertyChange", "status");
        assert!(event(&change("status"), &one).is_some() && event(&change("assignedTo"), &one).is_none());
    }

    #[test]
    fn an_event_of_any_object_names_the_object_type() {
        let change = Change::Record(ObjectType::Contacts, RecordChange::Created(contact(&[])));
        let any = Subscription { object_type: Some("contact".into()), ..Subscription::to("object.creation") };
        let seen = event(&change, &any).unwrap();
        assert_eq!((&seen["objectTypeId"], &seen["subscriptionType"]), (&json!("0-1"), &json!("object.creation")));
    }
}

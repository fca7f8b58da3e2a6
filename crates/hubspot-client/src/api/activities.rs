//! Activities: notes and messages that are logged on the timelines of contacts and tickets. Nothing is sent to anybody.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::api::associations::AssociationsState;
use crate::api::create_record::{NewRecord, RecordCreator, RecordKind};
use crate::api::records::RecordsState;
use crate::error::Error;
use crate::object::Object;
use crate::record::{Created, Record};
use crate::transport::call_scope::CallScope;
use crate::writes::kind::WriteKind;
use domain::id::{OwnerId, RecordId};

const NOTE: RecordKind =
    RecordKind { object: Object::Notes, write: WriteKind::Note, match_by: &["hs_note_body", "hs_timestamp"] };

const COMMUNICATION: RecordKind = RecordKind {
    object: Object::Communications,
    write: WriteKind::Communication,
    match_by: &["hs_communication_body", "hs_timestamp"],
};

/// An activity to log.
#[derive(Clone, PartialEq, Eq)]
pub struct Activity {
    /// The contact or ticket on whose timeline it is logged.
    pub on: (Object, RecordId),
    /// Further contacts and tickets whose timelines show it.
    pub also_on: Vec<(Object, RecordId)>,
    /// The text, at most 65,536 characters.
    pub body: String,
    /// The instant at which it happened.
    pub at: DateTime<Utc>,
    /// The owner who made it.
    pub owner: Option<OwnerId>,
    /// A note or a message.
    pub kind: ActivityKind,
    /// The ids of uploaded files that it brings.
    pub file_ids: Vec<String>,
}

/// The kinds of activities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActivityKind {
    /// A note on a record's timeline.
    Note,
    /// A logged message over another channel than e-mail, such as a chat.
    Communication {
        /// HubSpot's `hs_communication_channel_type`, such as `SMS`.
        channel_type: String,
    },
}

/// The logging of activities.
#[derive(Debug)]
pub struct Activities<'a> {
    pub(crate) state: &'a ActivitiesState,
    pub(crate) scope: &'a CallScope,
}

/// The creators of notes and communications.
pub(crate) struct ActivitiesState {
    notes: RecordCreator,
    communications: RecordCreator,
}

impl ActivitiesState {
    pub(crate) fn new(records: &Arc<RecordsState>, associations: &Arc<AssociationsState>) -> ActivitiesState {
        let creator = |kind| RecordCreator::new(kind, records.clone(), associations.clone());
        ActivitiesState { notes: creator(NOTE), communications: creator(COMMUNICATION) }
    }
}

opaque_debug!(ActivitiesState);

impl Activities<'_> {
    /// Logs an activity in one request, which also moves the last activity dates of its contacts and tickets. Concurrent
    /// ones share a batch. Fails with [`Error::ContactMissing`] for an unknown contact, with [`Error::OutcomeUnknown`] if
    /// the answer was lost and the look-ups did not tell.
    pub async fn log(&self, activity: &Activity) -> Result<Created<Record>, Error> {
        let creator = match activity.kind {
            ActivityKind::Note => &self.state.notes,
            ActivityKind::Communication { .. } => &self.state.communications,
        };
        creator
            .create(
                self.scope,
                NewRecord { parent: Some(activity.on.clone()), input: input(activity), key: None, _lock: None },
            )
            .await
    }
}

fn input(activity: &Activity) -> Value {
    let mut properties = match &activity.kind {
        ActivityKind::Note => json!({ "hs_note_body": activity.body }),
        ActivityKind::Communication { channel_type } => json!({
            "hs_communication_channel_type": channel_type,
            "hs_communication_logged_from": "CRM",
            "hs_communication_body": activity.body,
        }),
    };
    properties["hs_timestamp"] = activity.at.to_rfc3339_opts(SecondsFormat::Millis, true).into();
    if let Some(owner) = &activity.owner {
        properties["hubspot_owner_id"] = owner.as_str().into();
    }
    if !activity.file_ids.is_empty() {
        properties["hs_attachment_ids"] = activity.file_ids.join(";").into();
    }
    let on = [&activity.on].into_iter().chain(&activity.also_on);
    let associations = on.filter_map(|(object, id)| {
        let types = [json!({
            "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": association(&activity.kind, *object)?,
        })];
        Some(json!({ "to": { "id": id }, "types": types }))
    });
    json!({ "properties": properties, "associations": associations.collect::<Vec<_>>() })
}

/// The type id of the association from an activity to a record (HubSpot, association type ids).
fn association(kind: &ActivityKind, to: Object) -> Option<u32> {
    match (kind, to) {
        (ActivityKind::Note, Object::Contacts) => Some(202),
        (ActivityKind::Note, Object::Tickets) => Some(228),
        (ActivityKind::Communication { .. }, Object::Contacts) => Some(81),
        (ActivityKind::Communication { .. }, Object::Tickets) => Some(83),
        _ => None,
    }
}

/// Without the body, which is a person's message and must not reach a log.
impl std::fmt::Debug for Activity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Activity").field("on", &self.on).field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{Fake, FakeFault};

    fn note(body: &str) -> Activity {
        Activity {
            on: (Object::Contacts, RecordId::from(7)),
            also_on: vec![(Object::Tickets, RecordId::from(9))],
            body: body.into(),
            at: "2026-11-22T15:00:00Z".parse().unwrap(),
            owner: None,
            kind: ActivityKind::Note,
            file_ids: vec![],
        }
    }

    #[test]
    fn an_activity_is_associated_with_all_its_records() {
        let input = input(&note("called back"));
        assert_eq!(
            input["properties"],
            json!({"hs_note_body": "called back", "hs_timestamp": "2026-11-22T15:00:00.000Z"})
        );
        let types: Vec<_> = input["associations"].as_array().unwrap().iter().map(|to| &to["types"][0]).collect();
        assert_eq!((&types[0]["associationTypeId"], &types[1]["associationTypeId"]), (&json!(202), &json!(228)));
    }

    #[test]
    fn the_files_of_an_activity_are_named_by_their_ids() {
        let input = input(&Activity { file_ids: vec!["81".into(), "82".into()], ..note("see the picture") });
        assert_eq!(input["properties"]["hs_attachment_ids"], "81;82");
    }

    #[tokio::test(start_paused = true)]
    async fn a_note_is_found_again_if_its_answer_is_lost() {
        let (fake, hub) = Fake::new();
        fake.trouble("notes", FakeFault::DoneThenBroken);
        let made = hub.activities().log(&note("called back")).await.unwrap();
        assert!(made.recovered);
        assert_eq!(fake.count("notes"), 1);
    }
}

//! Activities: notes and messages that are logged on the timelines of contacts and tickets. Nothing is sent.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::HubSpot;
use crate::error::{Error, Write};
use crate::object::Object;
use crate::record::{Created, Record};
use crate::writes::create::{Create, NewRecord};
use domain::id::{OwnerId, RecordId};

pub(crate) const CREATE_NOTE: Create =
    Create { object: Object::Notes, write: Write::Note, match_by: &["hs_note_body", "hs_timestamp"] };

/// Something to log.
#[derive(Clone, PartialEq, Eq)]
pub struct Activity {
    /// The contact or ticket it belongs to.
    pub on: (Object, RecordId),
    /// Further contacts and tickets whose timelines show it.
    pub also_on: Vec<(Object, RecordId)>,
    /// At most 65,536 characters.
    pub body: String,
    pub at: DateTime<Utc>,
    pub owner: Option<OwnerId>,
    pub kind: ActivityKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActivityKind {
    Note,
    /// `channel_type` is HubSpot's `hs_communication_channel_type`, such as `SMS`.
    Communication {
        channel_type: String,
    },
}

#[derive(Debug)]
pub struct Activities<'a>(pub(crate) &'a HubSpot);

impl Activities<'_> {
    /// Logs in one request; this also moves the last activity dates of what it is logged on. For an unknown contact
    /// nothing is logged: [`Error::ContactMissing`].
    pub async fn log(&self, activity: &Activity) -> Result<Created<Record>, Error> {
        let line = match activity.kind {
            ActivityKind::Note => &self.0.engine.new_notes,
            ActivityKind::Communication { .. } => &self.0.engine.new_communications,
        };
        line.ask(self.0, NewRecord { on: activity.on.clone(), input: input(activity) }).await
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
    let on = [&activity.on].into_iter().chain(&activity.also_on);
    let associations = on.filter_map(|(object, id)| {
        let types = [json!({
            "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": association(&activity.kind, *object)?,
        })];
        Some(json!({ "to": { "id": id }, "types": types }))
    });
    json!({ "properties": properties, "associations": associations.collect::<Vec<_>>() })
}

/// HubSpot's numbers for the association from an activity to a record (HubSpot, associations, type ids).
fn association(kind: &ActivityKind, to: Object) -> Option<u32> {
    match (kind, to) {
        (ActivityKind::Note, Object::Contacts) => Some(202),
        (ActivityKind::Note, Object::Tickets) => Some(228),
        (ActivityKind::Communication { .. }, Object::Contacts) => Some(81),
        (ActivityKind::Communication { .. }, Object::Tickets) => Some(83),
        _ => None,
    }
}

/// The body is somebody's message and must not reach a log by way of `{:?}`.
impl std::fmt::Debug for Activity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Activity").field("on", &self.on).field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{Fake, Trouble};

    fn note(body: &str) -> Activity {
        Activity {
            on: (Object::Contacts, RecordId::from(7)),
            also_on: vec![(Object::Tickets, RecordId::from(9))],
            body: body.into(),
            at: "2026-11-22T15:00:00Z".parse().unwrap(),
            owner: None,
            kind: ActivityKind::Note,
        }
    }

    #[test]
    fn an_activity_is_written_with_all_it_belongs_to() {
        let input = input(&note("called back"));
        assert_eq!(
            input["properties"],
            json!({"hs_note_body": "called back", "hs_timestamp": "2026-11-22T15:00:00.000Z"})
        );
        let types: Vec<_> = input["associations"].as_array().unwrap().iter().map(|to| &to["types"][0]).collect();
        assert_eq!((&types[0]["associationTypeId"], &types[1]["associationTypeId"]), (&json!(202), &json!(228)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_note_whose_answer_was_lost_is_found_and_not_made_again() {
        let (fake, hub) = Fake::new();
        fake.trouble("notes", Trouble::DoneThenBroken);
        let made = hub.activities().log(&note("called back")).await.unwrap();
        assert!(made.recovered);
        assert_eq!(fake.count("notes"), 1);
    }
}

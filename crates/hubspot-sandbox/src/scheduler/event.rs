//! An event on a staff calendar without a meeting link.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::book;
use super::calendar::Interval;
use crate::answer::Answer;
use crate::call::{Call, unreadable_query};
use crate::crm::create::{self, AssociationInput, Input};
use crate::crm::kind::Kind;
use crate::crm::objects::shown;
use crate::crm::record::Source;
use crate::crm::values::moment;
use crate::crm::view::Shown;
use crate::portal::Portal;
use crate::refusal::{Refusal, resource_not_found};

#[derive(Deserialize)]
struct Request {
    properties: Map<String, Value>,
    #[serde(default)]
    associations: Vec<AssociationInput>,
}

/// The query names the organiser by user id, the property by owner id.
pub(super) fn create(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let organizer: u64 = call
        .query("organizerUserId")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| unreadable_query("organizerUserId"))?;
    if !portal.scheduler.calendars.contains_key(&organizer) {
        return Err(resource_not_found());
    }
    let request: Request = call.json()?;
    let slot = slot(&request.properties)?;
    let input = Input { properties: request.properties.clone(), associations: request.associations, trace_id: None };
    let draft = create::draft(portal, Kind::Meetings, &input).map_err(|problem| problem.into_refusal(portal))?;
    let id = create::commit(portal, Kind::Meetings, draft, Source::Meetings);
    let event_id = portal.scheduler.next_event_id();
    portal.scheduler.hold(&[organizer], slot);
    let source =
        [("hs_engagement_source", "MEETINGS"), ("hs_engagement_source_id", &event_id), ("hs_unique_id", &event_id)];
    book::stamp(portal, id, &source);
    let names = request.properties.keys().map(String::as_str).chain(source.map(|(name, _)| name));
    let view = shown(portal, Kind::Meetings, id, Shown::Touched(&names.collect::<Vec<_>>()));
    Ok(Answer::ok(json!({
        "id": view["id"], "createdAt": view["createdAt"], "lastUpdatedAt": view["updatedAt"],
        "properties": view["properties"]
    })))
}

fn slot(properties: &Map<String, Value>) -> Result<Interval, Refusal> {
    let at = |name: &str| {
        let text = properties.get(name).map(|raw| raw.as_str().map_or_else(|| raw.to_string(), str::to_owned));
        text.and_then(|text| moment(&text)).ok_or_else(|| Refusal::invalid(format!("{name} is not a valid date-time")))
    };
    let (start, end) = (at("hs_meeting_start_time")?, at("hs_meeting_end_time")?);
    match start < end {
        true => Ok(Interval { start, end }),
        false => Err(Refusal::invalid("hs_meeting_end_time must be after hs_meeting_start_time")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{SARAH, client};

    #[tokio::test(start_paused = true)]
    async fn an_event_is_logged_and_makes_its_organizer_busy() {
        let client = client();
        let event = json!({
            "properties": {
                "hs_timestamp": "2026-11-25T15:00:00Z", "hs_meeting_start_time": "2026-11-25T15:00:00Z",
                "hs_meeting_end_time": "2026-11-25T15:30:00Z", "hs_meeting_title": "Demo", "hubspot_owner_id": "117001"
            },
            "associations": [{"to": {"id": SARAH}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 200}]}],
            "timezone": "Europe/London"
        });
        let path = "/scheduler/2026-09/meetings/calendar?organizerUserId=9586504";
        let made = client.post(path, event.clone()).await.expect(200);
        assert_eq!(made["properties"]["hs_engagement_source"], "MEETINGS");
        let path_of_one = format!("/crm/v3/objects/meetings/{}?properties=hs_unique_id", made["id"].as_str().unwrap());
        let read = client.get(&path_of_one).await.expect(200);
        assert_eq!(read["properties"]["hs_unique_id"], made["properties"]["hs_unique_id"]);
        let info = client
            .get("/scheduler/v3/meetings/meeting-links/book/richtech%2Fquick-call?timezone=UTC")
            .await
            .expect(200);
        assert!(
            info["allUsersBusyTimes"][0]["busyTimes"]
                .as_array()
                .unwrap()
                .contains(&json!({"start": 1_795_618_800_000_i64, "end": 1_795_620_600_000_i64}))
        );
        client.post("/scheduler/2026-09/meetings/calendar?organizerUserId=117001", event).await.expect(404);
        client.post(path, json!({"properties": {"hs_meeting_start_time": "soon"}})).await.expect(400);
    }
}

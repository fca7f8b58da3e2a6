//! Creating an event in an owner's calendar without a meeting link.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::api_error::{ApiError, resource_not_found};
use crate::api::call::{ApiCall, unreadable_query};
use crate::api::input::{AssociationInput, as_text};
use crate::api::meetings::booking;
use crate::api::objects::create::{self, Input};
use crate::api::objects::view::{self, Projection};
use crate::api::response::ApiResponse;
use crate::model::calendar::Interval;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::property_value::parse_date_time;
use crate::model::record::Source;

#[derive(Deserialize)]
struct EventInput {
    properties: Map<String, Value>,
    #[serde(default)]
    associations: Vec<AssociationInput>,
}

/// Creates the event. The query names the organizer by user id, `hubspot_owner_id` by owner id.
pub(crate) fn create(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let organizer: u64 = call
        .query("organizerUserId")
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| unreadable_query("organizerUserId"))?;
    if !portal.scheduler.calendars.contains_key(&organizer) {
        return Err(resource_not_found());
    }
    let body: EventInput = call.json()?;
    let slot = slot(&body.properties)?;
    let input = Input { properties: body.properties.clone(), associations: body.associations, ..Input::default() };
    let draft = create::draft(portal, ObjectType::Meetings, &input).map_err(|error| error.into_api_error(portal))?;
    let id = create::commit(portal, ObjectType::Meetings, draft, Source::Meetings);
    let event_id = portal.scheduler.next_event_id();
    portal.scheduler.reserve(&[organizer], slot);
    let source =
        [("hs_engagement_source", "MEETINGS"), ("hs_engagement_source_id", &event_id), ("hs_unique_id", &event_id)];
    booking::set_read_only(portal, id, &source);
    let names = body.properties.keys().map(String::as_str).chain(source.map(|(name, _)| name));
    let shown = view::record_by_id(portal, ObjectType::Meetings, id, Projection::Updated(&names.collect::<Vec<_>>()));
    Ok(ApiResponse::ok(json!({
        "id": shown["id"], "createdAt": shown["createdAt"], "lastUpdatedAt": shown["updatedAt"],
        "properties": shown["properties"]
    })))
}

fn slot(properties: &Map<String, Value>) -> Result<Interval, ApiError> {
    let at = |name: &str| {
        let text = properties.get(name).map(as_text);
        text.and_then(|text| parse_date_time(&text))
            .ok_or_else(|| ApiError::invalid(format!("{name} is not a valid date-time")))
    };
    let (start, end) = (at("hs_meeting_start_time")?, at("hs_meeting_end_time")?);
    match start < end {
        true => Ok(Interval { start, end }),
        false => Err(ApiError::invalid("hs_meeting_end_time must be after hs_meeting_start_time")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::{SARAH, client};

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

//! The engagements API, the predecessor of the objects API for activities: one body holds an activity with its
//! associations. HubSpot's own MCP server still writes notes and tasks with it.

use axum::Router;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::api_error::{ApiError, object_not_found};
use super::call::ApiCall;
use super::endpoint::{GET, PATCH, POST, WRITE_CONTACTS, endpoint};
use super::input::as_text;
use super::objects::create::{self, Input};
use super::objects::{find, update};
use super::response::ApiResponse;
use crate::model::associations::RecordKey;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::property_value::parse_date_time;
use crate::model::record::{Record, Source};
use crate::model::{associate, association_type, computed};
use crate::sandbox::Sandbox;

const NOTE: EngagementType =
    EngagementType { name: "NOTE", object_type: ObjectType::Notes, metadata: &[("body", "hs_note_body")] };
const TASK: EngagementType = EngagementType {
    name: "TASK",
    object_type: ObjectType::Tasks,
    metadata: &[("body", "hs_task_body"), ("subject", "hs_task_subject"), ("status", "hs_task_status")],
};
const MEETING: EngagementType = EngagementType {
    name: "MEETING",
    object_type: ObjectType::Meetings,
    metadata: &[("body", "hs_meeting_body"), ("title", "hs_meeting_title")],
};
const CALL: EngagementType = EngagementType {
    name: "CALL",
    object_type: ObjectType::Calls,
    metadata: &[("body", "hs_call_body"), ("title", "hs_call_title")],
};
const EMAIL: EngagementType = EngagementType {
    name: "EMAIL",
    object_type: ObjectType::Emails,
    metadata: &[("text", "hs_email_text"), ("html", "hs_email_html"), ("subject", "hs_email_subject")],
};
const TYPES: [EngagementType; 5] = [NOTE, TASK, MEETING, CALL, EMAIL];

/// The lists of associated ids in a body, each with the type of its objects.
const LISTS: [(&str, ObjectType); 4] = [
    ("contactIds", ObjectType::Contacts),
    ("companyIds", ObjectType::Companies),
    ("dealIds", ObjectType::Deals),
    ("ticketIds", ObjectType::Tickets),
];

#[derive(Clone, Copy, Debug)]
struct EngagementType {
    name: &'static str,
    object_type: ObjectType,
    /// Fields of `metadata`, each with the name of its property.
    metadata: &'static [(&'static str, &'static str)],
}

pub(crate) fn routes() -> Router<Sandbox> {
    let one = endpoint(GET, WRITE_CONTACTS, read).merge(endpoint(PATCH, WRITE_CONTACTS, update));
    Router::new().route("/engagements", endpoint(POST, WRITE_CONTACTS, create)).route("/engagements/{id}", one)
}

#[derive(Debug, Deserialize)]
struct EngagementInput {
    #[serde(default)]
    engagement: Map<String, Value>,
    #[serde(default)]
    associations: Map<String, Value>,
    #[serde(default)]
    metadata: Map<String, Value>,
}

fn create(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let body: EngagementInput = call.json()?;
    let name = body.engagement.get("type").and_then(Value::as_str).unwrap_or_default();
    let engagement_type = TYPES.into_iter().find(|one| one.name == name);
    let engagement_type =
        engagement_type.ok_or_else(|| ApiError::invalid(format!("{name} is not a type of engagement")))?;
    let mut properties = properties(engagement_type, &body);
    properties.entry("hs_timestamp").or_insert_with(|| portal.now_ms().into());
    let targets = targets(portal, &body.associations)?;
    let object_type = engagement_type.object_type;
    let draft = create::draft(portal, object_type, &Input { properties, ..Input::default() });
    let draft = draft.map_err(|error| error.into_api_error(portal))?;
    let id = create::commit(portal, object_type, draft, Source::Integration);
    associate_all(portal, (object_type, id), &targets);
    Ok(ApiResponse::ok(shown(portal, engagement_type, id)))
}

fn properties(engagement_type: EngagementType, body: &EngagementInput) -> Map<String, Value> {
    let metadata = engagement_type.metadata.iter();
    let metadata = metadata.filter_map(|(from, to)| Some(((*to).to_owned(), body.metadata.get(*from)?.clone())));
    let mut properties: Map<String, Value> = metadata.collect();
    for (from, to) in [("ownerId", "hubspot_owner_id"), ("timestamp", "hs_timestamp")] {
        if let Some(value) = body.engagement.get(from).filter(|value| !value.is_null()) {
            properties.insert(to.to_owned(), value.clone());
        }
    }
    properties
}

/// Finds the associated records. All of them must exist.
fn targets(portal: &Portal, associations: &Map<String, Value>) -> Result<Vec<RecordKey>, ApiError> {
    let named = LISTS.iter().flat_map(|(name, object_type)| {
        let ids = associations.get(*name).and_then(Value::as_array).into_iter().flatten();
        ids.map(move |id| (*object_type, as_text(id)))
    });
    let found =
        named.map(|(object_type, id)| find::live(portal, object_type, &id).ok_or_else(|| object_not_found(&id)));
    found.collect()
}

fn associate_all(portal: &mut Portal, from: RecordKey, targets: &[RecordKey]) {
    for to in targets {
        if let Some(default) = association_type::default(from.0, to.0) {
            associate::add(portal, from, *to, associate::hubspot_label(default.type_id));
        }
    }
}

fn read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (engagement_type, id) = in_path(portal, call)?;
    Ok(ApiResponse::ok(shown(portal, engagement_type, id)))
}

fn in_path(portal: &Portal, call: &ApiCall) -> Result<(EngagementType, u64), ApiError> {
    let text = call.param("id");
    let id = text.parse().map_err(|_| object_not_found(text))?;
    let engagement_type = TYPES.into_iter().find(|one| portal.table(one.object_type).live(id).is_some());
    engagement_type.map(|one| (one, id)).ok_or_else(|| object_not_found(text))
}

fn update(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (engagement_type, id) = in_path(portal, call)?;
    let object_type = engagement_type.object_type;
    let body: EngagementInput = call.json()?;
    let targets = targets(portal, &body.associations)?;
    let properties = properties(engagement_type, &body);
    if let Some(record) = portal.table(object_type).live(id).filter(|_| !properties.is_empty()) {
        let change = update::draft(portal, object_type, record, &properties);
        let change = change.map_err(|error| error.into_api_error(portal))?;
        update::commit(portal, object_type, change, Source::Integration);
    }
    associate_all(portal, (object_type, id), &targets);
    Ok(ApiResponse::ok(shown(portal, engagement_type, id)))
}

/// Renders an engagement. Ids are numbers and times are milliseconds, unlike in the newer APIs.
fn shown(portal: &Portal, engagement_type: EngagementType, id: u64) -> Value {
    let object_type = engagement_type.object_type;
    let Some(record) = portal.table(object_type).live(id) else { return Value::Null };
    let number = |name: &str| text(object_type, record, name).and_then(|text| text.parse::<u64>().ok());
    let metadata = engagement_type.metadata.iter();
    let metadata = metadata.map(|(to, from)| ((*to).to_owned(), text(object_type, record, from).into()));
    let associations = LISTS.iter().map(|(name, to)| {
        let ids = portal.associations.of((object_type, id), *to).map(|(id, _)| Value::from(id));
        ((*name).to_owned(), Value::from(ids.collect::<Vec<_>>()))
    });
    json!({
        "engagement": {
            "id": id, "portalId": portal.identity.portal_id, "active": true, "createdAt": record.created_ms,
            "lastUpdated": record.updated_ms, "ownerId": number("hubspot_owner_id"), "type": engagement_type.name,
            "timestamp": record.get("hs_timestamp").and_then(parse_date_time)
        },
        "associations": associations.collect::<Map<_, _>>(), "attachments": [],
        "metadata": metadata.collect::<Map<_, _>>()
    })
}

fn text(object_type: ObjectType, record: &Record, name: &str) -> Option<String> {
    computed::read(object_type, record, name).map(|text| text.into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::{SARAH, client};

    const PATH: &str = "/engagements/v1/engagements";

    #[tokio::test(start_paused = true)]
    async fn a_task_is_created_read_and_updated() {
        let client = client();
        let asked = json!({
            "engagement": {"active": true, "ownerId": 117_001, "type": "TASK", "timestamp": 1_795_359_600_000_i64},
            "associations": {"contactIds": [84_246_479_604_u64], "companyIds": []},
            "metadata": {"subject": "Call Sarah", "body": "About ADAM", "status": "NOT_STARTED", "forObjectType": "CONTACT"}
        });
        let made = client.post(PATH, asked).await.expect(200);
        let path = format!("{PATH}/{}", made["engagement"]["id"]);
        assert_eq!(client.get(&path).await.expect(200), made);
        assert_eq!(made["associations"]["contactIds"][0].to_string(), SARAH);
        let changed = client.patch(&path, json!({"metadata": {"status": "COMPLETED"}})).await.expect(200);
        assert_eq!(
            (&changed["metadata"]["status"], &changed["metadata"]["subject"]),
            (&json!("COMPLETED"), &json!("Call Sarah"))
        );
        assert_eq!(client.sandbox.records("tasks")[0]["properties"]["hs_task_status"], "COMPLETED");
    }

    #[tokio::test(start_paused = true)]
    async fn an_engagement_with_an_unknown_contact_is_not_created() {
        let client = client();
        let asked =
            json!({"engagement": {"type": "NOTE"}, "associations": {"contactIds": [999]}, "metadata": {"body": "x"}});
        client.post(PATH, asked).await.expect(404);
        assert!(client.sandbox.records("notes").is_empty());
        client.post(PATH, json!({"engagement": {"type": "LETTER"}})).await.expect(400);
        client.get(&format!("{PATH}/1")).await.expect(404);
    }
}

//! The old engagements API: an activity with its associations in one body. HubSpot's own MCP server still writes notes
//! and tasks this way.

use axum::Router;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::associate;
use super::computed;
use super::create::{self, Input};
use super::kind::Kind;
use super::links::End;
use super::objects::WRITE_CONTACTS;
use super::pairs;
use super::record::{Record, Source};
use super::update;
use super::values::moment;
use crate::Sandbox;
use crate::answer::Answer;
use crate::call::Call;
use crate::portal::Portal;
use crate::refusal::{Refusal, object_not_found};
use crate::router::{GET, PATCH, POST, answers};

/// The types, each with its kind and where its metadata go.
const TYPES: [Type; 5] = [
    ("NOTE", Kind::Notes, &[("body", "hs_note_body")]),
    ("TASK", Kind::Tasks, &[("body", "hs_task_body"), ("subject", "hs_task_subject"), ("status", "hs_task_status")]),
    ("MEETING", Kind::Meetings, &[("body", "hs_meeting_body"), ("title", "hs_meeting_title")]),
    ("CALL", Kind::Calls, &[("body", "hs_call_body"), ("title", "hs_call_title")]),
    ("EMAIL", Kind::Emails, &[("text", "hs_email_text"), ("html", "hs_email_html"), ("subject", "hs_email_subject")]),
];

/// The lists of associations, each with its kind.
const LISTS: [(&str, Kind); 4] = [
    ("contactIds", Kind::Contacts),
    ("companyIds", Kind::Companies),
    ("dealIds", Kind::Deals),
    ("ticketIds", Kind::Tickets),
];

/// Its name, its kind, and for each field of `metadata` the property it is.
type Type = (&'static str, Kind, &'static [(&'static str, &'static str)]);

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/engagements", answers(POST, WRITE_CONTACTS, create))
        .route("/engagements/{id}", answers(GET, WRITE_CONTACTS, read).merge(answers(PATCH, WRITE_CONTACTS, change)))
}

#[derive(Debug, Deserialize)]
struct Request {
    #[serde(default)]
    engagement: Map<String, Value>,
    #[serde(default)]
    associations: Map<String, Value>,
    #[serde(default)]
    metadata: Map<String, Value>,
}

fn create(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let request: Request = call.json()?;
    let name = request.engagement.get("type").and_then(Value::as_str).unwrap_or_default();
    let kind = TYPES.into_iter().find(|one| one.0 == name);
    let kind = kind.ok_or_else(|| Refusal::invalid(format!("{name} is not a type of engagement")))?;
    let mut properties = properties(kind, &request);
    properties.entry("hs_timestamp").or_insert_with(|| portal.now_ms().into());
    let ends = ends(portal, &request.associations)?;
    let input = Input { properties, associations: Vec::new(), trace_id: None };
    let draft = create::draft(portal, kind.1, &input).map_err(|problem| problem.into_refusal(portal))?;
    let id = create::commit(portal, kind.1, draft, Source::Integration);
    associate_all(portal, (kind.1, id), &ends);
    Ok(Answer::ok(shown(portal, kind, id)))
}

fn properties(kind: Type, request: &Request) -> Map<String, Value> {
    let known = kind.2.iter().filter_map(|(from, to)| Some(((*to).to_owned(), request.metadata.get(*from)?.clone())));
    let mut properties: Map<String, Value> = known.collect();
    for (from, to) in [("ownerId", "hubspot_owner_id"), ("timestamp", "hs_timestamp")] {
        if let Some(value) = request.engagement.get(from).filter(|value| !value.is_null()) {
            properties.insert(to.to_owned(), value.clone());
        }
    }
    properties
}

/// Every record named must be there: nothing is made otherwise.
fn ends(portal: &Portal, associations: &Map<String, Value>) -> Result<Vec<End>, Refusal> {
    let named = LISTS.iter().flat_map(|(name, kind)| {
        let ids = associations.get(*name).and_then(Value::as_array).into_iter().flatten();
        ids.map(move |id| (*kind, id))
    });
    let found = named.map(|(kind, id)| {
        let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        super::associations::live(portal, kind, &text).ok_or_else(|| object_not_found(&text))
    });
    found.collect()
}

fn associate_all(portal: &mut Portal, from: End, ends: &[End]) {
    for to in ends {
        if let Some(pair) = pairs::default(from.0, to.0) {
            associate::add(portal, from, *to, associate::hubspot(pair.type_id));
        }
    }
}

fn read(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, id) = in_path(portal, call)?;
    Ok(Answer::ok(shown(portal, kind, id)))
}

fn in_path(portal: &Portal, call: &Call) -> Result<(Type, u64), Refusal> {
    let text = call.param("id");
    let id = text.parse().map_err(|_| object_not_found(text))?;
    let kind = TYPES.into_iter().find(|one| portal.table(one.1).live(id).is_some());
    kind.map(|kind| (kind, id)).ok_or_else(|| object_not_found(text))
}

fn change(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, id) = in_path(portal, call)?;
    let request: Request = call.json()?;
    let ends = ends(portal, &request.associations)?;
    let properties = properties(kind, &request);
    if let Some(record) = portal.table(kind.1).live(id).filter(|_| !properties.is_empty()) {
        let change = update::draft(portal, kind.1, record, &properties);
        let change = change.map_err(|problem| problem.into_refusal(portal))?;
        update::commit(portal, kind.1, change, Source::Integration);
    }
    associate_all(portal, (kind.1, id), &ends);
    Ok(Answer::ok(shown(portal, kind, id)))
}

/// Ids are numbers and times milliseconds: this API is older than the others.
fn shown(portal: &Portal, kind: Type, id: u64) -> Value {
    let Some(record) = portal.table(kind.1).live(id) else { return Value::Null };
    let number = |name: &str| text(kind.1, record, name).and_then(|text| text.parse::<u64>().ok());
    let metadata: Map<String, Value> =
        kind.2.iter().map(|(to, from)| ((*to).to_owned(), text(kind.1, record, from).into())).collect();
    let associations = LISTS.iter().map(|(name, to)| {
        let ids = portal.links.of((kind.1, id), *to).map(|(id, _)| Value::from(id));
        ((*name).to_owned(), Value::from(ids.collect::<Vec<_>>()))
    });
    json!({
        "engagement": {
            "id": id, "portalId": portal.identity.portal_id, "active": true, "createdAt": record.created_ms,
            "lastUpdated": record.updated_ms, "ownerId": number("hubspot_owner_id"), "type": kind.0,
            "timestamp": record.get("hs_timestamp").and_then(moment)
        },
        "associations": associations.collect::<Map<_, _>>(), "attachments": [], "metadata": metadata
    })
}

fn text(kind: Kind, record: &Record, name: &str) -> Option<String> {
    computed::read(kind, record, name).map(|text| text.into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{SARAH, client};

    const PATH: &str = "/engagements/v1/engagements";

    #[tokio::test(start_paused = true)]
    async fn a_task_is_made_read_and_changed_the_old_way() {
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
    async fn an_engagement_on_nobody_is_not_made() {
        let client = client();
        let asked =
            json!({"engagement": {"type": "NOTE"}, "associations": {"contactIds": [999]}, "metadata": {"body": "x"}});
        client.post(PATH, asked).await.expect(404);
        assert!(client.sandbox.records("notes").is_empty());
        client.post(PATH, json!({"engagement": {"type": "LETTER"}})).await.expect(400);
        client.get(&format!("{PATH}/1")).await.expect(404);
    }
}

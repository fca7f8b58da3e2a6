//! Pipelines and their stages.

use axum::Router;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::create::text_of;
use super::kind::Kind;
use super::pipeline_edits;
use super::record::{Name, Record};
use super::values::{Invalid, not_an_option};
use crate::Sandbox;
use crate::access::Scopes;
use crate::answer::Answer;
use crate::call::Call;
use crate::clock::{Ms, stamp};
use crate::portal::Portal;
use crate::refusal::{Refusal, resource_not_found};
use crate::router::{GET, answers, needs};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Pipeline {
    pub(crate) id: String,
    pub(crate) label: String,
    #[serde(default)]
    pub(crate) display_order: i64,
    pub(crate) stages: Vec<Stage>,
    #[serde(default)]
    pub(crate) created_ms: Ms,
    #[serde(default)]
    pub(crate) updated_ms: Ms,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Stage {
    pub(crate) id: String,
    pub(crate) label: String,
    #[serde(default)]
    pub(crate) display_order: i64,
    #[serde(default)]
    pub(crate) metadata: Map<String, Value>,
    #[serde(default)]
    pub(crate) created_ms: Ms,
    #[serde(default)]
    pub(crate) updated_ms: Ms,
}

pub(crate) fn routes() -> Router<Sandbox> {
    let read = needs(Scopes::Read);
    Router::new()
        .route("/{type}", answers(GET, read, list))
        .route("/{type}/{pipeline}", answers(GET, read, one))
        .route("/{type}/{pipeline}/audit", answers(GET, read, audit))
        .route("/{type}/{pipeline}/stages", answers(GET, read, stages))
        .route("/{type}/{pipeline}/stages/{stage}", answers(GET, read, stage))
        .merge(pipeline_edits::routes())
}

fn list(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let all = portal.pipelines.get(&call.kind("type")?).map_or(&[][..], Vec::as_slice);
    Ok(Answer::ok(json!({"results": all.iter().map(Pipeline::to_json).collect::<Vec<_>>()})))
}

fn one(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::ok(in_path(portal, call)?.to_json()))
}

/// When it was made and when it last changed; who did it is not kept.
fn audit(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (portal_id, pipeline) = (portal.identity.portal_id, in_path(portal, call)?);
    let entry = |action: &str, at_ms: Ms| {
        json!({
            "portalId": portal_id, "identifier": pipeline.id, "action": action, "timestamp": stamp(at_ms),
            "rawObject": pipeline.to_json()
        })
    };
    let mut results = vec![entry("CREATE", pipeline.created_ms)];
    if pipeline.updated_ms > pipeline.created_ms {
        results.push(entry("UPDATE", pipeline.updated_ms));
    }
    Ok(Answer::ok(json!({"results": results})))
}

fn stages(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let stages = &in_path(portal, call)?.stages;
    Ok(Answer::ok(json!({"results": stages.iter().map(Stage::to_json).collect::<Vec<_>>()})))
}

fn stage(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let stage = in_path(portal, call)?.stages.iter().find(|stage| stage.id == call.param("stage"));
    Ok(Answer::ok(stage.ok_or_else(resource_not_found)?.to_json()))
}

fn in_path<'a>(portal: &'a Portal, call: &Call) -> Result<&'a Pipeline, Refusal> {
    let all = portal.pipelines.get(&call.kind("type")?).map_or(&[][..], Vec::as_slice);
    all.iter().find(|pipeline| pipeline.id == call.param("pipeline")).ok_or_else(resource_not_found)
}

/// The properties that name the pipeline and the stage of an object.
pub(crate) fn names(kind: Kind) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::Tickets => Some(("hs_pipeline", "hs_pipeline_stage")),
        Kind::Deals => Some(("pipeline", "dealstage")),
        _ => None,
    }
}

/// A stage belongs to its pipeline.
pub(crate) fn check_stage(
    portal: &Portal,
    kind: Kind,
    values: &[(Name, String)],
    before: Option<&Record>,
) -> Result<(), Invalid> {
    let (Some((pipeline_name, stage_name)), Some(pipelines)) = (names(kind), portal.pipelines.get(&kind)) else {
        return Ok(());
    };
    let will_be = |name| text_of(values, name).or_else(|| before.and_then(|record| record.get(name)));
    let Some(id) = will_be(pipeline_name) else { return Ok(()) };
    let Some(pipeline) = pipelines.iter().find(|pipeline| pipeline.id == id) else {
        let allowed: Vec<_> = pipelines.iter().map(|pipeline| pipeline.id.as_str()).collect();
        return Err(not_an_option(pipeline_name, id, &allowed));
    };
    match will_be(stage_name) {
        Some(stage) if !pipeline.stages.iter().any(|known| known.id == stage) => {
            let allowed: Vec<_> = pipeline.stages.iter().map(|stage| stage.id.as_str()).collect();
            Err(not_an_option(stage_name, stage, &allowed))
        }
        _ => Ok(()),
    }
}

/// Whether these values put a ticket into a closed stage.
pub(crate) fn is_closing(portal: &Portal, kind: Kind, values: &[(Name, String)]) -> bool {
    let stage = (kind == Kind::Tickets).then(|| text_of(values, "hs_pipeline_stage")).flatten();
    let mut stages = portal.pipelines.get(&kind).into_iter().flatten().flat_map(|pipeline| &pipeline.stages);
    stage.is_some_and(|id| stages.any(|stage| stage.id == id && stage.metadata.get("isClosed") == Some(&"true".into())))
}

impl Pipeline {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "label": self.label, "displayOrder": self.display_order, "id": self.id,
            "stages": self.stages.iter().map(Stage::to_json).collect::<Vec<_>>(),
            "createdAt": stamp(self.created_ms), "updatedAt": stamp(self.updated_ms), "archived": false
        })
    }
}

impl Stage {
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "label": self.label, "displayOrder": self.display_order, "metadata": self.metadata, "id": self.id,
            "createdAt": stamp(self.created_ms), "updatedAt": stamp(self.updated_ms),
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT", "archived": false
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::client;

    #[tokio::test(start_paused = true)]
    async fn the_default_ticket_pipeline_is_hubspots() {
        let client = client();
        let all = client.get("/crm/pipelines/2026-09/tickets").await.expect(200);
        let support = &all["results"][0];
        assert_eq!((&support["id"], &support["label"]), (&json!("0"), &json!("Support Pipeline")));
        let labels: Vec<_> = support["stages"].as_array().unwrap().iter().map(|stage| stage["label"].clone()).collect();
        assert_eq!(labels, ["New", "Waiting on contact", "Waiting on us", "Closed"]);
        assert_eq!(support["stages"][3]["metadata"], json!({"ticketState": "CLOSED", "isClosed": "true"}));
        let one = client.get("/crm/v3/pipelines/tickets/0/stages/4").await.expect(200);
        assert_eq!(one, support["stages"][3]);
        client.get("/crm/v3/pipelines/tickets/9").await.expect(404);
    }

    #[tokio::test(start_paused = true)]
    async fn closing_a_ticket_dates_it() {
        let client = client();
        let made =
            client.post("/crm/v3/objects/tickets", json!({"properties": {"hs_pipeline_stage": "1"}})).await.expect(201);
        let path = format!("/crm/v3/objects/tickets/{}", made["id"].as_str().unwrap());
        client.patch(&path, json!({"properties": {"hs_pipeline_stage": "4"}})).await.expect(200);
        let closed = client.get(&format!("{path}?properties=closed_date")).await.expect(200);
        assert_eq!(closed["properties"]["closed_date"], "2026-11-22T15:00:00.000Z");
    }
}

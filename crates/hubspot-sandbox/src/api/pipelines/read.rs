//! Reading pipelines and stages.

use serde_json::json;

use crate::api::api_error::{ApiError, resource_not_found};
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::clock::{Ms, stamp};
use crate::model::pipeline::{Pipeline, Stage};
use crate::model::portal::Portal;

pub(crate) fn list(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let all = portal.pipelines.get(&call.object_type("type")?).map_or(&[][..], Vec::as_slice);
    Ok(ApiResponse::ok(json!({"results": all.iter().map(Pipeline::to_json).collect::<Vec<_>>()})))
}

pub(crate) fn one(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    Ok(ApiResponse::ok(in_path(portal, call)?.to_json()))
}

/// Renders the creation and the last change of a pipeline. The account does not keep who made them.
pub(crate) fn audit(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
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
    Ok(ApiResponse::ok(json!({"results": results})))
}

pub(crate) fn stages(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let stages = &in_path(portal, call)?.stages;
    Ok(ApiResponse::ok(json!({"results": stages.iter().map(Stage::to_json).collect::<Vec<_>>()})))
}

pub(crate) fn stage(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let stage = in_path(portal, call)?.stages.iter().find(|stage| stage.id == call.param("stage"));
    Ok(ApiResponse::ok(stage.ok_or_else(resource_not_found)?.to_json()))
}

fn in_path<'a>(portal: &'a Portal, call: &ApiCall) -> Result<&'a Pipeline, ApiError> {
    let all = portal.pipelines.get(&call.object_type("type")?).map_or(&[][..], Vec::as_slice);
    all.iter().find(|pipeline| pipeline.id == call.param("pipeline")).ok_or_else(resource_not_found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::client;

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
    async fn closing_a_ticket_sets_its_close_date() {
        let client = client();
        let made =
            client.post("/crm/v3/objects/tickets", json!({"properties": {"hs_pipeline_stage": "1"}})).await.expect(201);
        let path = format!("/crm/v3/objects/tickets/{}", made["id"].as_str().unwrap());
        client.patch(&path, json!({"properties": {"hs_pipeline_stage": "4"}})).await.expect(200);
        let closed = client.get(&format!("{path}?properties=closed_date")).await.expect(200);
        assert_eq!(closed["properties"]["closed_date"], "2026-11-22T15:00:00.000Z");
    }
}

//! Creating, changing and deleting pipelines and stages.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::api_error::{ApiError, resource_not_found};
use crate::api::call::ApiCall;
use crate::api::input::replace;
use crate::api::response::ApiResponse;
use crate::clock::Ms;
use crate::model::object_type::ObjectType;
use crate::model::pipeline::{Pipeline, Stage, property_names};
use crate::model::portal::Portal;

/// Most stages of a pipeline that HubSpot allows.
const STAGES_MAX: usize = 100;
const PIPELINES_MAX: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewPipeline {
    label: String,
    #[serde(default)]
    display_order: i64,
    stages: Vec<NewStage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewStage {
    label: String,
    #[serde(default)]
    display_order: i64,
    #[serde(default)]
    metadata: Map<String, Value>,
}

fn all<'a>(portal: &'a mut Portal, call: &ApiCall) -> Result<&'a mut Vec<Pipeline>, ApiError> {
    let object_type = call.object_type("type")?;
    match property_names(object_type) {
        Some(_) => Ok(portal.pipelines.entry(object_type).or_default()),
        None => Err(ApiError::invalid(format!("{} have no pipelines", object_type.info().plural))),
    }
}

fn one<'a>(portal: &'a mut Portal, call: &ApiCall) -> Result<&'a mut Pipeline, ApiError> {
    let id = call.param("pipeline");
    all(portal, call)?.iter_mut().find(|pipeline| pipeline.id == id).ok_or_else(resource_not_found)
}

pub(crate) fn create(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let new: NewPipeline = call.json()?;
    let now_ms = portal.now_ms();
    let pipelines = all(portal, call)?;
    if pipelines.len() >= PIPELINES_MAX || new.stages.len() > STAGES_MAX || new.stages.is_empty() {
        return Err(ApiError::invalid(format!(
            "A pipeline has 1 to {STAGES_MAX} stages, an object {PIPELINES_MAX} pipelines"
        )));
    }
    check_unique_label(&new.label, pipelines.iter().map(|pipeline| &pipeline.label))?;
    check_unique_stages(&new.stages)?;
    let id = portal.next_pipeline_id();
    let stages = new.stages.into_iter().map(|stage| stage.make(portal.next_pipeline_id(), now_ms)).collect();
    let pipeline = Pipeline {
        id,
        label: new.label,
        display_order: new.display_order,
        stages,
        created_ms: now_ms,
        updated_ms: now_ms,
    };
    let shown = pipeline.to_json();
    all(portal, call)?.push(pipeline);
    Ok(ApiResponse::created(shown))
}

fn check_unique_stages(stages: &[NewStage]) -> Result<(), ApiError> {
    let mut labels = BTreeSet::new();
    stages
        .iter()
        .find(|stage| !labels.insert(&stage.label))
        .map_or(Ok(()), |duplicate| Err(label_taken(&duplicate.label)))
}

/// Checks that no other pipeline or stage has the label.
fn check_unique_label<'a>(label: &str, mut others: impl Iterator<Item = &'a String>) -> Result<(), ApiError> {
    if others.any(|other| other == label) { Err(label_taken(label)) } else { Ok(()) }
}

fn label_taken(label: &str) -> ApiError {
    ApiError::invalid(format!("A label must be unique; {label} is used already"))
        .sub_category("PipelineError.LABEL_NOT_UNIQUE")
}

impl NewStage {
    fn make(self, id: String, now_ms: Ms) -> Stage {
        let NewStage { label, display_order, metadata } = self;
        Stage { id, label, display_order, metadata, created_ms: now_ms, updated_ms: now_ms }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PipelineEdit {
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    display_order: Option<i64>,
    #[serde(default)]
    metadata: Option<Map<String, Value>>,
}

pub(crate) fn update(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (change, now_ms) = (call.json::<PipelineEdit>()?, portal.now_ms());
    if let Some(label) = &change.label {
        check_unique_pipeline(portal, call, label)?;
    }
    let pipeline = one(portal, call)?;
    replace(&mut pipeline.label, change.label);
    replace(&mut pipeline.display_order, change.display_order);
    pipeline.updated_ms = now_ms;
    Ok(ApiResponse::ok(pipeline.to_json()))
}

/// Replaces a pipeline (PUT). Stages that are not named go; a stage whose label existed before keeps its id.
pub(crate) fn replace_pipeline(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (new, now_ms) = (call.json::<NewPipeline>()?, portal.now_ms());
    let before = one(portal, call)?.clone();
    if new.stages.len() > STAGES_MAX || new.stages.is_empty() {
        return Err(ApiError::invalid(format!("A pipeline has 1 to {STAGES_MAX} stages")));
    }
    check_unique_pipeline(portal, call, &new.label)?;
    check_unique_stages(&new.stages)?;
    let remains = |stage: &&Stage| new.stages.iter().any(|named| named.label == stage.label);
    let removed: Vec<String> = before.stages.iter().filter(|one| !remains(one)).map(|stage| stage.id.clone()).collect();
    check_unreferenced(portal, call, removed)?;
    let stages = new.stages.into_iter().map(|named| {
        let known = before.stages.iter().find(|stage| stage.label == named.label);
        let id = known.map_or_else(|| portal.next_pipeline_id(), |stage| stage.id.clone());
        Stage { created_ms: known.map_or(now_ms, |stage| stage.created_ms), ..named.make(id, now_ms) }
    });
    let stages = stages.collect();
    let pipeline = one(portal, call)?;
    *pipeline = Pipeline { label: new.label, display_order: new.display_order, stages, updated_ms: now_ms, ..before };
    Ok(ApiResponse::ok(pipeline.to_json()))
}

fn check_unique_pipeline(portal: &mut Portal, call: &ApiCall, label: &str) -> Result<(), ApiError> {
    let id = call.param("pipeline");
    let others = all(portal, call)?.iter().filter(|pipeline| pipeline.id != id);
    check_unique_label(label, others.map(|pipeline| &pipeline.label))
}

pub(crate) fn add_stage(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (new, now_ms) = (call.json::<NewStage>()?, portal.now_ms());
    let pipeline = one(portal, call)?;
    if pipeline.stages.len() >= STAGES_MAX {
        return Err(ApiError::invalid(format!("A pipeline has at most {STAGES_MAX} stages")));
    }
    check_unique_label(&new.label, pipeline.stages.iter().map(|stage| &stage.label))?;
    let stage = new.make(portal.next_pipeline_id(), now_ms);
    let shown = stage.to_json();
    one(portal, call)?.stages.push(stage);
    Ok(ApiResponse::created(shown))
}

pub(crate) fn update_stage(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let (change, now_ms) = (call.json::<PipelineEdit>()?, portal.now_ms());
    let stages = &mut one(portal, call)?.stages;
    let id = call.param("stage");
    if let Some(label) = &change.label {
        check_unique_label(label, stages.iter().filter(|stage| stage.id != id).map(|stage| &stage.label))?;
    }
    let stage = stages.iter_mut().find(|stage| stage.id == id).ok_or_else(resource_not_found)?;
    replace(&mut stage.label, change.label);
    replace(&mut stage.display_order, change.display_order);
    replace(&mut stage.metadata, change.metadata);
    stage.updated_ms = now_ms;
    Ok(ApiResponse::ok(stage.to_json()))
}

pub(crate) fn delete(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let stages = one(portal, call)?.stages.iter().map(|stage| stage.id.clone()).collect();
    check_unreferenced(portal, call, stages)?;
    let id = call.param("pipeline").to_owned();
    all(portal, call)?.retain(|pipeline| pipeline.id != id);
    Ok(ApiResponse::no_content())
}

pub(crate) fn delete_stage(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let id = call.param("stage").to_owned();
    if !one(portal, call)?.stages.iter().any(|stage| stage.id == id) {
        return Err(resource_not_found());
    }
    check_unreferenced(portal, call, vec![id.clone()])?;
    one(portal, call)?.stages.retain(|stage| stage.id != id);
    Ok(ApiResponse::no_content())
}

/// Checks that no object is in these stages, if the query asks for the check.
fn check_unreferenced(portal: &Portal, call: &ApiCall, stages: Vec<String>) -> Result<(), ApiError> {
    let object_type = call.object_type("type")?;
    let is_requested = call.flag("validateReferencesBeforeDelete")
        || object_type == ObjectType::Deals && call.flag("validateDealStageUsagesBeforeDelete");
    let Some((_, name)) = property_names(object_type).filter(|_| is_requested) else { return Ok(()) };
    let inside = portal.table(object_type).from(0).filter(|record| !record.is_archived());
    let inside = inside.filter(|record| record.get(name).is_some_and(|stage| stages.iter().any(|own| own == stage)));
    let ids: Vec<String> = inside.map(|record| record.id.to_string()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let message =
        format!("Stage IDs: [{}] are being referenced by object IDs: [{}]", stages.join(", "), ids.join(", "));
    let error = ApiError::invalid(message).sub_category("PipelineError.STAGE_ID_IN_USE");
    Err(error.context(json!({"stageIds": stages, "objectIds": ids})))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::test_client::client;

    const PATH: &str = "/crm/pipelines/2026-09/tickets";

    #[tokio::test(start_paused = true)]
    async fn a_pipeline_is_created_changed_and_deleted() {
        let client = client();
        let stage = |label: &str| json!({"label": label, "displayOrder": 0, "metadata": {"ticketState": "OPEN"}});
        let asked = json!({"label": "Recalls", "displayOrder": 2, "stages": [stage("Open"), stage("Done")]});
        let made = client.post(PATH, asked.clone()).await.expect(201);
        let id = made["id"].as_str().unwrap();
        client.post(PATH, asked).await.expect(400);
        let stages = format!("{PATH}/{id}/stages");
        let added = client.post(&stages, stage("Waiting")).await.expect(201);
        client.post(&stages, stage("Waiting")).await.expect(400);
        let path = format!("{stages}/{}", added["id"].as_str().unwrap());
        assert_eq!(client.patch(&path, json!({"label": "Held"})).await.expect(200)["label"], "Held");
        assert_eq!(client.delete(&path).await.status, 204);
        client.patch(&format!("{PATH}/{id}"), json!({"label": "Call-backs"})).await.expect(200);
        client.patch(&format!("{PATH}/{id}"), json!({"label": "Support Pipeline"})).await.expect(400);
        let replacement = json!({"label": "Recalls", "stages": [stage("Open"), stage("Sent back")]});
        let replaced = client.put(&format!("{PATH}/{id}"), replacement.clone()).await.expect(200);
        assert_eq!(replaced["stages"][0]["id"], made["stages"][0]["id"]);
        assert_eq!(replaced["stages"][1]["label"], "Sent back");
        client
            .put(&format!("{PATH}/{id}"), json!({"label": "Support Pipeline", "stages": replacement["stages"]}))
            .await
            .expect(400);
        client.put(&format!("{PATH}/0?validateReferencesBeforeDelete=true"), replacement).await.expect(400);
        let audit = client.get(&format!("{PATH}/{id}/audit")).await.expect(200);
        assert_eq!(audit["results"][0]["action"], "CREATE");
        assert_eq!(client.delete(&format!("{PATH}/{id}")).await.status, 204);
        client.get(&format!("{PATH}/{id}")).await.expect(404);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stage_with_tickets_in_it_is_not_deleted_when_the_query_asks_to_check() {
        let client = client();
        let path = format!("{PATH}/0/stages/4");
        let refused = client.delete(&format!("{path}?validateReferencesBeforeDelete=true")).await.expect(400);
        assert_eq!(refused["message"], "Stage IDs: [4] are being referenced by object IDs: [33190415288]");
        assert_eq!(refused["subCategory"], "PipelineError.STAGE_ID_IN_USE");
        assert_eq!(client.delete(&path).await.status, 204);
        client.delete(&path).await.expect(404);
        let none: Value =
            client.post("/crm/v3/pipelines/contacts", json!({"label": "x", "stages": []})).await.expect(400);
        assert_eq!(none["message"], "contacts have no pipelines");
    }
}

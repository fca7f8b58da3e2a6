//! Making, changing and deleting pipelines and stages.

use std::collections::BTreeSet;

use axum::Router;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::kind::Kind;
use super::pipelines::{Pipeline, Stage, names};
use super::properties::{WRITE, replace};
use crate::Sandbox;
use crate::answer::Answer;
use crate::call::Call;
use crate::clock::Ms;
use crate::portal::Portal;
use crate::refusal::{Refusal, resource_not_found};
use crate::router::{DELETE, PATCH, POST, PUT, answers};

const STAGES_MAX: usize = 100;
const PIPELINES_MAX: usize = 100;

pub(crate) fn routes() -> Router<Sandbox> {
    let change_one = answers(PUT, WRITE, rewrite).merge(answers(PATCH, WRITE, change));
    let change_stage = answers(PUT, WRITE, edit_stage).merge(answers(PATCH, WRITE, edit_stage));
    Router::new()
        .route("/{type}", answers(POST, WRITE, create))
        .route("/{type}/{pipeline}", change_one.merge(answers(DELETE, WRITE, remove)))
        .route("/{type}/{pipeline}/stages", answers(POST, WRITE, add_stage))
        .route("/{type}/{pipeline}/stages/{stage}", change_stage.merge(answers(DELETE, WRITE, remove_stage)))
}

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

fn all<'a>(portal: &'a mut Portal, call: &Call) -> Result<&'a mut Vec<Pipeline>, Refusal> {
    let kind = call.kind("type")?;
    match names(kind) {
        Some(_) => Ok(portal.pipelines.entry(kind).or_default()),
        None => Err(Refusal::invalid(format!("{} have no pipelines", kind.facts().plural))),
    }
}

fn one<'a>(portal: &'a mut Portal, call: &Call) -> Result<&'a mut Pipeline, Refusal> {
    let id = call.param("pipeline");
    all(portal, call)?.iter_mut().find(|pipeline| pipeline.id == id).ok_or_else(resource_not_found)
}

fn create(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let new: NewPipeline = call.json()?;
    let now_ms = portal.now_ms();
    let pipelines = all(portal, call)?;
    if pipelines.len() >= PIPELINES_MAX || new.stages.len() > STAGES_MAX || new.stages.is_empty() {
        return Err(Refusal::invalid(format!(
            "A pipeline has 1 to {STAGES_MAX} stages, an object {PIPELINES_MAX} pipelines"
        )));
    }
    unlike(&new.label, pipelines.iter().map(|pipeline| &pipeline.label))?;
    unlike_each_other(&new.stages)?;
    let id = portal.next_setting_id();
    let stages = new.stages.into_iter().map(|stage| stage.make(portal.next_setting_id(), now_ms)).collect();
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
    Ok(Answer::created(shown))
}

fn unlike_each_other(stages: &[NewStage]) -> Result<(), Refusal> {
    let mut labels = BTreeSet::new();
    stages.iter().find(|stage| !labels.insert(&stage.label)).map_or(Ok(()), |twice| Err(taken(&twice.label)))
}

/// A label is there once.
fn unlike<'a>(label: &str, mut others: impl Iterator<Item = &'a String>) -> Result<(), Refusal> {
    if others.any(|other| other == label) { Err(taken(label)) } else { Ok(()) }
}

fn taken(label: &str) -> Refusal {
    Refusal::invalid(format!("A label must be unique; {label} is used already"))
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
struct Change {
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    display_order: Option<i64>,
    #[serde(default)]
    metadata: Option<Map<String, Value>>,
}

fn change(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (asked, now_ms) = (call.json::<Change>()?, portal.now_ms());
    if let Some(label) = &asked.label {
        unlike_others(portal, call, label)?;
    }
    let pipeline = one(portal, call)?;
    replace(&mut pipeline.label, asked.label);
    replace(&mut pipeline.display_order, asked.display_order);
    pipeline.updated_ms = now_ms;
    Ok(Answer::ok(pipeline.to_json()))
}

/// A PUT says all of it anew: stages that are not named go, those with a label that was there keep their id.
fn rewrite(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (new, now_ms) = (call.json::<NewPipeline>()?, portal.now_ms());
    let before = one(portal, call)?.clone();
    if new.stages.len() > STAGES_MAX || new.stages.is_empty() {
        return Err(Refusal::invalid(format!("A pipeline has 1 to {STAGES_MAX} stages")));
    }
    unlike_others(portal, call, &new.label)?;
    unlike_each_other(&new.stages)?;
    let stays = |stage: &&Stage| new.stages.iter().any(|named| named.label == stage.label);
    let gone: Vec<String> = before.stages.iter().filter(|one| !stays(one)).map(|stage| stage.id.clone()).collect();
    unused(portal, call, gone)?;
    let stages = new.stages.into_iter().map(|named| {
        let known = before.stages.iter().find(|stage| stage.label == named.label);
        let id = known.map_or_else(|| portal.next_setting_id(), |stage| stage.id.clone());
        Stage { created_ms: known.map_or(now_ms, |stage| stage.created_ms), ..named.make(id, now_ms) }
    });
    let stages = stages.collect();
    let pipeline = one(portal, call)?;
    *pipeline = Pipeline { label: new.label, display_order: new.display_order, stages, updated_ms: now_ms, ..before };
    Ok(Answer::ok(pipeline.to_json()))
}

fn unlike_others(portal: &mut Portal, call: &Call, label: &str) -> Result<(), Refusal> {
    let id = call.param("pipeline");
    let others = all(portal, call)?.iter().filter(|pipeline| pipeline.id != id);
    unlike(label, others.map(|pipeline| &pipeline.label))
}

fn add_stage(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (new, now_ms) = (call.json::<NewStage>()?, portal.now_ms());
    let pipeline = one(portal, call)?;
    if pipeline.stages.len() >= STAGES_MAX {
        return Err(Refusal::invalid(format!("A pipeline has at most {STAGES_MAX} stages")));
    }
    unlike(&new.label, pipeline.stages.iter().map(|stage| &stage.label))?;
    let stage = new.make(portal.next_setting_id(), now_ms);
    let shown = stage.to_json();
    one(portal, call)?.stages.push(stage);
    Ok(Answer::created(shown))
}

fn edit_stage(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (asked, now_ms) = (call.json::<Change>()?, portal.now_ms());
    let stages = &mut one(portal, call)?.stages;
    let id = call.param("stage");
    if let Some(label) = &asked.label {
        unlike(label, stages.iter().filter(|stage| stage.id != id).map(|stage| &stage.label))?;
    }
    let stage = stages.iter_mut().find(|stage| stage.id == id).ok_or_else(resource_not_found)?;
    replace(&mut stage.label, asked.label);
    replace(&mut stage.display_order, asked.display_order);
    replace(&mut stage.metadata, asked.metadata);
    stage.updated_ms = now_ms;
    Ok(Answer::ok(stage.to_json()))
}

fn remove(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let stages = one(portal, call)?.stages.iter().map(|stage| stage.id.clone()).collect();
    unused(portal, call, stages)?;
    let id = call.param("pipeline").to_owned();
    all(portal, call)?.retain(|pipeline| pipeline.id != id);
    Ok(Answer::no_content())
}

fn remove_stage(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let id = call.param("stage").to_owned();
    if !one(portal, call)?.stages.iter().any(|stage| stage.id == id) {
        return Err(resource_not_found());
    }
    unused(portal, call, vec![id.clone()])?;
    one(portal, call)?.stages.retain(|stage| stage.id != id);
    Ok(Answer::no_content())
}

/// When asked to look, HubSpot refuses to delete a stage that objects are in.
fn unused(portal: &Portal, call: &Call, stages: Vec<String>) -> Result<(), Refusal> {
    let kind = call.kind("type")?;
    let asked = call.flag("validateReferencesBeforeDelete")
        || kind == Kind::Deals && call.flag("validateDealStageUsagesBeforeDelete");
    let Some((_, name)) = names(kind).filter(|_| asked) else { return Ok(()) };
    let inside = portal.table(kind).from(0).filter(|record| !record.is_archived());
    let inside = inside.filter(|record| record.get(name).is_some_and(|stage| stages.iter().any(|own| own == stage)));
    let ids: Vec<String> = inside.map(|record| record.id.to_string()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let message =
        format!("Stage IDs: [{}] are being referenced by object IDs: [{}]", stages.join(", "), ids.join(", "));
    let refusal = Refusal::invalid(message).sub_category("PipelineError.STAGE_ID_IN_USE");
    Err(refusal.context(json!({"stageIds": stages, "objectIds": ids})))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::testing::client;

    const PATH: &str = "/crm/pipelines/2026-09/tickets";

    #[tokio::test(start_paused = true)]
    async fn a_pipeline_is_made_changed_and_deleted() {
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
        let anew = json!({"label": "Recalls", "stages": [stage("Open"), stage("Sent back")]});
        let rewritten = client.put(&format!("{PATH}/{id}"), anew.clone()).await.expect(200);
        assert_eq!(rewritten["stages"][0]["id"], made["stages"][0]["id"]);
        assert_eq!(rewritten["stages"][1]["label"], "Sent back");
        client
            .put(&format!("{PATH}/{id}"), json!({"label": "Support Pipeline", "stages": anew["stages"]}))
            .await
            .expect(400);
        client.put(&format!("{PATH}/0?validateReferencesBeforeDelete=true"), anew).await.expect(400);
        let audit = client.get(&format!("{PATH}/{id}/audit")).await.expect(200);
        assert_eq!(audit["results"][0]["action"], "CREATE");
        assert_eq!(client.delete(&format!("{PATH}/{id}")).await.status, 204);
        client.get(&format!("{PATH}/{id}")).await.expect(404);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stage_with_tickets_in_it_stays_when_asked_to_look() {
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

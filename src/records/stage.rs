//! Pipelines and stages as people name them. Accounts name and number theirs as they like, so nothing is taken for granted.

use std::slice;

use serde_json::json;

use super::property::key;
use crate::tool::{Ctx, ToolError};
use domain::code::Code;
use hubspot_client::{Pipeline, Stage};

/// Where a ticket stands.
#[derive(Clone, Debug, PartialEq)]
pub struct PipelineStage {
    pub pipeline: Pipeline,
    pub stage: Stage,
}

/// Words for a stage that is meant by what it does and not by its label.
const CLOSE: [&str; 5] = ["close", "closed", "done", "resolved", "solved"];
const REOPEN: [&str; 3] = ["reopen", "open", "opened"];

/// Where a new ticket opens: what is not said is the first pipeline, and its first open stage.
pub async fn of_new(ctx: &Ctx, pipeline: Option<&str>, stage: Option<&str>) -> Result<PipelineStage, ToolError> {
    decided(ctx, |pipelines| choose(pipelines, said(pipeline), said(stage))).await
}

/// Where a ticket moves that stands in a stage of `pipeline_id`.
pub async fn of_move(ctx: &Ctx, pipeline_id: &str, stage_id: &str, to: &str) -> Result<PipelineStage, ToolError> {
    decided(ctx, |pipelines| next(pipelines, pipeline_id, stage_id, to.trim())).await
}

/// Decides on the pipelines in memory, and where those do not fit on fresh ones.
async fn decided(
    ctx: &Ctx,
    decide: impl Fn(&[Pipeline]) -> Result<PipelineStage, ToolError>,
) -> Result<PipelineStage, ToolError> {
    match decide(&ctx.hubspot.pipelines().tickets().await?) {
        Ok(place) => Ok(place),
        Err(_) => decide(&ctx.hubspot.pipelines().tickets_fresh().await?),
    }
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn choose(pipelines: &[Pipeline], pipeline: Option<&str>, stage: Option<&str>) -> Result<PipelineStage, ToolError> {
    let chosen = match pipeline {
        Some(name) => pipelines.iter().find(|one| is_pipeline(one, name)),
        // A stage of another pipeline says which pipeline is meant, when only one has it.
        None => stage.and_then(|name| only_one_with(pipelines, name)).or(pipelines.first()),
    };
    let chosen = chosen.ok_or_else(|| no_place("pipeline", pipelines))?;
    let found = match stage {
        Some(name) => chosen.stages.iter().find(|one| is_stage(chosen, one, name)),
        None => chosen.stages.iter().find(|one| !one.closed).or(chosen.stages.first()),
    };
    // Who named no pipeline may have meant a stage of any.
    let among = if pipeline.is_some() { slice::from_ref(chosen) } else { pipelines };
    place(chosen, found).ok_or_else(|| no_place("stage", among))
}

/// Within its pipeline: by label or id, or by what it means.
fn next(pipelines: &[Pipeline], pipeline_id: &str, stage_id: &str, to: &str) -> Result<PipelineStage, ToolError> {
    let pipeline = pipelines.iter().find(|one| one.id == pipeline_id);
    let pipeline = pipeline.ok_or_else(|| no_place("pipeline", pipelines))?;
    let word = to.to_lowercase();
    let now = pipeline.stages.iter().find(|one| one.id == stage_id);
    let meant = |closed: bool| {
        // What is closed already stays where it is; so does what is open.
        now.filter(|now| now.closed == closed).or_else(|| pipeline.stages.iter().find(|one| one.closed == closed))
    };
    let found = pipeline.stages.iter().find(|one| is_stage(pipeline, one, to));
    place(
        pipeline,
        found.or_else(|| match () {
            () if CLOSE.contains(&word.as_str()) => meant(true),
            () if REOPEN.contains(&word.as_str()) => meant(false),
            () => None,
        }),
    )
    .ok_or_else(|| {
        let hint = "use one of the labels or ids in `valid`, or `close` or `reopen`; a ticket stays in its pipeline";
        let mut error = no_place("stage", slice::from_ref(pipeline));
        error.hint = hint.to_owned();
        error
    })
}

fn place(pipeline: &Pipeline, stage: Option<&Stage>) -> Option<PipelineStage> {
    stage.map(|stage| PipelineStage { pipeline: pipeline.clone(), stage: stage.clone() })
}

/// `Support`, `support pipeline` or the id.
pub(super) fn is_pipeline(pipeline: &Pipeline, name: &str) -> bool {
    let key = |text: &str| key(text).trim_end_matches("pipeline").to_owned();
    pipeline.id == name || (!key(name).is_empty() && key(&pipeline.label) == key(name))
}

/// `New`, `New (Support Pipeline)` or the id.
fn is_stage(pipeline: &Pipeline, stage: &Stage, name: &str) -> bool {
    let asked = key(name);
    let within = key(&stage.label) + &key(&pipeline.label);
    stage.id == name || (!asked.is_empty() && (key(&stage.label) == asked || within == asked))
}

fn only_one_with<'a>(pipelines: &'a [Pipeline], stage: &str) -> Option<&'a Pipeline> {
    let mut having = pipelines.iter().filter(|one| one.stages.iter().any(|other| is_stage(one, other, stage)));
    let first = having.next()?;
    having.next().is_none().then_some(first)
}

fn no_place(kind: &str, pipelines: &[Pipeline]) -> ToolError {
    let stages = |one: &Pipeline| one.stages.iter().map(|s| format!("{} ({})", s.label, s.id)).collect::<Vec<_>>();
    let valid: Vec<_> = pipelines
        .iter()
        .map(|one| json!({ "pipeline": one.label, "pipeline_id": one.id, "stages": stages(one) }))
        .collect();
    let message = format!("there is no such {kind} for this ticket");
    ToolError::new(Code::StageNotFound, message, "use one of the labels or ids in `valid`").with("valid", valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipelines() -> Vec<Pipeline> {
        let stage = |(id, label, closed): (&str, &str, bool)| Stage { id: id.into(), label: label.into(), closed };
        let pipeline = |id: &str, label: &str, stages: &[(&str, &str, bool)]| Pipeline {
            id: id.into(),
            label: label.into(),
            stages: stages.iter().copied().map(stage).collect(),
        };
        vec![
            pipeline(
                "0",
                "Support Pipeline",
                &[("1", "New", false), ("2", "Waiting on us", false), ("4", "Closed", true)],
            ),
            pipeline(
                "7",
                "Repairs",
                &[("71", "Received", false), ("72", "Shipped back", true), ("73", "Scrapped", true)],
            ),
        ]
    }

    fn stage(place: Result<PipelineStage, ToolError>) -> String {
        place.map_or_else(|error| error.code.to_string(), |place| place.stage.id)
    }

    #[test]
    fn a_new_ticket_opens_where_is_said_or_at_the_beginning() {
        for (pipeline, to, expected) in [
            (None, None, "1"),
            (None, Some("waiting on us"), "2"),
            (None, Some("Received"), "71"),
            (None, Some("4"), "4"),
            (Some("support"), Some("New"), "1"),
            (Some("Repairs Pipeline"), None, "71"),
            (Some("7"), Some("Shipped back (Repairs)"), "72"),
            (Some("7"), Some("New"), "STAGE_NOT_FOUND_ERROR"),
            (Some("Returns"), None, "STAGE_NOT_FOUND_ERROR"),
            (Some("pipeline"), None, "STAGE_NOT_FOUND_ERROR"),
        ] {
            assert_eq!(stage(choose(&pipelines(), pipeline, to)), expected, "{pipeline:?} {to:?}");
        }
    }

    #[test]
    fn a_stage_that_is_nowhere_is_answered_with_every_place_there_is() {
        let valid = |pipeline| choose(&pipelines(), pipeline, Some("Nyt")).unwrap_err().details["valid"].clone();
        assert_eq!(valid(None).as_array().unwrap().len(), 2);
        assert_eq!(valid(Some("Repairs"))[0]["stages"][0], "Received (71)");
        let moved = next(&pipelines(), "7", "71", "Nyt").unwrap_err();
        assert!(moved.hint.contains("`close`") && moved.details["valid"].as_array().unwrap().len() == 1);
    }

    #[test]
    fn a_ticket_moves_within_its_pipeline_by_label_id_or_meaning() {
        for (pipeline, now, to, expected) in [
            ("0", "1", "Waiting on us", "2"),
            ("0", "1", "close", "4"),
            ("0", "4", "reopen", "1"),
            ("0", "2", "open", "2"),
            ("7", "71", "done", "72"),
            ("0", "1", "Resolved", "4"),
            ("7", "73", "close", "73"),
            ("0", "1", "Received", "STAGE_NOT_FOUND_ERROR"),
            ("0", "1", "", "STAGE_NOT_FOUND_ERROR"),
            ("9", "1", "close", "STAGE_NOT_FOUND_ERROR"),
        ] {
            assert_eq!(stage(next(&pipelines(), pipeline, now, to)), expected, "{pipeline} {now} {to}");
        }
    }
}

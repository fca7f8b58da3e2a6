//! Lookup of ticket pipelines and stages by label or id. Accounts name and number them freely, so no name is assumed.

use std::slice;

use serde_json::{Value, json};

use super::error::Error;
use super::excerpt::line;
use super::property::key;
use crate::tool::Ctx;
use hubspot_client::{Object, Pipeline, PropertyVersion, Record, Stage};

/// A stage and its pipeline.
#[derive(Clone, Debug, PartialEq)]
pub struct PipelineStage {
    /// Pipeline that the stage belongs to.
    pub pipeline: Pipeline,
    /// One of its stages.
    pub stage: Stage,
}

const STAGE: &str = "hs_pipeline_stage";

/// Words that name a stage by its effect and not by its label.
const CLOSE: [&str; 5] = ["close", "closed", "done", "resolved", "solved"];
const REOPEN: [&str; 3] = ["reopen", "open", "opened"];

/// The stage of a new ticket: by default the first open stage of the first pipeline.
pub async fn of_new(ctx: &Ctx, pipeline: Option<&str>, stage: Option<&str>) -> Result<PipelineStage, Error> {
    decided(ctx, |pipelines| choose(pipelines, said(pipeline), said(stage))).await
}

/// The stage that a ticket in `pipeline_id` and `stage_id` moves to. Another pipeline has to be named.
pub async fn of_move(ctx: &Ctx, pipeline_id: &str, stage_id: &str, to: &str) -> Result<PipelineStage, Error> {
    decided(ctx, |pipelines| next(pipelines, pipeline_id, stage_id, to.trim())).await
}

/// Last open stage of a closed ticket, if `to` reopens it and HubSpot's history has one.
pub async fn before_closing(ctx: &Ctx, ticket: &Record, to: &str) -> Result<Option<PipelineStage>, Error> {
    let now = |name: &str| ticket.get(name).unwrap_or_default();
    let (pipeline, stage) = (now("hs_pipeline"), now(STAGE));
    let pipelines = ctx.hubspot.pipelines().tickets().await?;
    if !is_reopening(&pipelines, pipeline, stage, to) {
        return Ok(None);
    }
    let history = ctx.hubspot.records(Object::Tickets).history(&ticket.id, STAGE).await?;
    let pipeline = pipelines.iter().find(|one| one.id == pipeline);
    Ok(pipeline.and_then(|pipeline| pipeline_stage(pipeline, last_open(pipeline, &history))))
}

/// Decides by the cached pipelines, and by fresh ones if those do not fit.
async fn decided(
    ctx: &Ctx,
    decide: impl Fn(&[Pipeline]) -> Result<PipelineStage, Error>,
) -> Result<PipelineStage, Error> {
    match decide(&ctx.hubspot.pipelines().tickets().await?) {
        Ok(place) => Ok(place),
        Err(_) => decide(&ctx.hubspot.pipelines().tickets_fresh().await?),
    }
}

fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn choose(pipelines: &[Pipeline], pipeline: Option<&str>, stage: Option<&str>) -> Result<PipelineStage, Error> {
    let chosen = match pipeline {
        Some(name) => pipelines.iter().find(|one| is_pipeline(one, name)),
        // A stage of another pipeline says which pipeline is meant, when only one has it.
        None => stage.and_then(|name| only_one_with(pipelines, name)).or(pipelines.first()),
    };
    let chosen = chosen.ok_or_else(|| unknown("pipeline", pipelines))?;
    let found = match stage {
        Some(name) => chosen.stages.iter().find(|one| is_stage(chosen, one, name)),
        None => chosen.stages.iter().find(|one| !one.closed).or(chosen.stages.first()),
    };
    // Without a pipeline, a stage of any pipeline may have been meant.
    let among = if pipeline.is_some() { slice::from_ref(chosen) } else { pipelines };
    pipeline_stage(chosen, found).ok_or_else(|| unknown("stage", among))
}

/// A stage of the ticket's own pipeline by label or id, or by its effect.
fn next(pipelines: &[Pipeline], pipeline_id: &str, stage_id: &str, to: &str) -> Result<PipelineStage, Error> {
    let pipeline = pipelines.iter().find(|one| one.id == pipeline_id);
    let pipeline = pipeline.ok_or_else(|| unknown("pipeline", pipelines))?;
    let word = to.to_lowercase();
    let now = pipeline.stages.iter().find(|one| one.id == stage_id);
    let meant = |closed: bool| {
        // A closed ticket that is closed again stays in its stage; so does an open one that is reopened.
        now.filter(|now| now.closed == closed).or_else(|| pipeline.stages.iter().find(|one| one.closed == closed))
    };
    let found = pipeline.stages.iter().find(|one| is_stage(pipeline, one, to));
    let found = found.or_else(|| match () {
        () if CLOSE.contains(&word.as_str()) => meant(true),
        () if REOPEN.contains(&word.as_str()) => meant(false),
        () => None,
    });
    pipeline_stage(pipeline, found).or_else(|| elsewhere(pipelines, to)).ok_or_else(|| Error::StageUnknown {
        kind: "stage",
        valid: valid(slice::from_ref(pipeline)),
        moves: true,
    })
}

/// A stage of a pipeline that is named itself: its first open one, or the one beside its name.
fn elsewhere(pipelines: &[Pipeline], to: &str) -> Option<PipelineStage> {
    let asked = key(to);
    pipelines.iter().find_map(|pipeline| {
        let first = || pipeline.stages.iter().find(|one| !one.closed).filter(|_| is_pipeline(pipeline, to));
        let named = |one: &&Stage| key(&one.label) + &key(&pipeline.label) == asked;
        pipeline_stage(pipeline, first().or_else(|| pipeline.stages.iter().find(named)))
    })
}

/// True for a word that reopens a closed ticket, where no stage of its pipeline has it as its label.
fn is_reopening(pipelines: &[Pipeline], pipeline_id: &str, stage_id: &str, to: &str) -> bool {
    let Some(pipeline) = pipelines.iter().find(|one| one.id == pipeline_id) else { return false };
    let closed = pipeline.stages.iter().any(|one| one.id == stage_id && one.closed);
    let labelled = pipeline.stages.iter().any(|one| is_stage(pipeline, one, to));
    closed && !labelled && REOPEN.contains(&to.trim().to_lowercase().as_str())
}

/// The newest of these stage ids, newest first, that is an open stage of the pipeline.
fn last_open<'a>(pipeline: &'a Pipeline, history: &[PropertyVersion]) -> Option<&'a Stage> {
    history.iter().find_map(|version| pipeline.stages.iter().find(|one| one.id == version.value && !one.closed))
}

fn pipeline_stage(pipeline: &Pipeline, stage: Option<&Stage>) -> Option<PipelineStage> {
    stage.map(|stage| PipelineStage { pipeline: pipeline.clone(), stage: stage.clone() })
}

/// Matches a pipeline by label, such as `Support` or `support pipeline`, or by id.
pub(super) fn is_pipeline(pipeline: &Pipeline, name: &str) -> bool {
    let key = |text: &str| key(text).trim_end_matches("pipeline").to_owned();
    pipeline.id == name || (!key(name).is_empty() && key(&pipeline.label) == key(name))
}

/// Matches a stage by label, such as `New` or `New (Support Pipeline)`, or by id.
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

fn unknown(kind: &'static str, pipelines: &[Pipeline]) -> Error {
    Error::StageUnknown { kind, valid: valid(pipelines), moves: false }
}

fn valid(pipelines: &[Pipeline]) -> Vec<Value> {
    let stages =
        |one: &Pipeline| one.stages.iter().map(|s| format!("{} ({})", line(&s.label), s.id)).collect::<Vec<_>>();
    let shown = |one: &Pipeline| json!({ "pipeline": line(&one.label), "pipeline_id": one.id, "stages": stages(one) });
    pipelines.iter().map(shown).collect()
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

    fn stage(place: Result<PipelineStage, Error>) -> String {
        place.map_or_else(|_| "unknown".to_owned(), |place| place.stage.id)
    }

    #[test]
    fn a_new_ticket_opens_in_the_given_stage_or_the_first_open_one() {
        for (pipeline, to, expected) in [
            (None, None, "1"),
            (None, Some("waiting on us"), "2"),
            (None, Some("Received"), "71"),
            (None, Some("4"), "4"),
            (Some("support"), Some("New"), "1"),
            (Some("Repairs Pipeline"), None, "71"),
            (Some("7"), Some("Shipped back (Repairs)"), "72"),
            (Some("7"), Some("New"), "unknown"),
            (Some("Returns"), None, "unknown"),
            (Some("pipeline"), None, "unknown"),
        ] {
            assert_eq!(stage(choose(&pipelines(), pipeline, to)), expected, "{pipeline:?} {to:?}");
        }
    }

    #[test]
    fn an_unknown_stage_is_answered_with_every_stage() {
        let valid = |result: Result<PipelineStage, Error>| match result {
            Err(Error::StageUnknown { valid, moves, .. }) => (valid, moves),
            other => panic!("{other:?}"),
        };
        assert_eq!(valid(choose(&pipelines(), None, Some("Nyt"))).0.len(), 2);
        assert_eq!(valid(choose(&pipelines(), Some("Repairs"), Some("Nyt"))).0[0]["stages"][0], "Received (71)");
        let (own, moves) = valid(next(&pipelines(), "7", "71", "Nyt"));
        assert!(moves && own.len() == 1);
    }

    #[test]
    fn a_closed_ticket_is_reopened_where_it_was() {
        let all = pipelines();
        let version = |id: &&str| PropertyVersion { value: (*id).to_owned(), source: None };
        let history = |ids: &[&str]| ids.iter().map(version).collect::<Vec<_>>();
        let last = |ids: &[&str]| last_open(&all[0], &history(ids)).map(|stage| stage.id.clone());
        assert_eq!(last(&["4", "2", "1"]).as_deref(), Some("2"));
        assert_eq!(last(&["4", "9", "71", "1"]).as_deref(), Some("1"), "stages that are gone or of another pipeline");
        assert_eq!(last(&["4"]), None);
        assert!(is_reopening(&all, "0", "4", "Reopen ") && is_reopening(&all, "0", "4", "open"));
        assert!(!is_reopening(&all, "0", "2", "reopen") && !is_reopening(&all, "0", "4", "New"));
    }

    #[test]
    fn a_ticket_moves_within_its_pipeline_by_label_id_or_effect() {
        for (pipeline, now, to, expected) in [
            ("0", "1", "Waiting on us", "2"),
            ("0", "1", "close", "4"),
            ("0", "4", "reopen", "1"),
            ("0", "2", "open", "2"),
            ("7", "71", "done", "72"),
            ("0", "1", "Resolved", "4"),
            ("7", "73", "close", "73"),
            ("0", "1", "Received", "unknown"),
            ("0", "1", "", "unknown"),
            ("9", "1", "close", "unknown"),
            ("0", "1", "repairs", "71"),
            ("0", "1", "Shipped back (Repairs)", "72"),
            ("7", "71", "Support pipeline", "1"),
            ("7", "71", "New", "unknown"),
        ] {
            assert_eq!(stage(next(&pipelines(), pipeline, now, to)), expected, "{pipeline} {now} {to}");
        }
    }
}

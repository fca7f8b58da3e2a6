//! A rehearsal as JSON, for programs. Pure.

use serde_json::{Value, json};

use super::coverage::{Coverage, CoveredPart};
use super::results::{ScenarioResult, Summary};
use super::run::{RehearsalRun, Verdict};
use super::text_report::{name, seconds};
use super::turn::DialogueTurn;

/// The version of the format: a field is added without a new one, and removed only with one.
pub(super) const VERSION: u32 = 1;

/// The report. `command` says with what it was played.
pub fn report(command: &Value, all: &[ScenarioResult], summary: &Summary, coverage: &[Coverage]) -> Value {
    json!({
        "version": VERSION,
        "command": command,
        "summary": {
            "scenarios": all.len(),
            "passed": summary.passed,
            "failed": summary.failed,
            "void": summary.void,
            "replayed": summary.replayed,
            "broken": summary.broken,
            "runs_each": summary.runs_each,
            "pass_1": summary.pass_1,
            "pass_all": summary.pass_all,
            "standard_error": summary.error,
            "violations": summary.violations,
            "branches_taken": summary.branches.0,
            "branches": summary.branches.1,
        },
        "coverage": coverage.iter().map(covered).collect::<Vec<_>>(),
        "scenarios": all.iter().map(scenario).collect::<Vec<_>>(),
    })
}

fn covered(coverage: &Coverage) -> Value {
    let part = |part: &CoveredPart| json!({ "reached": part.reached, "all": part.all(), "missing": part.missing });
    json!({ "graph": coverage.graph, "nodes": part(&coverage.nodes), "intents": part(&coverage.intents) })
}

fn scenario(played: &ScenarioResult) -> Value {
    let scenario = &played.source.scenario;
    let (passed, judged) = played.passed();
    json!({
        "name": name(&played.path),
        "file": played.path,
        "title": scenario.name,
        "tags": scenario.tags,
        "passed": passed,
        "judged": judged,
        "runs": played.runs.iter().map(|one| run(played, one)).collect::<Vec<_>>(),
    })
}

fn run(played: &ScenarioResult, run: &RehearsalRun) -> Value {
    let said = played.lines_said(run);
    let failure = |failure: &super::failure::Failure| {
        json!({
            "kind": failure.kind.name(),
            "text": failure.text,
            "turn": failure.turn.map(|at| at + 1),
            "line": failure.place(&played.source.places, &said),
        })
    };
    let why = match &run.verdict {
        Verdict::Void(why) | Verdict::Broken(why) => Some(why),
        Verdict::Passed | Verdict::Failed(_) => None,
    };
    json!({
        "run": run.number,
        "seed": run.seed,
        "verdict": run.verdict.name(),
        "why": why,
        "failures": run.verdict.failures().iter().map(failure).collect::<Vec<_>>(),
        "voided": run.voided,
        "differences": run.differences,
        "turns": run.turns.iter().map(turn).collect::<Vec<_>>(),
        "calls": run.costs.calls,
        "hubspot_requests": run.costs.hubspot_requests,
        "tokens_in": run.costs.tokens.input,
        "tokens_out": run.costs.tokens.output,
        "tokens_estimated": run.costs.tokens.estimated,
        "first_reply_seconds": seconds(run.costs.first_reply),
        "seconds": seconds(run.costs.time),
    })
}

fn turn(turn: &DialogueTurn) -> Value {
    let calls = turn.calls.iter().map(
        |call| json!({ "tool": call.tool, "succeeded": call.succeeded, "within": call.within, "shown": call.shown }),
    );
    json!({
        "customer": turn.says,
        "agrees": turn.agrees,
        "waited_seconds": seconds(turn.waited),
        "calls": calls.collect::<Vec<_>>(),
        "desk": turn.reply.says,
        "choices": turn.reply.offers,
        "handed_off": turn.reply.handed_off,
        "seconds": seconds(turn.took),
    })
}

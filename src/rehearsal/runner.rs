//! All runs of all scenarios, several at once where that helps.

use std::sync::Arc;

use futures::StreamExt;
use futures::stream;

use super::results::ScenarioResult;
use super::run::{self, RehearsalRun, Setup, Verdict};
use super::scenario_file::ScenarioFile;

/// The runs that are played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunPlan {
    /// The runs of each scenario.
    pub repeat: usize,
    /// Only this run of each, from 1.
    pub only: Option<usize>,
    /// Runs at once.
    pub jobs: usize,
    /// The first run that does not pass ends it all.
    pub fail_fast: bool,
}

/// Plays the scenarios in their order. `told` hears of each when its last run is over.
pub async fn perform(
    setup: &Setup,
    scenarios: Vec<(String, ScenarioFile)>,
    plan: RunPlan,
    mut told: impl FnMut(&ScenarioResult),
) -> Vec<ScenarioResult> {
    let new = |(path, source): (String, ScenarioFile)| ScenarioResult { path, source: Arc::new(source), runs: vec![] };
    let mut all: Vec<ScenarioResult> = scenarios.into_iter().map(new).collect();
    let numbers = || plan.only.map_or(1..=plan.repeat, |only| only..=only);
    let last = *numbers().end();
    let planned: Vec<(usize, usize)> =
        (0..all.len()).flat_map(|at| numbers().map(move |number| (at, number))).collect();
    let sources: Vec<Arc<ScenarioFile>> = all.iter().map(|played| played.source.clone()).collect();
    let play = |(at, number): (usize, usize)| {
        let source = sources[at].clone();
        async move { (at, run::run(setup, &source, number).await) }
    };
    let mut running = stream::iter(planned).map(play).buffered(plan.jobs.max(1));
    while let Some((at, run)) = running.next().await {
        let RehearsalRun { number, ref verdict, .. } = run;
        let ends = plan.fail_fast && *verdict != Verdict::Passed;
        all[at].runs.push(run);
        if number == last || ends {
            told(&all[at]);
        }
        if ends {
            break;
        }
    }
    all.retain(|played| !played.runs.is_empty());
    all
}

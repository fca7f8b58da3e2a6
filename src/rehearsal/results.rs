//! The runs of all scenarios together, and what they say.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::failure::BrokenRule;
use super::run::{Costs, RehearsalRun, Verdict};
use super::scenario_file::ScenarioFile;
use super::statistics::{mean, pass_hat, percentile, standard_error};

/// The share of runs that may say nothing before the whole says nothing.
const UNJUDGED_SHARE_MAX: f64 = 0.05;

/// A file that is played.
#[derive(Debug)]
pub struct ScenarioResult {
    /// The path as it was given or found.
    pub path: String,
    /// Scenario file, with the lines of its parts.
    pub source: Arc<ScenarioFile>,
    /// Its runs, in order.
    pub runs: Vec<RehearsalRun>,
}

/// The end of a rehearsal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunOutcome {
    /// Every judged run has passed.
    Passed,
    /// A run has failed.
    Failed,
    /// Too little could be judged.
    Unjudged,
}

/// The numbers of a rehearsal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Runs that passed.
    pub passed: usize,
    /// Number of runs with a failure of the desk.
    pub failed: usize,
    /// Runs that the customer made void, each time that they were played.
    pub void: usize,
    /// Runs that the customer made void and that were played again.
    pub replayed: usize,
    /// Runs that could not be played.
    pub broken: usize,
    /// The scenarios that were judged at least once.
    pub judged: usize,
    /// The judged runs of each scenario, where all have as many.
    pub runs_each: usize,
    /// The chance that one run passes.
    pub pass_1: Option<f64>,
    /// The chance that as many runs as each scenario has all pass.
    pub pass_all: Option<f64>,
    /// The standard error of `pass_1`, by scenarios.
    pub error: Option<f64>,
    /// The failures by their kinds.
    pub violations: BTreeMap<&'static str, usize>,
    /// Lines with a condition that were said in some run, and all of them.
    pub branches: (usize, usize),
}

impl ScenarioResult {
    /// The runs that passed, and those that were judged.
    pub fn passed(&self) -> (usize, usize) {
        let passed = self.runs.iter().filter(|run| run.verdict == Verdict::Passed).count();
        let failed = self.runs.iter().filter(|run| matches!(run.verdict, Verdict::Failed(_))).count();
        (passed, passed + failed)
    }

    /// The lines of the file at which each failure of a run is looked for.
    pub fn lines_said(&self, run: &RehearsalRun) -> Vec<Option<usize>> {
        run.turns.iter().map(|turn| turn.line).collect()
    }

    /// Lines with a condition that were said in some run, and all of them.
    fn branches(&self) -> (usize, usize) {
        let lines = self.source.scenario.lines.iter().enumerate();
        let conditional: Vec<usize> = lines.filter(|(_, line)| line.when.is_some()).map(|(at, _)| at).collect();
        let said = |at: &&usize| self.runs.iter().flat_map(|run| &run.turns).any(|turn| turn.line == Some(**at));
        (conditional.iter().filter(said).count(), conditional.len())
    }
}

impl Summary {
    /// The numbers of these scenarios.
    pub fn of(all: &[ScenarioResult]) -> Summary {
        let runs = || all.iter().flat_map(|played| &played.runs);
        let count = |is: fn(&Verdict) -> bool| runs().filter(|run| is(&run.verdict)).count();
        let judged: Vec<(usize, usize)> =
            all.iter().map(ScenarioResult::passed).filter(|(_, judged)| *judged > 0).collect();
        let runs_each = judged.iter().map(|(_, judged)| *judged).min().unwrap_or_default();
        let hats =
            |k: usize| -> Vec<f64> { judged.iter().filter_map(|(passed, n)| pass_hat(*passed, *n, k)).collect() };
        let mut violations = BTreeMap::new();
        for failure in runs().flat_map(|run| run.verdict.failures()) {
            *violations.entry(BrokenRule::name(failure.kind)).or_default() += 1;
        }
        let branches = all.iter().map(ScenarioResult::branches);
        Summary {
            passed: count(|verdict| *verdict == Verdict::Passed),
            failed: count(|verdict| matches!(verdict, Verdict::Failed(_))),
            void: count(|verdict| matches!(verdict, Verdict::Void(_))),
            replayed: runs().map(|run| run.voided.len()).sum(),
            broken: count(|verdict| matches!(verdict, Verdict::Broken(_))),
            judged: judged.len(),
            runs_each,
            pass_1: mean(&hats(1)),
            pass_all: mean(&hats(runs_each)),
            error: standard_error(&hats(1)),
            violations,
            branches: branches.fold((0, 0), |(said, all), (more_said, more)| (said + more_said, all + more)),
        }
    }

    /// The end: a scenario that was never judged, or too many runs that say nothing, leave the whole unjudged.
    pub fn outcome(&self, scenarios: usize) -> RunOutcome {
        let all = self.passed + self.failed + self.void + self.broken;
        let unjudged = (self.void + self.broken) as f64;
        if self.judged < scenarios || all == 0 || unjudged > UNJUDGED_SHARE_MAX * all as f64 {
            return RunOutcome::Unjudged;
        }
        if self.failed > 0 { RunOutcome::Failed } else { RunOutcome::Passed }
    }

    /// The last line: `7 passed, 1 failed`.
    pub fn last_line(&self) -> String {
        let more = [(self.void, "void"), (self.broken, "broken")].into_iter().filter(|(count, _)| *count > 0);
        let more: String = more.map(|(count, name)| format!(", {count} {name}")).collect();
        format!("{} passed, {} failed{more}", self.passed, self.failed)
    }
}

/// The mean and the 90th percentile of a cost over all judged runs.
pub fn spread(all: &[ScenarioResult], cost: impl Fn(&Costs) -> f64) -> Option<(f64, f64)> {
    let judged = |run: &&RehearsalRun| matches!(run.verdict, Verdict::Passed | Verdict::Failed(_));
    let runs = all.iter().flat_map(|played| &played.runs).filter(judged);
    let costs: Vec<f64> = runs.map(|run| cost(&run.costs)).collect();
    Some((mean(&costs)?, percentile(&costs, 0.9)?))
}

#[cfg(test)]
mod tests {
    use super::super::coverage::Reached;
    use super::super::failure::Failure;
    use super::*;

    fn played(verdicts: &[Verdict]) -> ScenarioResult {
        let text = "name = \"A\"\ncustomer.wants = \"B\"\n[[line]]\nsays = \"x\"\n[[change]]\ncreate = \"tickets\"\n";
        let run = |(at, verdict): (usize, &Verdict)| RehearsalRun {
            number: at + 1,
            seed: 1,
            verdict: verdict.clone(),
            turns: vec![],
            costs: Costs { calls: at + 1, ..Costs::default() },
            reached: Reached::default(),
            voided: vec![],
            differences: vec![],
        };
        let source = Arc::new(ScenarioFile::read(text.into()).unwrap());
        ScenarioResult { path: "a.toml".into(), source, runs: verdicts.iter().enumerate().map(run).collect() }
    }

    fn failed() -> Verdict {
        Verdict::Failed(vec![Failure::new(BrokenRule::Leak, "x")])
    }

    #[test]
    fn void_and_broken_runs_are_no_passes_and_no_failures() {
        let (void, broken) = (Verdict::Void("x".into()), Verdict::Broken("x".into()));
        let passed = || Verdict::Passed;
        let table: [(&[&[Verdict]], RunOutcome, &str); 6] = [
            (&[&[passed(), passed()]], RunOutcome::Passed, "2 passed, 0 failed"),
            (&[&[passed(), failed()]], RunOutcome::Failed, "1 passed, 1 failed"),
            (&[&[passed()], std::slice::from_ref(&void)], RunOutcome::Unjudged, "1 passed, 0 failed, 1 void"),
            (&[&[passed(), broken.clone()]], RunOutcome::Unjudged, "1 passed, 0 failed, 1 broken"),
            (&[&[broken]], RunOutcome::Unjudged, "0 passed, 0 failed, 1 broken"),
            (&[], RunOutcome::Unjudged, "0 passed, 0 failed"),
        ];
        for (verdicts, outcome, last) in table {
            let all: Vec<ScenarioResult> = verdicts.iter().map(|verdicts| played(verdicts)).collect();
            let summary = Summary::of(&all);
            assert_eq!((summary.outcome(all.len()), summary.last_line().as_str()), (outcome, last));
        }
        let mut many = vec![passed(); 30];
        many.push(void);
        assert_eq!(Summary::of(&[played(&many)]).outcome(1), RunOutcome::Passed, "one of thirty");
    }

    #[test]
    fn numbers_are_means_over_scenarios() {
        let all = [played(&[Verdict::Passed, Verdict::Passed]), played(&[Verdict::Passed, failed()])];
        let summary = Summary::of(&all);
        assert_eq!((summary.pass_1, summary.pass_all, summary.runs_each), (Some(0.75), Some(0.5), 2));
        assert_eq!(summary.violations, BTreeMap::from([("leak", 1)]));
        assert_eq!(spread(&all, |costs| costs.calls as f64), Some((1.5, 2.0)));
    }
}

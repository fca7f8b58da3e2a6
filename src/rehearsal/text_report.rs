//! A rehearsal as a person reads it: one line for each scenario, a block for each failure, and the numbers. Plain text
//! without colours, so that it is the same in a terminal and in the log of a CI. Pure.

use std::fmt::Write;
use std::time::Duration;

use super::coverage::{Coverage, CoveredPart};
use super::results::{ScenarioResult, Summary, spread};
use super::run::{Costs, RehearsalRun, Verdict};
use super::turn::Call;
use domain::text::excerpt;

/// The width of the column of names, at least and at most.
const NAME_WIDTH: std::ops::RangeInclusive<usize> = 28..=60;
/// Column where the location of a failure ends.
const WIDTH: usize = 100;
/// The longest text and the longest call of a failure's block, unless everything is shown.
const SHOWN_CHARACTERS_MAX: usize = 300;
const CALL_CHARACTERS_MAX: usize = 160;
/// Steps of a script, which are shown only with everything else, unless they fail.
const STEPS: &str = "taskgraph_";

/// Everything, or what is needed to find a mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The turn that went wrong, and the one before it.
    Needed,
    /// Whole conversations, also of runs that passed.
    All,
}

/// The name of a scenario in a list: its path without the ending.
pub fn name(path: &str) -> &str {
    path.strip_suffix(".toml").unwrap_or(path)
}

/// The width of the column of names.
pub fn width<'a>(paths: impl Iterator<Item = &'a str>) -> usize {
    let longest = paths.map(|path| name(path).chars().count()).max().unwrap_or_default();
    longest.clamp(*NAME_WIDTH.start(), *NAME_WIDTH.end())
}

/// The line of a scenario.
pub fn row(played: &ScenarioResult, width: usize) -> String {
    let marks: String = played.runs.iter().map(|run| mark(&run.verdict)).collect();
    let (passed, judged) = played.passed();
    let of = |cost: fn(&Costs) -> f64| spread(std::slice::from_ref(played), cost).map_or(0.0, |(mean, _)| mean);
    let mut line = format!("{:width$} {marks}  {passed}/{judged}", name(&played.path));
    let _ = write!(line, "  {:.0} calls", of(|costs| costs.calls as f64));
    if played.runs.iter().any(|run| run.costs.tokens.total() > 0) {
        let _ = write!(line, "  {} tok", tokens(of(|costs| costs.tokens.total() as f64)));
    }
    let _ = writeln!(line, "  {:.1} s", of(|costs| costs.time.as_secs_f64()));
    line
}

fn mark(verdict: &Verdict) -> char {
    match verdict {
        Verdict::Passed => '✔',
        Verdict::Failed(_) => '✘',
        Verdict::Void(_) => '○',
        Verdict::Broken(_) => '!',
    }
}

/// The blocks of a scenario's runs: of those that did not pass, or of all. `flags` are those of the command that plays them
/// again.
pub fn blocks(played: &ScenarioResult, detail: Detail, flags: &str) -> String {
    let shown = |run: &&RehearsalRun| detail == Detail::All || run.verdict != Verdict::Passed;
    played.runs.iter().filter(shown).map(|run| block(played, run, detail, flags)).collect()
}

fn block(played: &ScenarioResult, run: &RehearsalRun, detail: Detail, flags: &str) -> String {
    let title = format!("{} {}, run {}", mark(&run.verdict), name(&played.path), run.number);
    let said = played.lines_said(run);
    let line = run.verdict.failures().first().map_or(1, |failure| failure.place(&played.source.places, &said));
    let place = format!("{}:{line}", played.path);
    let gap = WIDTH.saturating_sub(title.chars().count() + place.chars().count()).max(2);
    let mut text = format!("\n{title}{}{place}\n", " ".repeat(gap));
    match &run.verdict {
        Verdict::Passed => {}
        Verdict::Failed(failures) => {
            for failure in failures {
                let turn = failure.turn.map(|at| format!(", in turn {}", at + 1)).unwrap_or_default();
                let _ = writeln!(text, "    {:9} {}{turn}", failure.kind.name(), cut(&failure.text, detail));
            }
        }
        Verdict::Void(why) => {
            let _ = writeln!(text, "    void      the customer broke its sheet: {why}");
        }
        Verdict::Broken(why) => {
            let _ = writeln!(text, "    broken    {why}");
        }
    }
    text + &transcript(run, detail) + &again(played, run, flags)
}

/// The turns that show what went wrong.
fn transcript(run: &RehearsalRun, detail: Detail) -> String {
    let failed = run.verdict.failures().iter().filter_map(|failure| failure.turn).min();
    let last = failed.unwrap_or(run.turns.len().saturating_sub(1)).min(run.turns.len().saturating_sub(1));
    let shown = match detail {
        Detail::All => 0..run.turns.len(),
        Detail::Needed => last.saturating_sub(1)..(last + 1).min(run.turns.len()),
    };
    let mut text = String::new();
    for at in shown {
        let turn = &run.turns[at];
        if !turn.waited.is_zero() {
            let _ = writeln!(text, "       {} s later", turn.waited.as_secs());
        }
        let _ = writeln!(text, "    {:<3}customer  {}", at + 1, cut(&turn.says, detail));
        for call in turn.calls.iter().filter(|call| detail == Detail::All || is_telling(call)) {
            let mark = if call.succeeded { '✔' } else { '✘' };
            let within = if call.within.is_empty() { String::new() } else { format!(" ({})", call.within.join(", ")) };
            let _ = writeln!(
                text,
                "       desk      ▸ {} {mark}{within} {}",
                call.tool,
                cut_to(&call.shown, detail, CALL_CHARACTERS_MAX)
            );
        }
        for line in turn.reply.says.lines() {
            let _ = writeln!(text, "       desk      {}", cut(line, detail));
        }
    }
    text
}

/// The command that plays a run again.
fn again(played: &ScenarioResult, run: &RehearsalRun, flags: &str) -> String {
    if run.verdict == Verdict::Passed {
        return String::new();
    }
    let first = run.seed.wrapping_sub(run.number as u64 - 1);
    format!("    again     frontdesk rehearse {}{flags} --seed {first} --run {} --verbose\n", played.path, run.number)
}

fn is_telling(call: &Call) -> bool {
    !call.tool.starts_with(STEPS) || !call.succeeded || !call.within.is_empty()
}

fn cut(text: &str, detail: Detail) -> String {
    cut_to(text, detail, SHOWN_CHARACTERS_MAX)
}

fn cut_to(text: &str, detail: Detail, most: usize) -> String {
    excerpt(text, if detail == Detail::All { usize::MAX } else { most })
}

/// The parts of the scripts that no run has come to, one in a line.
pub fn coverage(all: &[Coverage]) -> String {
    let mut text = String::new();
    for Coverage { graph, nodes, intents } in all {
        let _ = writeln!(text, "\ncoverage of {graph}: {}", parts(nodes, intents));
        nodes.missing.iter().for_each(|node| text.push_str(&format!("    node      {node}\n")));
        intents.missing.iter().for_each(|intent| text.push_str(&format!("    intent    {intent}\n")));
    }
    text
}

fn parts(nodes: &CoveredPart, intents: &CoveredPart) -> String {
    let of = |part: &CoveredPart, what| format!("{} of {}", part.reached, counted(part.all(), what));
    format!("{}, {}", of(nodes, "node"), of(intents, "intent"))
}

/// The things that the runs say nothing about.
fn untold(summary: &Summary, coverage: &[Coverage]) -> String {
    let (said, branches) = summary.branches;
    let branches = (branches > 0).then(|| format!("the customers took {said} of {branches} branches"));
    let missing = coverage.iter().filter(|one| !one.nodes.missing.is_empty() || !one.intents.missing.is_empty());
    let missing: Vec<String> =
        missing.map(|one| format!("they came to {} of {}", parts(&one.nodes, &one.intents), one.graph)).collect();
    let list = (!missing.is_empty()).then(|| "(--coverage lists the others)".to_owned());
    let all: Vec<String> = branches.into_iter().chain(missing).collect();
    [all.join("; ")].into_iter().chain(list).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The numbers at the end, and the last line.
pub fn summary(all: &[ScenarioResult], summary: &Summary, coverage: &[Coverage]) -> String {
    let mut text = String::from("\n");
    if let (Some(pass_1), Some(pass_all)) = (summary.pass_1, summary.pass_all) {
        let error = summary.error.map(|error| format!("; ± {error:.2}")).unwrap_or_default();
        let _ = write!(text, "pass^1 {pass_1:.2}   ");
        if summary.runs_each > 1 {
            let _ = write!(text, "pass^{} {pass_all:.2}   ", summary.runs_each);
        }
        let of = format!("({} × {}{error})", counted(summary.judged, "scenario"), counted(summary.runs_each, "run"));
        let _ = writeln!(text, "{of}   void {}   broken {}", summary.void, summary.broken);
    }
    if summary.replayed > 0 {
        let _ = writeln!(text, "played again {} times, after the customer broke its sheet", summary.replayed);
    }
    text += &costs(all);
    if !summary.violations.is_empty() {
        let count: usize = summary.violations.values().sum();
        let kinds: Vec<String> = summary.violations.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        let _ = writeln!(text, "violations {count}: {}", kinds.join(", "));
    }
    let untold = untold(summary, coverage);
    if !untold.is_empty() {
        let _ = writeln!(text, "cannot tell you: {untold}");
    }
    text + &summary.last_line() + "\n"
}

fn costs(all: &[ScenarioResult]) -> String {
    let both = |cost: fn(&Costs) -> f64| spread(all, cost);
    let Some((calls, calls_90)) = both(|costs| costs.calls as f64) else { return String::new() };
    let mut text = format!("calls {calls:.1} (p90 {calls_90:.0})");
    if let Some((mean, most)) = both(|costs| costs.tokens.total() as f64).filter(|(mean, _)| *mean > 0.0) {
        let is_estimated = all.iter().flat_map(|played| &played.runs).any(|run| run.costs.tokens.estimated);
        let about = if is_estimated { "~" } else { "" };
        let _ = write!(text, "   tokens {about}{} (p90 {about}{})", tokens(mean), tokens(most));
    }
    if let Some((reply, _)) = both(|costs| costs.first_reply.as_secs_f64()) {
        let _ = write!(text, "   first reply {reply:.1} s");
    }
    if let Some((requests, _)) = both(|costs| costs.hubspot_requests as f64) {
        let _ = write!(text, "   HubSpot requests {requests:.1}");
    }
    text + "\n"
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn tokens(count: f64) -> String {
    if count < 1_000.0 { format!("{count:.0}") } else { format!("{:.1}k", count / 1_000.0) }
}

/// Seconds with their thousandths, for reports.
pub fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1_000.0).round() / 1_000.0
}

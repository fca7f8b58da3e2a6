//! A check of scenario files without a model: what they name must exist, and a desk that does nothing must not pass.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::account::RunError;
use super::brains::BrainChoice;
use super::failure::Failure;
use super::fixture::Fixture;
use super::judge::Before;
use super::run::{self, Setup, Verdict};
use super::scenario::ExpectedChange;
use super::scenario_file::ScenarioFile;
use super::script_brain::BrainScript;
use super::state::{Schema, TYPES};
use crate::tools;

/// Lists what is wrong with a scenario; nothing: it can be rehearsed.
pub async fn problems(setup: &Setup, path: &str, source: &ScenarioFile) -> Vec<String> {
    let mut all = names(source);
    if let Err(error) = setup.environment.graph(&source.scenario.start) {
        all.push(error.to_string());
    }
    if !all.is_empty() {
        return all;
    }
    match Account::of(setup, source).await {
        Ok(account) => all.extend(account.unknown(source)),
        Err(RunError(why)) => all.push(format!("{path} cannot be played: {why}")),
    }
    if !all.is_empty() {
        return all;
    }
    let idle = Setup { brain: BrainChoice::Idle, speaker: None, ..setup.clone() };
    let run = run::run(&idle, source, 1).await;
    match run.verdict {
        Verdict::Failed(_) => gold(setup, source).await,
        Verdict::Passed => vec!["it passes with a desk that does nothing: add a `[[change]]` or `must_say`".into()],
        Verdict::Void(why) | Verdict::Broken(why) => vec![format!("{path} cannot be played: {why}")],
    }
}

/// What is wrong with the answers of a desk that should pass.
async fn gold(setup: &Setup, source: &ScenarioFile) -> Vec<String> {
    if source.scenario.gold.is_empty() {
        return vec![];
    }
    let script = Arc::new(BrainScript::of(source.scenario.gold.clone()));
    let gold = Setup { brain: BrainChoice::Script(script), speaker: None, ..setup.clone() };
    match run::run(&gold, source, 1).await.verdict {
        Verdict::Passed => vec![],
        Verdict::Failed(failures) => {
            let shown =
                |failure: &Failure| format!("its `[[gold]]` does not pass: {}: {}", failure.kind.name(), failure.text);
            failures.iter().map(shown).collect()
        }
        Verdict::Void(why) | Verdict::Broken(why) => vec![format!("its `[[gold]]` cannot be played: {why}")],
    }
}

/// Records and properties that the file is checked against.
struct Account {
    before: Before,
    schema: Schema,
}

impl Account {
    async fn of(setup: &Setup, source: &ScenarioFile) -> Result<Account, RunError> {
        let start = &source.scenario.start;
        let fixture = Fixture::set(setup.environment.server(start).0, start).await?;
        Ok(Account { schema: Schema::of(&fixture.sandbox).await?, before: fixture.before })
    }

    /// The records and properties that the file names and the account does not have.
    fn unknown(&self, source: &ScenarioFile) -> Vec<String> {
        let changes = &source.scenario.changes;
        let named = changes.iter().flat_map(|change| change.linked.iter().flatten().chain(&change.update));
        let lost: BTreeSet<&String> = named.filter(|name| !self.has(name) && !comes(name, changes)).collect();
        let lost =
            lost.into_iter().map(|name| format!("`{name}` is no record of the account, and no `[[change]]` makes it"));
        lost.chain(changes.iter().flat_map(|change| self.unknown_properties(change))).collect()
    }

    fn has(&self, name: &str) -> bool {
        self.before.find(name).is_some_and(|key| self.before.state.0.contains_key(&key))
    }

    fn unknown_properties(&self, change: &ExpectedChange) -> Vec<String> {
        let updated = change.update.as_ref().and_then(|name| Some(self.before.find(name)?.0));
        let Some(kind) = change.create.clone().or(updated) else { return vec![] };
        let unknown = change.with.keys().filter(|property| !self.schema.has(&kind, property));
        unknown.map(|property| format!("`with.{property}`: {kind} have no such property")).collect()
    }
}

/// True for a contact by an address that the conversation brings.
fn comes(name: &str, changes: &[ExpectedChange]) -> bool {
    let Some(email) = name.strip_prefix("contacts:").map(str::to_owned) else { return false };
    changes.iter().filter(|change| change.create.is_some() || change.update.is_some()).any(|change| {
        let makes = change.create.as_deref() == Some("contacts") && !change.with.contains_key("email");
        makes || change.with.get("email").is_some_and(|wanted| wanted.fits(Some(&email)))
    })
}

/// What the file names and nobody knows.
fn names(source: &ScenarioFile) -> Vec<String> {
    let scenario = &source.scenario;
    let named: BTreeSet<&str> = scenario.start.add.iter().map(|addition| addition.name.as_str()).collect();
    let mut all = vec![];
    let mut seen = BTreeSet::new();
    for addition in &scenario.start.add {
        if !seen.insert(&addition.name) {
            all.push(format!("`start.add`: two records are called `{}`", addition.name));
        }
    }
    let is_type = |kind: &str| TYPES.contains(&kind);
    let kinds = scenario.changes.iter().filter_map(|change| change.create.as_deref());
    let kinds = kinds.chain(scenario.start.add.iter().map(|addition| addition.create.as_str()));
    let created = scenario.lines.iter().filter_map(|line| line.meanwhile.as_ref()?.create.as_deref());
    let kinds = kinds.chain(created);
    all.extend(
        kinds.filter(|kind| !is_type(kind)).map(|kind| format!("`{kind}` is no type of records; there are {TYPES:?}")),
    );
    let acts = || scenario.lines.iter().filter_map(|line| line.meanwhile.as_ref());
    let changed = scenario.changes.iter().flat_map(|change| change.linked.iter().flatten().chain(&change.update));
    let changed = changed.chain(acts().flat_map(|act| act.linked.iter().chain(&act.update)));
    let means_a_record = |name: &str| {
        let typed = name.split_once([':', '/']).is_some_and(|(kind, _)| is_type(kind));
        typed || named.contains(name)
    };
    all.extend(changed.filter(|name| !means_a_record(name)).map(|name| {
        format!("`{name}` is no record: write the name of a record of `start.add`, `contacts:ADDRESS` or `tickets/ID`")
    }));
    let tools = tools::all();
    let unknown = scenario.never.calls.iter().filter(|tool| tools.get(tool).is_none());
    all.extend(unknown.map(|tool| format!("`never.calls`: there is no tool `{tool}`")));
    all
}

/// The line of a checked file, and a line for each problem.
pub fn shown(path: &str, problems: &[String]) -> String {
    let mark = if problems.is_empty() { '✔' } else { '✘' };
    let lines: String = problems.iter().map(|problem| format!("    {problem}\n")).collect();
    format!("{mark} {path}\n{lines}")
}

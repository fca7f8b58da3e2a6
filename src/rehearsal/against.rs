//! A rehearsal beside an earlier one: the scenarios that pass no more, and those that pass now. Pure.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Value, json};

use super::json_report::VERSION;
use super::results::ScenarioResult;

/// The scenarios whose verdict is another one than in the earlier report, by their files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// They passed before, and do no more.
    pub newly_failing: Vec<String>,
    /// They did not pass before, and do now.
    pub newly_passing: Vec<String>,
    /// The earlier report does not have them.
    pub added: Vec<String>,
    /// Only the earlier report has them.
    pub gone: Vec<String>,
}

/// Compares with an earlier report, as `--report json` has written it.
pub fn compared(last: &Value, all: &[ScenarioResult]) -> Result<Comparison, String> {
    let scenarios = last["scenarios"].as_array().filter(|_| last["version"] == VERSION);
    let scenarios = scenarios.ok_or("it is no report of `--report json` of this version")?;
    let before: BTreeMap<&str, bool> = scenarios
        .iter()
        .filter_map(|one| Some((one["file"].as_str()?, has_passed(one["passed"].as_u64()?, one["judged"].as_u64()?))))
        .collect();
    let mut found = Comparison::default();
    for played in all {
        let (passed, judged) = played.passed();
        let passes = has_passed(passed as u64, judged as u64);
        match (before.get(played.path.as_str()), passes) {
            (None, _) => found.added.push(played.path.clone()),
            (Some(true), false) => found.newly_failing.push(played.path.clone()),
            (Some(false), true) => found.newly_passing.push(played.path.clone()),
            _ => {}
        }
    }
    let is_gone = |file: &&&str| !all.iter().any(|played| played.path == **file);
    found.gone = before.keys().filter(is_gone).map(|file| (*file).to_owned()).collect();
    Ok(found)
}

/// Each judged run has passed, and there was one.
fn has_passed(passed: u64, judged: u64) -> bool {
    judged > 0 && passed == judged
}

impl Comparison {
    /// What has changed, for people.
    pub fn shown(&self, file: &str) -> String {
        let mut text = format!(
            "\nagainst {file}: newly failing {}, newly passing {}, added {}, gone {}\n",
            self.newly_failing.len(),
            self.newly_passing.len(),
            self.added.len(),
            self.gone.len()
        );
        for (mark, files) in
            [('✘', &self.newly_failing), ('✔', &self.newly_passing), ('+', &self.added), ('-', &self.gone)]
        {
            for file in files {
                let _ = writeln!(text, "    {mark} {file}");
            }
        }
        text
    }

    /// The same for programs.
    pub fn to_json(&self) -> Value {
        json!({
            "newly_failing": self.newly_failing, "newly_passing": self.newly_passing, "added": self.added, "gone": self.gone,
        })
    }
}

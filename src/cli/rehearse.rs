//! `frontdesk rehearse`: plays conversation files against a desk, and says what it gets wrong.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::ValueEnum;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::time;

use crate::app;
use crate::chat::brain::model::ModelBrain;
use crate::chat::desk::NewBrain;
use crate::chat::limits::TurnLimits;
use crate::chat::persona::Persona;
use crate::chat::visitor::Trust;
use crate::config::{
    self, Customers, MODEL_KEY_VARIABLES, ModelSettings, RehearseSettings, RehearsedBrain, ReportFormat, Settings,
};
use crate::rehearsal::against::{Comparison, compared};
use crate::rehearsal::brain_user_model::BrainUserModel;
use crate::rehearsal::brains::BrainChoice;
use crate::rehearsal::coverage::{self, Coverage};
use crate::rehearsal::results::{RunOutcome, ScenarioResult, Summary};
use crate::rehearsal::run::Setup;
use crate::rehearsal::runner::{self, RunPlan};
use crate::rehearsal::scenario_file::ScenarioFile;
use crate::rehearsal::script_brain::BrainScript;
use crate::rehearsal::test_environment::TestEnvironment;
use crate::rehearsal::text_report::{self, Detail};
use crate::rehearsal::user_model::UserModel;
use crate::rehearsal::{files, html_report, json_report, junit_report, lint, recording};
use domain::clock::Clock;
use domain::known_secrets;
use taskgraph::collection::Taskgraphs;

/// The runs of each scenario where a model takes part, and else.
const REPEAT_LIVE: usize = 4;
const REPEAT: usize = 1;

/// Plays, prints and writes what is asked for. An error means that nothing could be judged.
pub(super) async fn run(
    given: &RehearseSettings,
    settings: &Settings,
    out: &mut impl Write,
) -> anyhow::Result<RunOutcome> {
    let scenarios = scenarios(given)?;
    let last = given.against.as_deref().map(earlier).transpose()?;
    let setup = setup(given, settings)?;
    stop_the_clock(&setup).await;
    if given.check {
        return check(&setup, &scenarios, out).await;
    }
    let live = setup.is_live();
    if live && given.jobs > 1 && scenarios.iter().any(|(_, source)| source.scenario.waits()) {
        bail!("a customer of these files waits, which moves the clock of every run: play them with `--jobs 1`");
    }
    let repeat = given.repeat.unwrap_or(if live { REPEAT_LIVE } else { REPEAT });
    let plan = RunPlan { repeat, only: given.run, jobs: given.jobs, fail_fast: given.fail_fast };
    let count = scenarios.len();
    let width = text_report::width(scenarios.iter().map(|(path, _)| path.as_str()));
    let table = given.report.is_none() || given.out.is_some();
    if table {
        writeln!(out, "{}\n", heading(given, &setup))?;
    }
    let mut printed = Ok(());
    let played = runner::perform(&setup, scenarios, plan, |played| {
        if table && printed.is_ok() {
            printed = write!(out, "{}", text_report::row(played, width)).and_then(|()| out.flush());
        }
    });
    let played = played.await;
    printed?;
    let summary = Summary::of(&played);
    let against =
        last.map(|last| compared(&last, &played)).transpose().map_err(|why| anyhow::anyhow!("`--against`: {why}"))?;
    let coverage = coverage(&setup, &played);
    if table {
        let flags = flags(given);
        let detail = if given.verbose { Detail::All } else { Detail::Needed };
        let blocks: String = played.iter().map(|played| text_report::blocks(played, detail, &flags)).collect();
        let listed = if given.coverage { text_report::coverage(&coverage) } else { String::new() };
        let shown = |(file, found): (&PathBuf, &Comparison)| found.shown(&file.display().to_string());
        let changed = given.against.iter().zip(&against).map(shown).collect::<String>();
        write!(out, "{blocks}{listed}{changed}{}", text_report::summary(&played, &summary, &coverage))?;
    }
    report(given, &setup, (&played, &summary, &coverage, against.as_ref()), out)?;
    if let Some(folder) = &given.record {
        keep(folder, &played)?;
    }
    // What comes after the first failure was not played on purpose.
    let judged_max = if given.fail_fast { played.len() } else { count };
    Ok(summary.outcome(judged_max))
}

/// An earlier result.
fn earlier(file: &Path) -> anyhow::Result<Value> {
    let text = fs::read_to_string(file).with_context(|| format!("reading `{}`", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("reading `{}`", file.display()))
}

/// The scenarios that are meant; a file that cannot be read is an error, and so is none at all.
fn scenarios(given: &RehearseSettings) -> anyhow::Result<Vec<(String, ScenarioFile)>> {
    let (mut all, mut wrong) = (vec![], vec![]);
    for path in files::find(&given.files)? {
        match files::read(&path) {
            Ok(source) => all.push((path.display().to_string(), source)),
            Err(error) => wrong.push(error.to_string()),
        }
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    if let Some(tag) = &given.tag {
        all.retain(|(_, source)| source.scenario.tags.contains(tag));
    }
    if all.is_empty() {
        bail!("no scenario found; a scenario is a file that ends in `.toml`, see docs/rehearsals.md");
    }
    Ok(all)
}

fn setup(given: &RehearseSettings, settings: &Settings) -> anyhow::Result<Setup> {
    let brain = match given.brain {
        RehearsedBrain::Lexical => BrainChoice::Lexical,
        RehearsedBrain::Model => BrainChoice::Model(model(&given.model, "--brain model")?),
        RehearsedBrain::Script => BrainChoice::Script(Arc::new(script(given.script.as_deref())?)),
    };
    let speaker = match given.customers {
        Customers::Script => None,
        Customers::Model => Some(speaker(given)?),
    };
    Ok(Setup {
        environment: environment(given, settings)?,
        brain,
        speaker,
        persona: persona(given.persona.as_deref())?,
        trust: if given.claimed { Trust::Claimed } else { Trust::Operator },
        limits: TurnLimits { time: given.model.turn_time(TurnLimits::default().time), ..TurnLimits::default() },
        seed: given.seed,
    })
}

/// What makes the brain of a language model; `flag` is what asks for one.
fn model(settings: &ModelSettings, flag: &str) -> anyhow::Result<NewBrain> {
    let variable = |name: &str| std::env::var(name).ok();
    config::secret(&MODEL_KEY_VARIABLES, variable).iter().for_each(|key| known_secrets::remember(key.expose_secret()));
    let client = app::model::client(settings, variable)?;
    let client = client.with_context(|| format!("`{flag}` needs `--model-url` and `--model`"))?;
    Ok(Arc::new(move || Box::new(ModelBrain::new(client.clone()))))
}

/// A model that speaks for customers: another one if that is wanted, and another prompt in any case.
fn speaker(given: &RehearseSettings) -> anyhow::Result<Arc<dyn UserModel>> {
    let name = given.customer_model.clone().or_else(|| given.model.model.clone());
    let settings = ModelSettings { model: name, ..given.model.clone() };
    Ok(Arc::new(BrainUserModel::new(model(&settings, "--customers model")?)))
}

fn persona(path: Option<&Path>) -> anyhow::Result<Persona> {
    let Some(path) = path else { return Ok(Persona::default()) };
    Persona::read(&files::text(path)?).with_context(|| format!("reading the persona `{}`", path.display()))
}

fn script(path: Option<&Path>) -> anyhow::Result<BrainScript> {
    let path = path.context("`--brain script` needs `--script FILE`")?;
    BrainScript::read(&files::text(path)?).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))
}

/// The parts of the desk, always with the embedded HubSpot.
fn environment(given: &RehearseSettings, settings: &Settings) -> anyhow::Result<TestEnvironment> {
    let settings = Settings { sandbox: true, ..settings.clone() };
    let (taskgraphs, graph, folder) = taskgraphs(given.graph.as_deref(), settings.taskgraphs.as_deref())?;
    let settings = Settings { taskgraphs: folder, ..settings };
    let zone_rules = app::zone_rules::in_force(settings.zoneinfo.as_deref())?;
    let engine = app::engine(&settings);
    Ok(TestEnvironment {
        documents: app::documents::documents(&settings, &taskgraphs, Clock::System)?,
        taskgraphs: Arc::new(taskgraphs),
        graph,
        policy: Arc::new(app::policy(&settings)?),
        hubspot: hubspot_client::Settings { zone_rules, seed: Some(given.seed), ..engine },
        sandbox: app::account(&settings),
    })
}

/// The scripts, the name of the one for every scenario, and the folder in which their documents are looked for.
fn taskgraphs(
    graph: Option<&str>,
    folder: Option<&Path>,
) -> anyhow::Result<(Taskgraphs, Option<String>, Option<PathBuf>)> {
    let file = graph.map(Path::new).filter(|path| path.is_file());
    let Some(file) = file else {
        let all = app::taskgraphs::load(folder)?;
        if let Some(name) = graph.filter(|name| all.get(name).is_none()) {
            bail!("`--graph {name}` is neither a file nor one of the taskgraphs `{}`", all.names().join("`, `"));
        }
        return Ok((all, graph.map(str::to_owned), folder.map(Path::to_owned)));
    };
    let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let text = files::text(file)?;
    let all = Taskgraphs::from_texts(&[(&name, &text)])?;
    let beside = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((all, Some(name), Some(beside.to_owned())))
}

/// Without a model nothing waits for the world outside, so the clock is stopped: it moves on where somebody waits, which
/// then costs no time and gives the same times again. The documents are read before, by another process.
async fn stop_the_clock(setup: &Setup) {
    if setup.is_live() {
        return;
    }
    // Documents that cannot be read are missing in the answers, where the scenario sees it.
    let _ = setup.environment.documents.library().await;
    time::pause();
}

async fn check(
    setup: &Setup,
    scenarios: &[(String, ScenarioFile)],
    out: &mut impl Write,
) -> anyhow::Result<RunOutcome> {
    let mut bad = 0;
    for (path, source) in scenarios {
        let problems = lint::problems(setup, path, source).await;
        bad += usize::from(!problems.is_empty());
        write!(out, "{}", lint::shown(path, &problems))?;
    }
    writeln!(out, "{} good, {bad} bad", scenarios.len() - bad)?;
    Ok(if bad > 0 { RunOutcome::Failed } else { RunOutcome::Passed })
}

fn heading(given: &RehearseSettings, setup: &Setup) -> String {
    let model = |name: &Option<String>| name.clone().unwrap_or_else(|| "a model".to_owned());
    let players = given.customer_model.clone().or_else(|| given.model.model.clone());
    let customers = if setup.speaker.is_some() { model(&players) } else { "scripted".to_owned() };
    let graph = setup.environment.graph.as_deref().unwrap_or("as each scenario says");
    let trust = if given.claimed { "claimed" } else { "operator" };
    let brain = if setup.brain.is_live() { model(&given.model.model) } else { setup.brain.name().to_owned() };
    let seed = given.seed;
    format!("brain {brain}   customers {customers}   graph {graph}   trust {trust}   seed {seed}")
}

/// The flags that play a run again, but for its seed and number.
fn flags(given: &RehearseSettings) -> String {
    let name = |value: Option<clap::builder::PossibleValue>| value.map(|value| value.get_name().to_owned());
    let mut flags = vec![];
    if given.brain != RehearsedBrain::Lexical {
        flags.extend(name(given.brain.to_possible_value()).map(|name| format!("--brain {name}")));
    }
    if given.customers != Customers::Script {
        flags.extend(name(given.customers.to_possible_value()).map(|name| format!("--customers {name}")));
    }
    flags.extend(given.script.iter().map(|file| format!("--script {}", file.display())));
    flags.extend(given.graph.iter().map(|graph| format!("--graph {graph}")));
    if given.brain == RehearsedBrain::Model || given.customers == Customers::Model {
        flags.extend(given.model.model_url.iter().map(|url| format!("--model-url {url}")));
        flags.extend(given.model.model.iter().map(|name| format!("--model {name}")));
        flags.extend(given.customer_model.iter().map(|name| format!("--customer-model {name}")));
    }
    flags.extend(given.persona.iter().map(|file| format!("--persona {}", file.display())));
    flags.extend(given.claimed.then(|| "--claimed".to_owned()));
    flags.iter().map(|flag| format!(" {flag}")).collect()
}

/// The coverage of the scripts of all files.
fn coverage(setup: &Setup, played: &[ScenarioResult]) -> Vec<Coverage> {
    let runs = played.iter().flat_map(|one| {
        let graph = setup.environment.graph(&one.source.scenario.start).ok();
        one.runs.iter().filter_map(move |run| Some((graph.clone()?, &run.reached)))
    });
    coverage::of(runs)
}

fn report(
    given: &RehearseSettings,
    setup: &Setup,
    (played, summary, coverage, against): (&[ScenarioResult], &Summary, &[Coverage], Option<&Comparison>),
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let text = match given.report {
        None => return Ok(()),
        Some(ReportFormat::Json) => {
            let mut report = json_report::report(&command(given, setup), played, summary, coverage);
            if let Some(found) = against {
                report["against"] = found.to_json();
            }
            format!("{report:#}\n")
        }
        Some(ReportFormat::Junit) => junit_report::report(played, summary),
        Some(ReportFormat::Html) => html_report::report(played, summary),
    };
    match &given.out {
        Some(file) => fs::write(file, text).with_context(|| format!("writing `{}`", file.display())),
        None => Ok(out.write_all(text.as_bytes())?),
    }
}

fn command(given: &RehearseSettings, setup: &Setup) -> Value {
    json!({
        "brain": setup.brain.name(),
        "model": given.model.model,
        "customer_model": given.customer_model,
        "customers": if setup.speaker.is_some() { "model" } else { "script" },
        "graph": setup.environment.graph,
        "trust": if given.claimed { "claimed" } else { "operator" },
        "seed": given.seed,
        "tag": given.tag,
    })
}

/// Writes each run as a scenario, under the name of its file and its number.
fn keep(folder: &Path, played: &[ScenarioResult]) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making `{}`", folder.display()))?;
    for one in played {
        let name = text_report::name(&one.path).trim_start_matches(['.', '/', '\\']).replace(['/', '\\', ':'], "-");
        for run in one.runs.iter().filter(|run| !run.turns.is_empty()) {
            let text = recording::script(&one.source.text, run).map_err(anyhow::Error::msg)?;
            let file = folder.join(format!("{name}-run{}.toml", run.number));
            fs::write(&file, text).with_context(|| format!("writing `{}`", file.display()))?;
        }
    }
    Ok(())
}

//! One run of one scenario: a fresh account, a customer, the chat, and the verdict.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::account::RunError;
use super::brains::BrainChoice;
use super::coverage::Reached;
use super::dialogue::{self, CustomerScript, DialogueAborted};
use super::failure::{BrokenRule, Failure};
use super::fixture::{ClockMode, Fixture};
use super::general_rules;
use super::judge;
use super::measured_desk::MeasuredDesk;
use super::scenario::{RunLimits, Scenario};
use super::scenario_file::ScenarioFile;
use super::scripted_customer::ScriptedCustomer;
use super::simulated_customer::SimulatedCustomer;
use super::state::{Difference, HubSpotRecords};
use super::test_environment::TestEnvironment;
use super::turn::DialogueTurn;
use super::user_model::UserModel;
use crate::chat::brain::Tokens;
use crate::chat::desk::{ChatDesk, DeskSettings};
use crate::chat::limits;
use crate::chat::persona::Persona;
use crate::chat::visitor::Trust;

/// The runs after one that the simulated customer has made void.
const REPLAYS_MAX: usize = 2;

/// Settings and environment of a rehearsal.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The parts that all runs share.
    pub environment: TestEnvironment,
    /// The brain that answers.
    pub brain: BrainChoice,
    /// The model that plays customers; without it they say the lines of the file.
    pub speaker: Option<Arc<dyn UserModel>>,
    /// The persona of a model.
    pub persona: Persona,
    /// The belief in who a visitor says they are.
    pub trust: Trust,
    /// The most that a turn may cost.
    pub limits: limits::TurnLimits,
    /// The seed of simulated customers.
    pub seed: u64,
}

impl Setup {
    /// True if a model takes part, so that the clock runs.
    pub fn is_live(&self) -> bool {
        self.brain.is_live() || self.speaker.is_some()
    }
}

/// One run, as it went.
#[derive(Clone, Debug)]
pub struct RehearsalRun {
    /// Number of the run, from 1.
    pub number: usize,
    /// The seed of its customer.
    pub seed: u64,
    /// Judgement: passed, failed, void or broken.
    pub verdict: Verdict,
    /// Messages with the calls and replies that followed each.
    pub turns: Vec<DialogueTurn>,
    /// Calls of the model and of HubSpot, tokens and time.
    pub costs: Costs,
    /// The nodes and edges of the taskgraph that the run has visited.
    pub reached: Reached,
    /// The runs before it that the customer made void, each with what was wrong.
    pub voided: Vec<String>,
    /// The differences in HubSpot that the desk made, one line each.
    pub differences: Vec<String>,
}

/// The judgement of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything is as the scenario says.
    Passed,
    /// The desk did something wrong.
    Failed(Vec<Failure>),
    /// The customer broke the rules of its sheet, which says nothing of the desk.
    Void(String),
    /// The endpoint, the file or this program failed, which says nothing of the desk.
    Broken(String),
}

/// The costs of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// Calls of tools.
    pub calls: usize,
    /// Requests to HubSpot.
    pub hubspot_requests: usize,
    /// Tokens of the desk's model.
    pub tokens: Tokens,
    /// Time to the first reply.
    pub first_reply: Duration,
    /// Time of the whole conversation.
    pub time: Duration,
}

impl Verdict {
    /// The name in reports.
    pub fn name(&self) -> &'static str {
        match self {
            Verdict::Passed => "passed",
            Verdict::Failed(_) => "failed",
            Verdict::Void(_) => "void",
            Verdict::Broken(_) => "broken",
        }
    }

    /// The failures of the desk.
    pub fn failures(&self) -> &[Failure] {
        if let Verdict::Failed(failures) = self { failures } else { &[] }
    }
}

/// Plays a scenario. A run in which the customer's model invented a fact is void: it is played again, and the model is
/// told the reason.
pub async fn run(setup: &Setup, source: &ScenarioFile, number: usize) -> RehearsalRun {
    let seed = setup.seed.wrapping_add(number as u64 - 1);
    let mut voided = vec![];
    loop {
        let finding = voided.last().map(String::as_str);
        let played = once(setup, &source.scenario, seed, finding).await;
        match played.verdict {
            Verdict::Void(finding) if voided.len() < REPLAYS_MAX => voided.push(finding),
            verdict => {
                let Once { turns, costs, reached, differences, .. } = played;
                return RehearsalRun { number, seed, verdict, turns, costs, reached, voided, differences };
            }
        }
    }
}

/// A conversation that was played once.
struct Once {
    verdict: Verdict,
    turns: Vec<DialogueTurn>,
    costs: Costs,
    reached: Reached,
    differences: Vec<String>,
}

async fn once(setup: &Setup, scenario: &Scenario, seed: u64, finding: Option<&str>) -> Once {
    let (fixture, mut desk) = match begin(setup, scenario, seed).await {
        Ok(begun) => begun,
        Err(RunError(why)) => {
            let (costs, reached) = (Costs::default(), Reached::default());
            return Once { verdict: Verdict::Broken(why), turns: vec![], costs, reached, differences: vec![] };
        }
    };
    let began = Instant::now();
    let (turns, stopped) = match &setup.speaker {
        Some(speaker) => {
            let mut customer = SimulatedCustomer::new(scenario, speaker.clone(), seed, finding);
            played(&fixture, &mut customer, &mut desk).await
        }
        None => played(&fixture, &mut ScriptedCustomer::new(scenario), &mut desk).await,
    };
    let costs = Costs {
        calls: turns.iter().map(|turn| turn.calls.len()).sum(),
        hubspot_requests: fixture.sandbox.requests().len(),
        tokens: desk.tokens,
        first_reply: desk.first_reply.unwrap_or_default(),
        time: began.elapsed().saturating_sub(turns.iter().map(|turn| turn.waited).sum()),
    };
    let reached = desk.reached().await;
    let verdict = match stopped {
        Some(DialogueAborted::Void(finding)) => Verdict::Void(finding),
        Some(DialogueAborted::Broken(RunError(why))) => Verdict::Broken(why),
        None => verdict(scenario, &fixture, &turns, &desk, &costs),
    };
    let made = fixture.before_and_meanwhile().state.until(&fixture.state());
    let differences = made.iter().map(Difference::shown).collect();
    // The states are judged, and are large.
    let without_state = |turn: DialogueTurn| DialogueTurn { state: HubSpotRecords::default(), ..turn };
    Once { verdict, turns: turns.into_iter().map(without_state).collect(), costs, reached, differences }
}

async fn played(
    fixture: &Fixture,
    customer: &mut impl CustomerScript,
    desk: &mut MeasuredDesk,
) -> (Vec<DialogueTurn>, Option<DialogueAborted>) {
    dialogue::play(fixture, customer, desk).await
}

async fn begin(setup: &Setup, scenario: &Scenario, seed: u64) -> Result<(Fixture, MeasuredDesk), RunError> {
    let environment = &setup.environment;
    let graph = environment.graph(&scenario.start)?;
    let (sandbox, server) = environment.server(&scenario.start);
    let clock = if setup.is_live() { ClockMode::Running } else { ClockMode::Stopped };
    let fixture = Fixture::set(sandbox, &scenario.start).await?.on(clock);
    let settings = DeskSettings {
        graph: Some(graph.name().to_owned()),
        persona: setup.persona.clone(),
        limits: setup.limits,
        trust: trust(setup, scenario, &fixture)?,
        representative: None,
    };
    let desk = ChatDesk::new(server, settings).await.map_err(|error| RunError(error.to_string()))?;
    let desk = match setup.brain.brain() {
        Some(brain) => desk.with_brain(brain).without_fallback(),
        None => desk,
    };
    // The faults of the start are for the conversation, not for what a desk reads before it.
    fixture.open(&scenario.start);
    let (chat, _) = desk.begin(&format!("rehearsal-{seed}"));
    Ok((fixture, MeasuredDesk::new(chat)))
}

/// A customer whom the channel has identified is that contact; anybody else is as the command line says.
fn trust(setup: &Setup, scenario: &Scenario, fixture: &Fixture) -> Result<Trust, RunError> {
    let Some(visitor) = &scenario.start.visitor else { return Ok(setup.trust.clone()) };
    let unknown = || RunError(format!("`start.visitor`: no contact has the address `{}`", visitor.email));
    let (_, id) = fixture.before.find(&format!("contacts:{}", visitor.email)).ok_or_else(unknown)?;
    match (id.parse(), visitor.email.parse()) {
        (Ok(contact), Ok(address)) => Ok(Trust::Verified { contact, address }),
        _ => Err(unknown()),
    }
}

fn verdict(
    scenario: &Scenario,
    fixture: &Fixture,
    turns: &[DialogueTurn],
    desk: &MeasuredDesk,
    costs: &Costs,
) -> Verdict {
    let before = fixture.before_and_meanwhile();
    let mut wrong = judge::failures(scenario, &before, turns);
    // A general rule and a scenario may name the same thing.
    for failure in general_rules::violations(&before.state, turns, &desk.done, fixture.sandbox.token()) {
        if !wrong.iter().any(|known| known.text == failure.text) {
            wrong.push(failure);
        }
    }
    wrong.extend(desk.unusable.iter().map(|(at, why)| Failure::new(BrokenRule::Model, why).in_turn(*at)));
    wrong.extend(over(&scenario.limits, turns, costs));
    if wrong.is_empty() { Verdict::Passed } else { Verdict::Failed(wrong) }
}

/// The limits of rehearsals that were passed.
fn over(limits: &RunLimits, turns: &[DialogueTurn], costs: &Costs) -> Vec<Failure> {
    let over = |spent: u64, most: Option<u64>, what: &str| {
        let most = most.filter(|most| spent > *most)?;
        Some(Failure::new(BrokenRule::Limit, format!("{spent} {what}, at most {most}")))
    };
    let count = |number: usize| number as u64;
    let seconds = costs.time.as_millis().div_ceil(1_000);
    [
        over(count(turns.len()), limits.turns.map(count), "turns"),
        over(count(costs.hubspot_requests), limits.hubspot_requests.map(count), "requests to HubSpot"),
        over(u64::try_from(seconds).unwrap_or(u64::MAX), limits.seconds, "seconds"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[test]
fn a_limit_is_the_most_that_may_be() {
    let limits = RunLimits { turns: Some(1), hubspot_requests: Some(2), seconds: Some(3), ..RunLimits::default() };
    let costs = |hubspot_requests, ms| Costs { hubspot_requests, time: Duration::from_millis(ms), ..Costs::default() };
    let texts = |turns: usize, costs: &Costs| -> Vec<String> {
        over(&limits, &vec![DialogueTurn::default(); turns], costs).into_iter().map(|failure| failure.text).collect()
    };
    assert_eq!(texts(1, &costs(2, 3_000)), [""; 0]);
    let wrong = ["2 turns, at most 1", "3 requests to HubSpot, at most 2", "4 seconds, at most 3"];
    assert_eq!(texts(2, &costs(3, 3_001)), wrong);
}

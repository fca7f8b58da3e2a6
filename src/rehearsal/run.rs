//! One run of one scenario: a fresh account, a customer, the chat, and the verdict.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::account::Broken;
use super::brains::BrainChoice;
use super::coverage::Reached;
use super::equipment::Equipment;
use super::failure::{Failure, Kind};
use super::general_rules;
use super::judge;
use super::measured_desk::MeasuredDesk;
use super::play::{self, Customer, Stop};
use super::scenario::{Limits, Scenario};
use super::scripted_customer::ScriptedCustomer;
use super::simulated::Simulated;
use super::source::Source;
use super::speaker::Speaker;
use super::stage::{Clockwork, Stage};
use super::state::State;
use super::turn::Turn;
use crate::chat::brain::Tokens;
use crate::chat::desk::{ChatDesk, DeskSettings};
use crate::chat::limits;
use crate::chat::persona::Persona;
use crate::chat::visitor::Trust;

/// The runs after one that the simulated customer has made void.
const REPLAYS_MAX: usize = 2;

/// Everything by which a scenario is played.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The parts that all runs share.
    pub equipment: Equipment,
    /// The brain that answers.
    pub brain: BrainChoice,
    /// The model that plays customers; without it they say the lines of the file.
    pub speaker: Option<Arc<dyn Speaker>>,
    /// The persona of a model.
    pub persona: Persona,
    /// The belief in who a visitor says they are.
    pub trust: Trust,
    /// The most that a turn may cost.
    pub limits: limits::Limits,
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
pub struct Run {
    /// From 1.
    pub number: usize,
    /// The seed of its customer.
    pub seed: u64,
    /// The judgement.
    pub verdict: Verdict,
    /// The conversation.
    pub turns: Vec<Turn>,
    /// The costs.
    pub costs: Costs,
    /// The parts of the script that it has come to.
    pub reached: Reached,
    /// The runs before it that the customer made void, each with what was wrong.
    pub voided: Vec<String>,
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

/// Plays a scenario. A run that its customer makes void is played again with what was wrong.
pub async fn run(setup: &Setup, source: &Source, number: usize) -> Run {
    let seed = setup.seed.wrapping_add(number as u64 - 1);
    let mut voided = vec![];
    loop {
        let finding = voided.last().map(String::as_str);
        let played = once(setup, &source.scenario, seed, finding).await;
        match played.verdict {
            Verdict::Void(finding) if voided.len() < REPLAYS_MAX => voided.push(finding),
            verdict => {
                let Once { turns, costs, reached, .. } = played;
                return Run { number, seed, verdict, turns, costs, reached, voided };
            }
        }
    }
}

/// A conversation that was played once.
struct Once {
    verdict: Verdict,
    turns: Vec<Turn>,
    costs: Costs,
    reached: Reached,
}

async fn once(setup: &Setup, scenario: &Scenario, seed: u64, finding: Option<&str>) -> Once {
    let (stage, mut desk) = match begin(setup, scenario, seed).await {
        Ok(begun) => begun,
        Err(Broken(why)) => {
            let (costs, reached) = (Costs::default(), Reached::default());
            return Once { verdict: Verdict::Broken(why), turns: vec![], costs, reached };
        }
    };
    let began = Instant::now();
    let (turns, stopped) = match &setup.speaker {
        Some(speaker) => {
            let mut customer = Simulated::new(scenario, speaker.clone(), seed, finding);
            played(&stage, &mut customer, &mut desk).await
        }
        None => played(&stage, &mut ScriptedCustomer::new(scenario), &mut desk).await,
    };
    let costs = Costs {
        calls: turns.iter().map(|turn| turn.calls.len()).sum(),
        hubspot_requests: stage.sandbox.requests().len(),
        tokens: desk.tokens,
        first_reply: desk.first_reply.unwrap_or_default(),
        time: began.elapsed().saturating_sub(turns.iter().map(|turn| turn.waited).sum()),
    };
    let reached = desk.reached().await;
    let verdict = match stopped {
        Some(Stop::Void(finding)) => Verdict::Void(finding),
        Some(Stop::Broken(Broken(why))) => Verdict::Broken(why),
        None => verdict(scenario, &stage, &turns, &desk, &costs),
    };
    // The states are judged, and are large.
    let without_state = |turn: Turn| Turn { state: State::default(), ..turn };
    Once { verdict, turns: turns.into_iter().map(without_state).collect(), costs, reached }
}

async fn played(stage: &Stage, customer: &mut impl Customer, desk: &mut MeasuredDesk) -> (Vec<Turn>, Option<Stop>) {
    play::play(stage, customer, desk).await
}

async fn begin(setup: &Setup, scenario: &Scenario, seed: u64) -> Result<(Stage, MeasuredDesk), Broken> {
    let equipment = &setup.equipment;
    let graph = equipment.graph(&scenario.start)?;
    let (sandbox, server) = equipment.server(&scenario.start);
    let clock = if setup.is_live() { Clockwork::Running } else { Clockwork::Stopped };
    let stage = Stage::set(sandbox, &scenario.start).await?.on(clock);
    let settings = DeskSettings {
        graph: Some(graph.name().to_owned()),
        persona: setup.persona.clone(),
        limits: setup.limits,
        trust: trust(setup, scenario, &stage)?,
        representative: None,
    };
    let desk = ChatDesk::new(server, settings).await.map_err(|error| Broken(error.to_string()))?;
    let desk = match setup.brain.brain() {
        Some(brain) => desk.with_brain(brain).without_fallback(),
        None => desk,
    };
    // The faults of the start are for the conversation, not for what a desk reads before it.
    stage.open(&scenario.start);
    let (chat, _) = desk.begin(&format!("rehearsal-{seed}"));
    Ok((stage, MeasuredDesk::new(chat)))
}

/// A customer whom the channel has identified is that contact; anybody else is as the command line says.
fn trust(setup: &Setup, scenario: &Scenario, stage: &Stage) -> Result<Trust, Broken> {
    let Some(visitor) = &scenario.start.visitor else { return Ok(setup.trust.clone()) };
    let unknown = || Broken(format!("`start.visitor`: no contact has the address `{}`", visitor.email));
    let (_, id) = stage.before.find(&format!("contacts:{}", visitor.email)).ok_or_else(unknown)?;
    match (id.parse(), visitor.email.parse()) {
        (Ok(contact), Ok(address)) => Ok(Trust::Verified { contact, address }),
        _ => Err(unknown()),
    }
}

fn verdict(scenario: &Scenario, stage: &Stage, turns: &[Turn], desk: &MeasuredDesk, costs: &Costs) -> Verdict {
    let mut wrong = judge::failures(scenario, &stage.before, turns);
    // A general rule and a scenario may name the same thing.
    for failure in general_rules::violations(&stage.before.state, turns, &desk.done, stage.sandbox.token()) {
        if !wrong.iter().any(|known| known.text == failure.text) {
            wrong.push(failure);
        }
    }
    wrong.extend(desk.unusable.iter().map(|(at, why)| Failure::new(Kind::Model, why).in_turn(*at)));
    wrong.extend(over(&scenario.limits, turns, costs));
    if wrong.is_empty() { Verdict::Passed } else { Verdict::Failed(wrong) }
}

/// The limits of rehearsals that were passed.
fn over(limits: &Limits, turns: &[Turn], costs: &Costs) -> Vec<Failure> {
    let over = |spent: u64, most: Option<u64>, what: &str| {
        let most = most.filter(|most| spent > *most)?;
        Some(Failure::new(Kind::Limit, format!("{spent} {what}, at most {most}")))
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
    let limits = Limits { turns: Some(1), hubspot_requests: Some(2), seconds: Some(3), ..Limits::default() };
    let costs = |hubspot_requests, ms| Costs { hubspot_requests, time: Duration::from_millis(ms), ..Costs::default() };
    let texts = |turns: usize, costs: &Costs| -> Vec<String> {
        over(&limits, &vec![Turn::default(); turns], costs).into_iter().map(|failure| failure.text).collect()
    };
    assert_eq!(texts(1, &costs(2, 3_000)), [""; 0]);
    let wrong = ["2 turns, at most 1", "3 requests to HubSpot, at most 2", "4 seconds, at most 3"];
    assert_eq!(texts(2, &costs(3, 3_001)), wrong);
}

//! Following a graph: a pure function from where a walk stands and what has happened to where it stands then and what
//! to do next.
//!
//! The server owns the walk and the model only answers, so any client follows the script. A step reads no clock, calls
//! nothing and takes its chance from a seed: the same events give the same walk.
//!
//! Where the original engines differ from each other or from what scripts mean, this is what holds:
//! - Limits count: a node is entered no more often than its `limit` says.
//! - An edge without an intent is never a global intent. An intent with `pred` may be asked for at any time once the
//!   node it leaves has been passed; before that it would begin in the middle of a matter.
//! - Asked for something else half-way, the walk asks whether to come back, and comes back.
//! - A failed tool does not complete its node. What only a tool can know, such as a contact's id, is taken from nobody
//!   else, so a customer who is not found reaches no ticket.
//! - Everything ends: nodes passed in one step, failures of one tool, matters that wait, steps of one walk.

pub mod action;
pub mod context;
pub mod error;
pub mod event;
mod input;
mod intents;
mod navigation;
mod next_action;
mod reaction;
mod rng;
pub mod state;
pub mod toolbox;
mod topic;

use self::{
    action::Action,
    context::RunContext,
    error::StepError,
    event::Event,
    navigation::Navigator,
    state::{Phase, State},
};

/// So many steps one walk takes: forty times the longest known conversation.
const STEPS_MAX: u32 = 1_000;

/// Begins a walk: the greeting, or whatever the start asks for.
pub fn start(context: &RunContext<'_>, seed: u64) -> (State, Vec<Action>) {
    let state = State::new(context.graph, seed);
    let mut walker = Navigator { context, state, preceding: vec![] };
    walker.go_to(&context.graph.start().id);
    walker.finish()
}

/// Takes one step. The last ask is what to do next; those before it are to be said on the way.
pub fn step(state: &State, event: &Event, context: &RunContext<'_>) -> Result<(State, Vec<Action>), StepError> {
    state.check(context.graph)?;
    if state.steps >= STEPS_MAX {
        return Err(StepError::TooManySteps);
    }
    let mut walker = Navigator { context, state: state.clone(), preceding: vec![] };
    walker.state.steps += 1;
    walker.close_interrupted_call(event);
    walker.record_slots(event)?;
    let spoken = event.user_text.as_ref().is_some_and(|text| !text.trim().is_empty());
    walker.state.turn += u32::from(spoken);
    if let Some(result) = &event.tool_result {
        walker.record_result(result)?;
    }
    if event.skip {
        walker.skip_node()?;
    }
    match (&event.intent, event.switch) {
        (Some(intent), switch) => walker.handle_intent(intent, switch)?,
        (None, Some(switch)) => walker.handle_switch(switch)?,
        (None, None) if spoken => walker.handle_text(),
        (None, None) => {}
    }
    walker.settle();
    Ok(walker.finish())
}

/// What is asked where the walk stands, without moving it.
pub fn next_action(state: &State, context: &RunContext<'_>) -> Result<Action, StepError> {
    state.check(context.graph)?;
    Ok(next_action::current(state, context))
}

/// The intents that can be sent at this point, also while something else is asked.
pub fn offered_intents(state: &State, context: &RunContext<'_>) -> Vec<String> {
    let state = match &state.phase {
        Phase::Switch { was, .. } => &State { phase: *was.clone(), ..state.clone() },
        _ => state,
    };
    intents::offers(state, context.graph).into_iter().map(|offer| offer.name).collect()
}

#[cfg(test)]
mod tests;

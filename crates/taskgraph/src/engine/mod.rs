//! The engine: a pure function from the state of a run and an event to the next state and the actions to take.
//!
//! The server owns the state and the model only reports events, so any client can follow a graph. A step reads no
//! clock, calls nothing and draws random numbers from a seed: the same events give the same run.
//!
//! [`start`] begins a run and [`step`] continues it. Both return a [`State`] to store and a list of
//! [`Action`]s. [`next_action`] repeats the last action without changing the state.
//!
//! The engines that taskgraphs were written for differ from each other. These rules hold here:
//! - Limits count: a node is entered no more often than its `limit` states.
//! - An edge without an intent is never a global intent. An intent with `pred` is available at any time once the node
//!   that it leaves has been passed; earlier it would begin in the middle of a topic.
//! - An intent counts as used only when it has done something; one that was left can be taken up again.
//! - If the customer asks for something else before a topic is finished, the engine asks whether to come back to it,
//!   and comes back. `leave`, `none` and a person are open at every step.
//! - Nothing that was said is lost: messages are logged with the first look-up, values survive a change of intent, and
//!   parts of an event that cannot be taken are named while the rest is kept.
//! - A meeting is booked at a time that was agreed after free times were shown.
//! - A tool that fails does not complete its node. An argument that only a tool can know, such as a contact's id, is
//!   accepted from that tool alone, so a customer who is not found reaches no ticket.
//! - Everything is limited: nodes passed in one step, failures of one tool, suspended topics, steps of one run.

pub mod action;
mod address_elision;
mod ahead;
mod appointment_tasks;
mod argument_names;
mod arguments;
mod asked_again;
mod caller;
pub mod context;
mod deferred_values;
pub mod error;
pub mod event;
mod failure_response;
mod handoff;
mod input;
mod intents;
mod known_value;
mod limits;
mod log_due;
mod missing;
mod name_search;
mod navigation;
mod next_action;
mod other_person;
mod own_address;
mod passed_on;
mod results;
mod rng;
mod said_before;
mod search_key;
mod shown_starts;
mod shown_times;
mod slots;
pub mod state;
mod suspended;
mod task_title;
mod ticket_meant;
mod ticket_reading;
mod told_tasks;
pub mod toolbox;
mod topic;
mod waiting;
mod way_ahead;
mod words;
mod written_matter;

use std::borrow::Cow;

use self::{
    action::Action,
    context::RunContext,
    error::StepError,
    event::Event,
    limits::STEPS_MAX,
    navigation::{Correction, Navigator},
    state::{Phase, State},
};

/// Begins a run of the graph. The first action is the greeting, if the graph has one.
///
/// `seed` decides between edges without an intent that have weights; it needs no secrecy.
pub fn start(context: &RunContext<'_>, seed: u64) -> (State, Vec<Action>) {
    let mut navigator = Navigator::new(context, State::new(context.graph, seed));
    navigator.go_to(&context.graph.start().id);
    navigator.finish()
}

/// Takes one step of a run. The last action is the one to do next; those before it are things to say on the way.
///
/// # Errors
/// [`StepError`] if the event does not fit the state or the graph. The run stays at `state`.
pub fn step(state: &State, event: &Event, context: &RunContext<'_>) -> Result<(State, Vec<Action>), StepError> {
    state.check(context.graph)?;
    if state.steps >= STEPS_MAX {
        return Err(StepError::TooManySteps);
    }
    let mut navigator = Navigator::new(context, state.clone());
    navigator.state.steps += 1;
    if event.tool_result.is_none() {
        navigator.state.ignored.clear();
    }
    navigator.close_interrupted_call(event);
    if *event != Event::default() {
        navigator.stop_asking_reach();
        navigator.stop_asking_length(event);
    }
    let spoken = navigator.record_text(event);
    navigator.correction = navigator.own_correction(event);
    navigator.record_slots(event)?;
    navigator.read_ticket(event);
    navigator.go_on_by_values(event);
    let searches = event.tool_result.is_none() && event.intent.is_none() && navigator.search_by_name(event);
    if let Some(result) = &event.tool_result {
        navigator.record_result(result)?;
    }
    if event.skip && !searches {
        navigator.skip_node()?;
    }
    match (&event.intent, event.switch) {
        (Some(_), _) if navigator.correction == Some(Correction::Alone) => {}
        (Some(intent), switch) => navigator.handle_intent(intent, switch, event)?,
        (None, Some(switch)) => navigator.handle_switch(switch, event),
        (None, None) if spoken && !navigator.is_told => navigator.handle_text(event),
        (None, None) => {}
    }
    navigator.pass_over_refusal(event);
    if navigator.correction.is_some() {
        navigator.correct_own_address(event);
    }
    if event.tool_result.is_none() {
        navigator.search_by_name(event);
    }
    navigator.name_kept_reach(event);
    navigator.resume_after_digression();
    Ok(navigator.finish())
}

/// Returns the action of the current state without taking a step.
///
/// # Errors
/// [`StepError::GraphChanged`] or [`StepError::OtherVersion`] if the state does not belong to this graph or version.
pub fn next_action(state: &State, context: &RunContext<'_>) -> Result<Action, StepError> {
    state.check(context.graph)?;
    Ok(next_action::current(state, context))
}

/// Lists the intents that can be sent in the current state, also while something else is asked. The way to a person, which
/// is always open, is only among them if the graph has one of its own.
pub fn offered_intents(state: &State, context: &RunContext<'_>) -> Vec<String> {
    let state = before_question(state);
    intents::offers(&state, context).into_iter().map(|offer| offer.name).collect()
}

/// Lists those of them that lead out of the topic at hand. The others are named where it is asked how the topic goes on.
pub fn other_intents(state: &State, context: &RunContext<'_>) -> Vec<String> {
    let state = before_question(state);
    let at_start = state.at == context.graph.start().id;
    let own = if at_start { 0 } else { intents::local(&state, context).len() };
    intents::offers(&state, context).into_iter().skip(own).map(|offer| offer.name).collect()
}

/// The state before the question what becomes of the topic at hand.
fn before_question(state: &State) -> Cow<'_, State> {
    match &state.phase {
        Phase::Switch { was, .. } => Cow::Owned(State { phase: *was.clone(), ..state.clone() }),
        _ => Cow::Borrowed(state),
    }
}

#[cfg(test)]
mod tests;

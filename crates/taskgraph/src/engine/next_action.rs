//! The action of a state. It is a function of the state alone, so returning to a suspended topic needs no stored
//! action.

use serde_json::{Map, Value};

use super::{
    action::{Action, MissingArgument},
    arguments::{arguments, spec, tool_name},
    context::RunContext,
    handoff, intents, log_due,
    missing::{self, missing},
    shown_times,
    state::{CONTACT, Phase, State},
    ticket_meant,
    toolbox::{self, Words},
    topic::Topic,
};
use crate::{
    graph::{Edge, Node},
    instructions::{self, DeadEnd, TicketOfRequest},
    resource::Behavior,
    rules::IDENTIFY_TOOL,
};

/// Returns the action of the current state.
pub(super) fn current(state: &State, context: &RunContext<'_>) -> Action {
    let node = context.node(&state.at);
    if let Some(change) = state.changes.first() {
        return change_of_task(change);
    }
    match &state.phase {
        Phase::Fill => fill(state, context, node),
        Phase::Speak => speak(state, context, node),
        Phase::Finish if asks_who(state, context, node) => who_was_found(state, context, node),
        Phase::Finish if context.is_hand_off(node) => {
            say(format!("{} {}", instructions::finish(node), changes_of_request(state)).trim().to_owned())
        }
        Phase::Finish => say(instructions::finish(node)),
        Phase::Close => say(instructions::CLOSE.to_owned()),
        Phase::Choose => choose(state, context),
        Phase::Offer => offer(state, context),
        Phase::Switch { to, was, .. } => switch(state, context, to, was),
        Phase::DeadEnd { why } => dead_end(state, context, why),
    }
}

fn fill(state: &State, context: &RunContext<'_>, node: &Node) -> Action {
    let missing = missing(state, context, node);
    if missing.is_empty()
        && let Some(call) = call_before(state, context, node)
    {
        return call;
    }
    let known = arguments(state, context, node);
    let skippable = node.can_skip && leads_on(state, context, node);
    let (tool, failed) = (tool_name(state, context, node), state.failed.clone());
    let optional = optional(state, context, node, &known, &missing);
    if missing.is_empty() {
        let ours = context.own_tool(node).is_some() || context.is_hand_off(node);
        let instruction = match failed.is_some() && ours && state.executes {
            true => instructions::call_failed(node),
            false => instructions::call(node, ours, failed.is_some()),
        };
        return Action::Call { tool, arguments: known, optional, ours, failed, skippable, instruction };
    }
    let times = state.shown.is_some() && missing.iter().any(|missing| missing.name == shown_times::START);
    let instruction = instructions::slots(node, failed.is_some(), times);
    Action::Slots { tool, missing, optional, failed, skippable, instruction }
}

/// The call that writes what came later into a task.
fn change_of_task(change: &Map<String, Value>) -> Action {
    Action::Call {
        tool: toolbox::TASK_TOOL.to_owned(),
        arguments: change.clone(),
        optional: vec![],
        ours: true,
        failed: None,
        skippable: false,
        instruction: instructions::change_of_task(toolbox::TASK_TOOL),
    }
}

/// What changes the request of a colleague that was made last.
pub(super) fn changes_of_request(state: &State) -> String {
    let told_before: Vec<String> = state.told_before().into_iter().map(toolbox::plain_id).collect();
    let last = state.tasks.last().filter(|task| state.handed_off.as_ref().is_some_and(|sent| sent == *task));
    let Some(task) = last else { return String::new() };
    let has = task.get(toolbox::TICKET).map(|id| TicketOfRequest::Has(toolbox::plain_id(id)));
    let before = || state.ticket_before.as_ref().map(|id| TicketOfRequest::Before(toolbox::plain_id(id)));
    instructions::changes_of_request(has.or_else(before).as_ref(), &told_before)
}

/// Returns `true` if the next node can do without the result of this one.
fn leads_on(state: &State, context: &RunContext<'_>, node: &Node) -> bool {
    let needs = |edge: &Edge| {
        let open = missing(state, context, context.node(&edge.to));
        open.iter().any(|missing| context.sole_provider(&missing.name).is_some())
    };
    !context.graph.edges_from(&node.id).filter(|edge| edge.intent.is_none()).any(needs)
}

/// Returns `true` if a search has ended with several people, or with one who may be another.
fn asks_who(state: &State, context: &RunContext<'_>, node: &Node) -> bool {
    !state.choices.is_empty() && context.own_tool(node) == Some(toolbox::SEARCH_TOOL)
}

/// The question which of those found it is.
fn who_was_found(state: &State, context: &RunContext<'_>, node: &Node) -> Action {
    Action::Slots {
        tool: tool_name(state, context, node),
        missing: vec![missing::choice(state)],
        optional: vec![],
        failed: None,
        skippable: false,
        instruction: instructions::WHO.to_owned(),
    }
}

/// The call that goes before that of the node's tool: it finds out who asks for a person, or logs what somebody said whom no
/// look-up has logged.
fn call_before(state: &State, context: &RunContext<'_>, node: &Node) -> Option<Action> {
    let (tool, arguments, instruction) = match handoff::look_up(state, context, node) {
        Some(arguments) => (IDENTIFY_TOOL, arguments, instructions::look_up(IDENTIFY_TOOL)),
        None if log_due::is_due(state, context, node) => {
            (log_due::LOG_TOOL, log_due::log_of(state), instructions::log(log_due::LOG_TOOL))
        }
        None => return None,
    };
    let tool = tool.to_owned();
    Some(Action::Call { tool, arguments, optional: vec![], ours: true, failed: None, skippable: false, instruction })
}

/// The arguments that may be added: those that a customer can state.
fn optional(
    state: &State,
    context: &RunContext<'_>,
    node: &Node,
    known: &Map<String, Value>,
    missing: &[MissingArgument],
) -> Vec<String> {
    let Some(spec) = spec(state, context, node) else { return vec![] };
    let tool = tool_name(state, context, node);
    let open = |name: &&str| {
        !known.contains_key(*name)
            && !missing.iter().any(|missing| missing.name == **name)
            && toolbox::words_for(&tool, name) != Some(Words::Conversation)
            && context.sole_provider(name).is_none()
            && !toolbox::TECHNICAL_ARGUMENTS.contains(name)
    };
    spec.names().filter(open).map(str::to_owned).collect()
}

fn speak(state: &State, context: &RunContext<'_>, node: &Node) -> Action {
    if node.behavior == Behavior::Answer {
        let documents = instructions::documents_to_name(context.graph).cloned().collect();
        let (query, instruction) = (state.words.clone(), instructions::step(node));
        return Action::Answer { documents, query, skippable: node.can_skip, instruction };
    }
    if node.behavior == Behavior::HandOff {
        return say(instructions::NO_HAND_OFF.to_owned());
    }
    let start = node.id == context.graph.start().id;
    let verbatim = node.verbatim || (start && !node.text.trim().is_empty());
    let goes_on = context.graph.edges_from(&node.id).next().is_some();
    let ends = !goes_on && state.stack.is_empty() && state.nested.is_empty();
    let mut instruction = instructions::speak(node, verbatim, ends);
    let none_found = context.graph.all_edges().any(|edge| edge.to == node.id && edge.is_by_result());
    if none_found && state.known.contains_key(CONTACT) {
        instruction = [&instruction, instructions::OF_COLLEAGUE].join(" ");
    }
    Action::Say {
        text: node.text.trim().to_owned(),
        verbatim,
        choices: node.choices.clone(),
        skippable: node.can_skip,
        instruction,
    }
}

/// An action to say something in the model's own words.
pub(super) fn say(instruction: String) -> Action {
    Action::Say { text: String::new(), verbatim: false, choices: vec![], skippable: false, instruction }
}

fn choose(state: &State, context: &RunContext<'_>) -> Action {
    let own = intents::local_candidates(state, context);
    let node = context.node(&state.at);
    if !own.is_empty() && state.at != context.graph.start().id {
        let mut instruction = instructions::choose_at(node, !state.stack.is_empty());
        let tickets = state.tickets.as_ref().is_some_and(|tickets| !tickets.is_empty());
        if tickets && ticket_meant::tells_tickets(context, node) && !ticket_meant::is_listed(state) {
            instruction = [&instruction, instructions::READ_TICKET].join(" ");
        }
        return Action::Intent { candidates: own, instruction };
    }
    let candidates = intents::candidates(state, context);
    if candidates.is_empty() {
        return dead_end(state, context, &DeadEnd::NoIntent);
    }
    let instruction = match state.stack.last() {
        Some(_) => [instructions::CHOOSE, instructions::WAITS].join(" "),
        None => instructions::CHOOSE.to_owned(),
    };
    Action::Intent { candidates, instruction }
}

fn switch(state: &State, context: &RunContext<'_>, to: &Topic, was: &Phase) -> Action {
    let was = State { phase: was.clone(), ..state.clone() };
    let offers = intents::offers(&was, context);
    let found = offers.iter().find(|offer| to.started_by(offer.edge));
    match found {
        Some(offer) => Action::Switch {
            from: topic_name(state, context),
            to: intents::candidate(offer, &offers, context.graph),
            instruction: instructions::SWITCH.to_owned(),
        },
        None => current(&was, context),
    }
}

fn offer(state: &State, context: &RunContext<'_>) -> Action {
    let Some(frame) = state.stack.last() else { return choose(state, context) };
    let waiting = State { topic: frame.topic.clone(), at: frame.at.clone(), ..state.clone() };
    Action::GoOn { matter: topic_name(&waiting, context), instruction: instructions::GO_ON.to_owned() }
}

/// The name of the current topic: its intent, or else the instruction of the current node.
fn topic_name(state: &State, context: &RunContext<'_>) -> String {
    let edge = context.graph.all_edges().find(|edge| state.is_about(edge));
    let intent = edge.and_then(|edge| edge.intent.as_ref());
    intent.map_or_else(|| instructions::step(context.node(&state.at)), |intent| intent.text.clone())
}

/// Returns `true` if the node shows free times.
fn shows_times(context: &RunContext<'_>, node: &Node) -> bool {
    context.own_tool(node) == Some(toolbox::TIMES_TOOL)
}

fn leads_to_times(context: &RunContext<'_>, edge: &Edge) -> bool {
    shows_times(context, context.node(&edge.to))
}

/// The action at a dead end.
pub(super) fn dead_end(state: &State, context: &RunContext<'_>, why: &DeadEnd) -> Action {
    let of_meeting = context.graph.edges_from(&state.at).any(|edge| leads_to_times(context, edge));
    let others_help = *why == DeadEnd::Failed && (shows_times(context, context.node(&state.at)) || of_meeting);
    Action::Nothing {
        reason: if others_help { instructions::ANOTHER_HELPS.to_owned() } else { why.reason() },
        failed: state.failed.clone().filter(|_| *why == DeadEnd::Failed),
        candidates: intents::candidates(state, context),
        instruction: instructions::nothing(context.hands_off()),
    }
}

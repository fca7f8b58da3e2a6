//! The action of a state. It is a function of the state alone, so returning to a suspended topic needs no stored
//! action.

use serde_json::{Map, Value};

use super::{
    action::{Action, MissingArgument},
    context::RunContext,
    intents,
    state::{Phase, Source, State},
    toolbox::{ALTERNATIVE_ARGUMENTS, ToolSpec},
    topic::Topic,
};
use crate::{
    graph::Node,
    instructions::{self, DeadEnd},
    resource::Behavior,
};

/// Returns the action of the current state.
pub(super) fn current(state: &State, context: &RunContext<'_>) -> Action {
    let node = context.node(&state.at);
    match &state.phase {
        Phase::Fill => fill(state, context, node),
        Phase::Speak => speak(context, node),
        Phase::Finish => say(instructions::finish(node)),
        Phase::Close => say(instructions::CLOSE.to_owned()),
        Phase::Choose => choose(state, context),
        Phase::Switch { to, was } => switch(state, context, to, was),
        Phase::DeadEnd { why } => dead_end(state, context, why),
    }
}

fn fill(state: &State, context: &RunContext<'_>, node: &Node) -> Action {
    let known = arguments(state, context, node);
    let missing = missing(state, context, node);
    let (tool, failed, skippable) = (tool_name(node), state.failed.clone(), node.can_skip);
    let spec = context.spec(node);
    if missing.is_empty() {
        let optional = spec.map(|spec| optional(&spec, &known)).unwrap_or_default();
        let ours = context.own_tool(node).is_some();
        let instruction = instructions::call(node, ours, failed.is_some());
        return Action::Call { tool, arguments: known, optional, ours, failed, skippable, instruction };
    }
    let input_schema = spec.map(|spec| spec.input_schema.clone()).unwrap_or_default();
    let instruction = instructions::slots(node, failed.is_some());
    Action::Slots { tool, input_schema, known, missing, failed, skippable, instruction }
}

fn tool_name(node: &Node) -> String {
    match &node.behavior {
        Behavior::Tool(tool) => (*tool).to_owned(),
        Behavior::AddedTool(tool) | Behavior::Foreign(tool) => tool.clone(),
        _ => String::new(),
    }
}

/// The known values for the arguments of the node's tool.
pub(super) fn arguments(state: &State, context: &RunContext<'_>, node: &Node) -> Map<String, Value> {
    let Some(spec) = context.spec(node) else { return Map::new() };
    let superseded = superseded(state, &tool_name(node));
    let taken = state.known.iter().filter(|(name, _)| spec.has(name) && Some(name.as_str()) != superseded);
    taken.map(|(name, known)| (name.clone(), known.value.clone())).collect()
}

/// Of two arguments of which the tool takes one, the one that stands superseded: what the customer names goes first.
fn superseded(state: &State, tool: &str) -> Option<&'static str> {
    let &(_, named, usual) = ALTERNATIVE_ARGUMENTS.iter().find(|(of, ..)| *of == tool)?;
    let said = state.known.get(named).is_some_and(|known| known.source != Source::Tool);
    Some(if said { usual } else { named }).filter(|_| state.known.contains_key(usual))
}

/// The required arguments that are not known.
pub(super) fn missing(state: &State, context: &RunContext<'_>, node: &Node) -> Vec<MissingArgument> {
    let Some(spec) = context.spec(node) else { return vec![] };
    let open = spec.required().filter(|name| !state.known.contains_key(*name));
    open.map(|name| describe(node, &spec, name)).collect()
}

fn describe(node: &Node, spec: &ToolSpec, name: &str) -> MissingArgument {
    let slot = node.slots.iter().find(|slot| slot.name == name);
    let prompt = slot.map(|slot| slot.prompt.clone()).unwrap_or_default();
    let own = slot.map(|slot| slot.description.clone()).filter(|text| !text.is_empty());
    MissingArgument { name: name.to_owned(), prompt, description: own.unwrap_or_else(|| spec.description(name)) }
}

fn optional(spec: &ToolSpec, known: &Map<String, Value>) -> Vec<String> {
    spec.names().filter(|name| !known.contains_key(*name)).map(str::to_owned).collect()
}

fn speak(context: &RunContext<'_>, node: &Node) -> Action {
    let instruction = instructions::step(node);
    if node.behavior == Behavior::Answer {
        let documents = instructions::documents_to_name(context.graph).cloned().collect();
        let company = context.graph.about().intro.clone();
        return Action::Answer { documents, company, skippable: node.can_skip, instruction };
    }
    let start = node.id == context.graph.start().id;
    Action::Say {
        text: node.text.trim().to_owned(),
        verbatim: node.verbatim || (start && !node.text.trim().is_empty()),
        choices: node.choices.clone(),
        skippable: node.can_skip,
        instruction,
    }
}

/// An action to say something in the model's own words.
fn say(instruction: String) -> Action {
    Action::Say { text: String::new(), verbatim: false, choices: vec![], skippable: false, instruction }
}

fn choose(state: &State, context: &RunContext<'_>) -> Action {
    let candidates = intents::candidates(state, context);
    if candidates.is_empty() {
        return dead_end(state, context, &DeadEnd::NoIntent);
    }
    Action::Intent { candidates, instruction: instructions::CHOOSE.to_owned() }
}

fn switch(state: &State, context: &RunContext<'_>, to: &Topic, was: &Phase) -> Action {
    let was = State { phase: was.clone(), ..state.clone() };
    let offers = intents::offers(&was, context.graph);
    let found = offers.iter().find(|offer| to.started_by(offer.edge));
    match found {
        Some(offer) => Action::Switch {
            from: topic_name(state, context),
            to: intents::candidate(offer, context.graph),
            instruction: instructions::SWITCH.to_owned(),
        },
        None => current(&was, context),
    }
}

/// The name of the current topic: its intent, or else the instruction of the current node.
fn topic_name(state: &State, context: &RunContext<'_>) -> String {
    let edge = context.graph.edges().iter().find(|edge| state.is_about(edge));
    let intent = edge.and_then(|edge| edge.intent.as_ref());
    intent.map_or_else(|| instructions::step(context.node(&state.at)), |intent| intent.text.clone())
}

/// The action at a dead end.
pub(super) fn dead_end(state: &State, context: &RunContext<'_>, why: &DeadEnd) -> Action {
    Action::Nothing {
        reason: why.reason(),
        failed: state.failed.clone().filter(|_| *why == DeadEnd::Failed),
        candidates: intents::candidates(state, context),
        instruction: instructions::NOTHING.to_owned(),
    }
}

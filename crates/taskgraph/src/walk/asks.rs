//! What to ask where a walk stands. The same place always asks the same, so coming back needs no memory of it.

use serde_json::{Map, Value};

use super::{
    ask::{Ask, Missing},
    intents,
    matter::Matter,
    script::Script,
    state::{Phase, Source, State},
    toolbox::{IN_PLACE_OF, ToolSpec},
};
use crate::{
    graph::Node,
    resource::Action,
    words::{self, Lost},
};

/// The ask of a state.
pub(super) fn of(state: &State, script: &Script<'_>) -> Ask {
    let node = script.node(&state.at);
    match &state.phase {
        Phase::Fill => fill(state, script, node),
        Phase::Speak => speak(script, node),
        Phase::Finish => say(words::finish(node)),
        Phase::Close => say(words::CLOSE.to_owned()),
        Phase::Choose => choose(state, script),
        Phase::Switch { to, was } => switch(state, script, to, was),
        Phase::Lost { why } => lost(state, script, why),
    }
}

fn fill(state: &State, script: &Script<'_>, node: &Node) -> Ask {
    let known = arguments(state, script, node);
    let missing = missing(state, script, node);
    let (tool, failed, skippable) = (tool_name(node), state.failed.clone(), node.can_skip);
    let spec = script.spec(node);
    if missing.is_empty() {
        let optional = spec.map(|spec| optional(&spec, &known)).unwrap_or_default();
        let ours = matches!(node.action, Action::Tool(_));
        let instruction = words::call(node, ours, failed.is_some());
        return Ask::Call { tool, arguments: known, optional, ours, failed, skippable, instruction };
    }
    let input_schema = spec.map(|spec| spec.input_schema.clone()).unwrap_or_default();
    let instruction = words::slots(node, failed.is_some());
    Ask::Slots { tool, input_schema, known, missing, failed, skippable, instruction }
}

fn tool_name(node: &Node) -> String {
    match &node.action {
        Action::Tool(tool) => (*tool).to_owned(),
        Action::Foreign(tool) => tool.clone(),
        _ => String::new(),
    }
}

/// The known values that the node's tool takes.
pub(super) fn arguments(state: &State, script: &Script<'_>, node: &Node) -> Map<String, Value> {
    let Some(spec) = script.spec(node) else { return Map::new() };
    let behind = behind(state, &tool_name(node));
    let taken = state.known.iter().filter(|(name, _)| spec.has(name) && Some(name.as_str()) != behind);
    taken.map(|(name, known)| (name.clone(), known.value.clone())).collect()
}

/// Of two arguments of which the tool takes one, the one that stands behind: what the customer names goes first.
fn behind(state: &State, tool: &str) -> Option<&'static str> {
    let &(_, named, usual) = IN_PLACE_OF.iter().find(|(of, ..)| *of == tool)?;
    let said = state.known.get(named).is_some_and(|known| known.source != Source::Tool);
    Some(if said { usual } else { named }).filter(|_| state.known.contains_key(usual))
}

/// The required arguments that nobody has said.
pub(super) fn missing(state: &State, script: &Script<'_>, node: &Node) -> Vec<Missing> {
    let Some(spec) = script.spec(node) else { return vec![] };
    let open = spec.required().filter(|name| !state.known.contains_key(*name));
    open.map(|name| describe(node, &spec, name)).collect()
}

fn describe(node: &Node, spec: &ToolSpec, name: &str) -> Missing {
    let slot = node.slots.iter().find(|slot| slot.name == name);
    let prompt = slot.map(|slot| slot.prompt.clone()).unwrap_or_default();
    let own = slot.map(|slot| slot.description.clone()).filter(|text| !text.is_empty());
    Missing { name: name.to_owned(), prompt, description: own.unwrap_or_else(|| spec.description(name)) }
}

fn optional(spec: &ToolSpec, known: &Map<String, Value>) -> Vec<String> {
    spec.names().filter(|name| !known.contains_key(*name)).map(str::to_owned).collect()
}

fn speak(script: &Script<'_>, node: &Node) -> Ask {
    let instruction = words::step(node);
    if node.action == Action::Answer {
        let documents = words::documents_to_name(script.graph).cloned().collect();
        let company = script.graph.about().intro.clone();
        return Ask::Answer { documents, company, skippable: node.can_skip, instruction };
    }
    let start = node.id == script.graph.start().id;
    Ask::Say {
        text: node.text.trim().to_owned(),
        verbatim: node.verbatim || (start && !node.text.trim().is_empty()),
        choices: node.choices.clone(),
        skippable: node.can_skip,
        instruction,
    }
}

/// Something to say in the model's own words.
fn say(instruction: String) -> Ask {
    Ask::Say { text: String::new(), verbatim: false, choices: vec![], skippable: false, instruction }
}

fn choose(state: &State, script: &Script<'_>) -> Ask {
    let candidates = intents::candidates(state, script);
    if candidates.is_empty() {
        return lost(state, script, &Lost::NoIntent);
    }
    Ask::Intent { candidates, instruction: words::CHOOSE.to_owned() }
}

fn switch(state: &State, script: &Script<'_>, to: &Matter, was: &Phase) -> Ask {
    let was = State { phase: was.clone(), ..state.clone() };
    let offers = intents::offers(&was, script.graph);
    let found = offers.iter().find(|offer| to.began_by(offer.edge));
    match found {
        Some(offer) => Ask::Switch {
            from: matter(state, script),
            to: intents::candidate(offer, script.graph),
            instruction: words::SWITCH.to_owned(),
        },
        None => of(&was, script),
    }
}

/// What the matter at hand is called.
fn matter(state: &State, script: &Script<'_>) -> String {
    let edge = script.graph.edges().iter().find(|edge| state.is_about(edge));
    let intent = edge.and_then(|edge| edge.intent.as_ref());
    intent.map_or_else(|| words::step(script.node(&state.at)), |intent| intent.text.clone())
}

/// Nothing fits.
pub(super) fn lost(state: &State, script: &Script<'_>, why: &Lost) -> Ask {
    Ask::Nothing {
        reason: why.reason(),
        failed: state.failed.clone().filter(|_| *why == Lost::Failed),
        candidates: intents::candidates(state, script),
        instruction: words::NOTHING.to_owned(),
    }
}

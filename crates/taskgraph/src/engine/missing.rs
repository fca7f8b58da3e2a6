//! The questions of a step: the required arguments that are not known, as the model reads of them.

use serde_json::{Map, Value};

use super::{
    action::MissingArgument,
    arguments::{arguments, repeated_hand_off, required, spec, tool_name},
    context::RunContext,
    handoff,
    known_value::Source,
    log_due, passed_on, shown_times,
    state::{CONTACT, State},
    toolbox::{self, BOOKING_TOOL, REACH, ToolSpec},
};
use crate::{graph::Node, instructions, rules::IDENTIFY_TOOL};

/// The required arguments that are not known.
pub(super) fn missing(state: &State, context: &RunContext<'_>, node: &Node) -> Vec<MissingArgument> {
    let Some(spec) = spec(state, context, node).filter(|_| !log_due::is_due(state, context, node)) else {
        return vec![];
    };
    let known = arguments(state, context, node);
    let tool = tool_name(state, context, node);
    if state.doubted.is_some() && tool == IDENTIFY_TOOL {
        return vec![correction()];
    }
    let one_of = toolbox::ONE_OF.iter().find(|(of, _)| *of == tool).map_or(&[][..], |(_, names)| names);
    let has = |name: &&&str| spec.has(name);
    // Who was shown several may name themselves by an address as well.
    if tool == IDENTIFY_TOOL && !state.choices.is_empty() && !one_of.iter().any(|name| known.contains_key(*name)) {
        return vec![choice(state)];
    }
    let mut open: Vec<&str> = required(&spec, node).into_iter().filter(|name| !known.contains_key(*name)).collect();
    let lacks = |name: &&str| !known.contains_key(*name);
    let usual = one_of.iter().find(has).filter(|_| one_of.iter().filter(has).all(lacks));
    if passed_on::is_about_appointments(state, context, &tool) && state.appointments.len() > 1 {
        let which = passed_on::meant(state, context, &tool).is_empty();
        return which.then(|| which_appointment(state)).into_iter().collect();
    }
    open.extend(Some(REACH).filter(|_| is_unreached(state, context, (&tool, &spec), &known)));
    let unsettled = tool == BOOKING_TOOL && shown_times::lengths(state).is_some();
    open.extend(Some(shown_times::LENGTH).filter(|name| unsettled && spec.has(name) && !open.contains(name)));
    let requirements = if tool == BOOKING_TOOL { shown_times::requirements(state) } else { vec![] };
    let shared = tool == toolbox::ADD_TOOL && shared_with_somebody(state);
    open.extend(Some(toolbox::SHARED).filter(|name| shared && spec.has(name) && lacks(name)));
    open.extend(usual.filter(|usual| !open.contains(usual)));
    let asked = open.into_iter().map(|name| describe(state, context, node, &spec, name));
    let required = requirements.into_iter().filter(|(name, _)| spec.has(name)).map(|(name, description)| {
        MissingArgument { name: name.to_owned(), prompt: String::new(), description, example: None }
    });
    asked.chain(required).collect()
}

/// Returns `true` if somebody has the phone number or mailbox of the new customer, who has not said yet who they are.
fn shared_with_somebody(state: &State) -> bool {
    let shared = state.failed.as_ref().is_some_and(|failed| failed.details.contains_key(toolbox::MATCHED_BY));
    shared && state.known.get("email").is_none_or(|email| email.refused)
}

/// Returns `true` if it is to be asked how a customer is reached: a task can do without, a hand-off at once cannot.
fn is_unreached(
    state: &State,
    context: &RunContext<'_>,
    (tool, spec): (&str, &ToolSpec),
    known: &Map<String, Value>,
) -> bool {
    match tool {
        toolbox::TASK_TOOL if spec.has(REACH) => {
            let again = repeated_hand_off(state, context, tool).is_some();
            handoff::must_ask_reach(state) && !again && !known.contains_key(REACH)
        }
        toolbox::LIVE_TOOL => !known.contains_key("contact"),
        _ => false,
    }
}

/// The question whether the address before was wrong.
fn correction() -> MissingArgument {
    let (name, description) = (toolbox::CORRECTION.to_owned(), instructions::CORRECTION.to_owned());
    MissingArgument { name, prompt: String::new(), description, example: Some(true.into()) }
}

/// The question which of several appointments is meant.
fn which_appointment(state: &State) -> MissingArgument {
    let also = if state.passed_on.is_empty() { "" } else { "; also of one whose wish before is off" };
    let description = format!("The `meeting_id` of the appointment that is meant, a list of several, or `all`{also}");
    let example = state.appointments.first().map(|first| first[toolbox::APPOINTMENT].clone());
    MissingArgument { name: toolbox::APPOINTMENT.to_owned(), prompt: String::new(), description, example }
}

/// The question which of the contacts that were found is the customer.
pub(super) fn choice(state: &State) -> MissingArgument {
    let description = match state.choices.len() {
        1 => "The `contact_id` if the customer says that this is them, or their `email`",
        _ => "The `contact_id` of the one of those found that the customer is, or send their `email`",
    };
    let description = description.to_owned();
    let example = state.choices.first().cloned();
    MissingArgument { name: CONTACT.to_owned(), prompt: String::new(), description, example }
}

/// Returns `true` if the node recognises the customer and the graph can search for them too.
fn searches_by_name(context: &RunContext<'_>, node: &Node) -> bool {
    context.own_tool(node) == Some(IDENTIFY_TOOL) && context.has_tool(toolbox::SEARCH_TOOL)
}

fn describe(state: &State, context: &RunContext<'_>, node: &Node, spec: &ToolSpec, name: &str) -> MissingArgument {
    let slot = node.slots.iter().find(|slot| slot.name == name);
    let prompt = slot.map(|slot| slot.prompt.clone()).unwrap_or_default();
    let own = slot.map(|slot| slot.description.clone()).filter(|text| !text.is_empty());
    let written = spec.description(name);
    // What failed says what to do about it.
    let written = if name == toolbox::SHARED { String::new() } else { written };
    let (about, example) = instructions::about_argument(&written);
    let taken = name == shown_times::START && state.shown.as_ref().is_some_and(|shown| shown.is_taken);
    let said = state.known.get(name).filter(|known| !known.refused && known.source != Source::Tool && !taken);
    let times = (name == shown_times::START).then(|| shown_times::example(state)).flatten();
    let choice = state.choices.first().filter(|_| toolbox::identifies(name)).cloned();
    let about = if name == REACH && !spec.has(REACH) { instructions::HOW_TO_REACH.to_owned() } else { about };
    let by_name = name == toolbox::ADDRESSES[0] && searches_by_name(context, node);
    let about = if by_name { instructions::ADDRESS_OR_NAME.to_owned() } else { about };
    // The author's question says all that a description would, except of what an object is made.
    let parts = toolbox::parts_of(&tool_name(state, context, node), name);
    let (about, example) = match () {
        () if !parts.is_empty() => (instructions::parts(toolbox::usual(parts)), None),
        () if !prompt.is_empty() => (String::new(), None),
        () => (about, example),
    };
    let lengths = shown_times::lengths(state).filter(|_| name == shown_times::LENGTH);
    let (about, example) = lengths.map_or((about, example), |all| (instructions::lengths(all), None));
    let example =
        choice.or_else(|| said.map(|known| known.value.clone())).or_else(|| times.or(example).map(Value::from));
    MissingArgument { name: name.to_owned(), prompt, description: own.unwrap_or(about), example }
}

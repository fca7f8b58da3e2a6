//! The values for the arguments of a tool, as they are known.

use serde_json::{Map, Value};

use super::{
    context::RunContext,
    hand_off,
    known_value::{KnownValue, Source},
    search_key, shown_times,
    state::{CONTACT, State},
    toolbox::{self, ALTERNATIVE_ARGUMENTS, BOOKING_TOOL, TIMES_TOOL, ToolSpec, Words},
    words,
};
use crate::{
    graph::{Edge, Node},
    resource::Behavior,
    rules::IDENTIFY_TOOL,
};

/// The name of the node's tool, also of another server's.
pub(super) fn tool_name(context: &RunContext<'_>, node: &Node) -> String {
    match &node.behavior {
        Behavior::Tool(tool) => (*tool).to_owned(),
        Behavior::AddedTool(tool) | Behavior::Foreign(tool) => tool.clone(),
        _ => context.own_tool(node).unwrap_or_default().to_owned(),
    }
}

/// The known values for the arguments of the node's tool.
pub(super) fn arguments(state: &State, context: &RunContext<'_>, node: &Node) -> Map<String, Value> {
    let Some(spec) = context.spec(node) else { return Map::new() };
    let tool = tool_name(context, node);
    if let Some(before) = repeated_hand_off(state, context, node, &spec) {
        return before;
    }
    let required = required(&spec, node);
    let superseded = superseded(state, &tool);
    let mut arguments = Map::new();
    for name in spec.names().filter(|name| Some(*name) != superseded) {
        let value = value_of(state, context, node, (&tool, name), required.contains(&name));
        if let Some(value) = value.filter(|value| spec.takes(name, value)) {
            arguments.insert(name.to_owned(), value);
        }
    }
    with_time_wanted(state, &tool, &mut arguments);
    arguments
}

/// The values of the hand-off that is asked for once more.
pub(super) fn repeated_hand_off(
    state: &State,
    context: &RunContext<'_>,
    node: &Node,
    spec: &ToolSpec,
) -> Option<Map<String, Value>> {
    let tool = tool_name(context, node);
    let hands_off = tool == toolbox::HAND_OFF_TOOL && !is_about_appointments(state, context, &tool);
    hand_off::asked_before(state, context, spec).filter(|_| hands_off)
}

/// The value for an argument: the node's own, what was said or found, what single values make up, the customer's words,
/// or what was said for an earlier topic.
fn value_of(
    state: &State,
    context: &RunContext<'_>,
    node: &Node,
    (tool, name): (&str, &str),
    required: bool,
) -> Option<Value> {
    let fixed = node.slots.iter().find(|slot| slot.name == name).and_then(|slot| slot.fixed.clone());
    let known = state.known.get(name).filter(|known| !known.refused);
    let fresh = known.filter(|known| !known.stale && is_agreed(state, tool, name, known));
    let stale = known.filter(|known| required && is_agreed(state, tool, name, known));
    fixed
        .or_else(|| of_appointment(state, context, tool, name))
        .or_else(|| composed(state, tool, name, fresh))
        .or_else(|| fresh.and_then(|known| of_kind(tool, name, &known.value)))
        .or_else(|| words_of(state, context, tool, name).map(Value::from))
        .or_else(|| by_address(state, tool, name))
        .or_else(|| searched(state, context, node, name))
        .or_else(|| stale.and_then(|known| of_kind(tool, name, &known.value)))
}

/// The value without the data of a person, which an object of another record's properties has no place for.
fn of_kind(tool: &str, name: &str, value: &Value) -> Option<Value> {
    let foreign = name == toolbox::PROPERTIES && !toolbox::composes(tool);
    let Some(fields) = value.as_object().filter(|_| foreign) else { return Some(value.clone()) };
    let others = fields.iter().filter(|(name, _)| !toolbox::CUSTOMER_ARGUMENTS.contains(&name.as_str()));
    let others: Map<String, Value> = others.map(|(name, value)| (name.clone(), value.clone())).collect();
    (fields.is_empty() || !others.is_empty()).then(|| others.into())
}

fn is_agreed(state: &State, tool: &str, name: &str, known: &KnownValue) -> bool {
    tool != BOOKING_TOOL || name != shown_times::START || shown_times::agreed(state, known)
}

/// The text to search for, made of what was said of whom it is.
fn searched(state: &State, context: &RunContext<'_>, node: &Node, name: &str) -> Option<Value> {
    if name != toolbox::QUERY || context.own_tool(node) != Some(toolbox::SEARCH_TOOL) {
        return None;
    }
    let corrects = |edge: &Edge| context.own_tool(context.node(&edge.to)) == Some(toolbox::UPDATE_TOOL);
    let corrects = context.graph.edges_from(&node.id).any(corrects);
    let since = search_key::since(state, context.has_tool(IDENTIFY_TOOL));
    search_key::of(state, since, corrects).map(|key| key.text.into())
}

/// The object that is made of the single values which the customer has stated.
fn composed(state: &State, tool: &str, name: &str, given: Option<&KnownValue>) -> Option<Value> {
    let stated = |known: &&KnownValue| known.source != Source::Tool && !known.faulty;
    let parts = toolbox::parts_of(tool, name).iter().filter_map(|part| {
        let known = state.known.get(*part).filter(stated)?;
        Some(((*part).to_owned(), known.value.clone()))
    });
    let mut object: Map<String, Value> = parts.collect();
    if !has_name(&object) {
        object.extend(parted_name(state, tool).into_iter().flatten());
    }
    if object.is_empty() {
        return None;
    }
    object.extend(given.and_then(|known| known.value.as_object().cloned()).unwrap_or_default());
    Some(object.into())
}

fn has_name(object: &Map<String, Value>) -> bool {
    ["firstname", "lastname"].iter().any(|part| object.contains_key(*part))
}

/// The first and the last name of a new customer who has said the whole one.
fn parted_name(state: &State, tool: &str) -> Option<[(String, Value); 2]> {
    let known = state.known.get(toolbox::NAME).filter(|_| tool == toolbox::ADD_TOOL)?;
    let name = known.value.as_str().filter(|_| known.source != Source::Tool && !known.faulty)?;
    let (first, last) = name.trim().rsplit_once(' ')?;
    Some([("firstname", first.trim()), ("lastname", last)].map(|(part, text)| (part.to_owned(), text.into())))
}

/// The appointments that a hand-off is about: the one that the customer has, the one they have chosen, or those that
/// their words name.
pub(super) fn appointments_meant<'s>(state: &'s State, context: &RunContext<'_>, tool: &str) -> Vec<&'s Value> {
    let all = || state.appointments.iter();
    if !is_about_appointments(state, context, tool) || state.appointments.len() < 2 {
        return all().filter(|_| is_about_appointments(state, context, tool)).collect();
    }
    if let Some(chosen) = state.known.get(toolbox::APPOINTMENT).filter(|known| !known.stale) {
        return all().filter(|one| one[toolbox::APPOINTMENT] == chosen.value).collect();
    }
    let words = state.words.as_deref().unwrap_or_default().to_lowercase();
    let names = |one: &&Value, field: &str| {
        let name = one[field].as_str().unwrap_or_default().trim().to_lowercase();
        !name.is_empty() && words.contains(&name)
    };
    let by_title: Vec<&Value> = all().filter(|one| names(one, "title")).collect();
    let by_day: Vec<&Value> = all().filter(|one| names(one, "weekday")).collect();
    if by_title.is_empty() && by_day.len() == 1 { by_day } else { by_title }
}

/// Returns `true` if a hand-off follows the look-up of appointments in the topic at hand.
pub(super) fn is_about_appointments(state: &State, context: &RunContext<'_>, tool: &str) -> bool {
    let looks = |id| context.own_tool(context.node(id)) == Some(toolbox::MEETINGS_TOOL);
    tool == toolbox::HAND_OFF_TOOL && state.entered.iter().any(looks)
}

/// What the colleague needs to know of the appointment, and whose it is.
fn of_appointment(state: &State, context: &RunContext<'_>, tool: &str, name: &str) -> Option<Value> {
    if !["owner", "reason"].contains(&name) {
        return None;
    }
    let about = appointments_meant(state, context, tool);
    let first = about.first()?;
    if name == "owner" {
        let same = about.iter().all(|one| one["owner_id"] == first["owner_id"]);
        return first.get("owner_id").filter(|_| same).cloned();
    }
    let line = |one: &&Value| {
        let parts = ["weekday", "start", "title", "owner", toolbox::APPOINTMENT].map(|name| one[name].as_str());
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    };
    let lines: Vec<String> = about.iter().map(|one| format!("Appointment: {}", line(one))).collect();
    Some(format!("{}\n{}", words_of(state, context, tool, name)?, lines.join("\n")).into())
}

/// Whose task it is and how to reach them, where a person is asked for before anybody was looked up.
fn by_address(state: &State, tool: &str, name: &str) -> Option<Value> {
    if tool != toolbox::HAND_OFF_TOOL || state.known.contains_key(CONTACT) {
        return None;
    }
    let email = state.known.get("email");
    let valid = email.filter(|email| !email.refused);
    if let Some(email) = valid_address(state).filter(|_| name == "contact" && valid.is_none()) {
        return Some(email.into());
    }
    let reach = || state.known.get("phone").or(email.filter(|email| email.refused));
    let known = match name {
        "contact" => valid,
        "reach" => reach(),
        _ => None,
    };
    known.map(|known| known.value.clone())
}

/// The address in what was said of how the customer is reached.
fn valid_address(state: &State) -> Option<&str> {
    let reach = state.known.get("reach").filter(|reach| !reach.refused && !reach.stale)?;
    let refused = state.known.get("email").filter(|email| email.refused).map(|email| &email.value);
    words::address(reach.value.as_str()?).filter(|address| refused.is_none_or(|refused| refused != address))
}

/// The customer's words for an argument that takes them.
fn words_of(state: &State, context: &RunContext<'_>, tool: &str, name: &str) -> Option<String> {
    let tells = |words: &String| words::tell_something(words, state, context.graph);
    match toolbox::words_for(tool, name)? {
        Words::Conversation => (!state.logged && !state.said.is_empty()).then(|| state.said.join("\n")),
        Words::Matter => state.answer.clone().or_else(|| state.words.clone().filter(tells)),
        Words::Request => Some(hand_off::request(state, context.graph)),
    }
}

/// Free times are asked for with the time that the customer has named.
fn with_time_wanted(state: &State, tool: &str, arguments: &mut Map<String, Value>) {
    let time = state.known.get(shown_times::START).filter(|known| !known.refused && !known.stale);
    let time = time.and_then(|known| known.value.as_str()).filter(|_| tool == TIMES_TOOL);
    if let (Some(time), Some(Value::String(day))) = (time, arguments.get_mut(shown_times::DAY))
        && !shown_times::names_part(day)
    {
        *day = format!("{day} {time}");
    }
}

/// Of two arguments of which the tool takes one, the one that stands superseded: what the customer names goes first.
fn superseded(state: &State, tool: &str) -> Option<&'static str> {
    let &(_, named, usual) = ALTERNATIVE_ARGUMENTS.iter().find(|(of, ..)| *of == tool)?;
    let usable = |name: &str| state.known.get(name).filter(|known| !known.refused);
    // A ticket that is named by its id is looked for among the customer's own.
    let own = named == toolbox::TICKET && state.known.contains_key(CONTACT);
    let said = usable(named).is_some_and(|known| known.source != Source::Tool && !known.stale) && !own;
    usable(usual).map(|_| if said { usual } else { named })
}

/// The arguments that the tool or the node requires.
pub(super) fn required<'s>(spec: &'s ToolSpec, node: &Node) -> Vec<&'s str> {
    let of_node = |name: &&str| node.slots.iter().any(|slot| slot.required && slot.name == **name);
    let of_tool: Vec<&str> = spec.required().collect();
    let more = spec.names().filter(|name| of_node(name) && !of_tool.contains(name));
    of_tool.iter().copied().chain(more).collect()
}

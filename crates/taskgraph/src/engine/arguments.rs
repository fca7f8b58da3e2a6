//! The values for the arguments of a tool, as they are known.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::{
    context::RunContext,
    handoff,
    known_value::{KnownValue, Source},
    passed_on, search_key, shown_times,
    state::{CONTACT, State},
    task_title, ticket_meant,
    toolbox::{self, ALTERNATIVE_ARGUMENTS, BOOKING_TOOL, TIMES_TOOL, ToolSpec, Words},
    words,
};
use crate::{
    graph::{Edge, Node},
    resource::Behavior,
    rules::IDENTIFY_TOOL,
};

/// The value with a phone number.
const PHONE: &str = "phone";

/// The name of the node's tool, also of another server's.
pub(super) fn tool_name(state: &State, context: &RunContext<'_>, node: &Node) -> String {
    match &node.behavior {
        Behavior::Tool(tool) => (*tool).to_owned(),
        Behavior::AddedTool(tool) | Behavior::Foreign(tool) => tool.clone(),
        _ => handoff::tool(state, context, node).unwrap_or_default().to_owned(),
    }
}

/// The name of the node's tool if it is one of this server's, and else nothing.
pub(super) fn own_tool<'n>(state: &State, context: &RunContext<'_>, node: &'n Node) -> &'n str {
    context.own_tool(node).or_else(|| handoff::tool(state, context, node)).unwrap_or_default()
}

/// Describes the node's tool.
pub(super) fn spec<'a>(state: &State, context: &RunContext<'a>, node: &Node) -> Option<Cow<'a, ToolSpec>> {
    context.spec(node).or_else(|| context.spec_of(handoff::tool(state, context, node)?))
}

/// The known values for the arguments of the node's tool.
pub(super) fn arguments(state: &State, context: &RunContext<'_>, node: &Node) -> Map<String, Value> {
    let Some(spec) = spec(state, context, node) else { return Map::new() };
    let tool = tool_name(state, context, node);
    if let Some(before) = repeated_hand_off(state, context, &tool) {
        return before;
    }
    let required = required(&spec, node);
    let superseded = superseded(state, context, node, &tool);
    let mut arguments = Map::new();
    for name in spec.names().filter(|name| Some(*name) != superseded) {
        let value = value_of(state, context, node, (&tool, name), required.contains(&name));
        if let Some(value) = value.filter(|value| spec.takes(name, value)) {
            arguments.insert(name.to_owned(), value);
        }
    }
    with_time_wanted(state, &tool, &mut arguments);
    state.elide_words(&mut arguments);
    arguments
}

/// The values of the hand-off by this tool that is asked for once more.
pub(super) fn repeated_hand_off(state: &State, context: &RunContext<'_>, tool: &str) -> Option<Map<String, Value>> {
    toolbox::request_argument(tool)?;
    handoff::asked_before(state, context).filter(|(before, _)| *before == tool).map(|(_, values)| values)
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
        .or_else(|| passed_on::argument(state, context, tool, name))
        .or_else(|| composed(state, tool, name, fresh))
        .or_else(|| fresh.and_then(|known| of_kind(tool, name, &known.value)))
        .or_else(|| requested(state, tool, name))
        .or_else(|| words_of(state, context, tool, name).map(Value::from))
        .or_else(|| handoff::by_address(state, tool, name))
        .or_else(|| searched(state, context, node, name))
        .or_else(|| task_title::of_task(state, context, tool).filter(|_| name == task_title::SUBJECT))
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

/// Builds the search query from what is known of the person.
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
    let parts = toolbox::parts_of(tool, name);
    let is_composed = !parts.is_empty();
    let parts = parts.iter().filter_map(|part| {
        let known = state.known.get(*part).filter(stated)?;
        Some(((*part).to_owned(), known.value.clone()))
    });
    let mut object: Map<String, Value> = parts.collect();
    if !object.is_empty() && !object.contains_key(PHONE) {
        object.extend(number_of_stranger(state, tool).map(|number| (PHONE.to_owned(), number.into())));
    }
    if is_composed && !has_name(&object) {
        object.extend(parted_name(state, tool).into_iter().flatten());
    }
    if object.is_empty() {
        return None;
    }
    object.extend(given.and_then(|known| known.value.as_object().cloned()).unwrap_or_default());
    Some(object.into())
}

/// The number at which somebody wants to be reached who becomes a customer.
fn number_of_stranger(state: &State, tool: &str) -> Option<String> {
    let reach = state.known.get(toolbox::REACH).filter(|reach| !reach.refused && tool == toolbox::ADD_TOOL)?;
    words::phone(reach.value.as_str()?)
}

fn has_name(object: &Map<String, Value>) -> bool {
    ["firstname", "lastname"].iter().any(|part| object.contains_key(*part))
}

/// The first and the last name of a new customer who has said the whole one, or corrects it.
fn parted_name(state: &State, tool: &str) -> Option<[(String, Value); 2]> {
    let of_new = tool == toolbox::ADD_TOOL || (tool == toolbox::UPDATE_TOOL && state.added_as.is_some());
    let known = state.known.get(toolbox::NAME).filter(|_| of_new)?;
    let name = known.value.as_str().filter(|_| known.source != Source::Tool && !known.faulty)?;
    let (first, last) = name.trim().rsplit_once(' ')?;
    Some([("firstname", first.trim()), ("lastname", last)].map(|(part, text)| (part.to_owned(), text.into())))
}

/// The wish for a person as it was stated for the other tool that brings one.
fn requested(state: &State, tool: &str, name: &str) -> Option<Value> {
    let other = state.known.get(toolbox::same_request(tool, name)?)?;
    (!other.refused && !other.stale).then(|| other.value.clone())
}

/// The customer's words for an argument that takes them.
fn words_of(state: &State, context: &RunContext<'_>, tool: &str, name: &str) -> Option<String> {
    let tells = |words: &String| words::tell_something(words, state, context.graph);
    match toolbox::words_for(tool, name)? {
        Words::Conversation => (!state.logged && !state.said.is_empty()).then(|| state.said.join("\n")),
        Words::Matter => {
            let begins = |words: &String| {
                let edge = context.graph.all_edges().find(|edge| state.is_about(edge));
                edge.is_some_and(|edge| words::only_begin(words, edge))
            };
            state.answer.clone().or_else(|| state.words.clone().filter(|words| tells(words) && !begins(words)))
        }
        Words::Request => Some(handoff::request(state, context)),
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
fn superseded(state: &State, context: &RunContext<'_>, node: &Node, tool: &str) -> Option<&'static str> {
    let &(_, named, usual) = ALTERNATIVE_ARGUMENTS.iter().find(|(of, ..)| *of == tool)?;
    let usable = |name: &str| state.known.get(name).filter(|known| !known.refused);
    // A ticket that is named by its id is looked for among the customer's own. There it is read.
    let reads = ticket_meant::tells_tickets(context, node) && ticket_meant::is_listed(state);
    let own = named == toolbox::TICKET && state.known.contains_key(CONTACT) && !reads;
    // A customer who is known has the address that a tool has given for them: a number is looked for only without it.
    let theirs = named != toolbox::TICKET && state.known.contains_key(CONTACT);
    let said = usable(named).is_some_and(|known| (theirs || known.source != Source::Tool) && !known.stale) && !own;
    usable(usual).map(|_| if said { usual } else { named })
}

/// The arguments that the tool or the node requires.
pub(super) fn required<'s>(spec: &'s ToolSpec, node: &Node) -> Vec<&'s str> {
    let of_node = |name: &&str| node.slots.iter().any(|slot| slot.required && slot.name == **name);
    let of_tool: Vec<&str> = spec.required().collect();
    let more = spec.names().filter(|name| of_node(name) && !of_tool.contains(name));
    of_tool.iter().copied().chain(more).collect()
}

//! The action of a state. It is a function of the state alone, so returning to a suspended topic needs no stored
//! action.

use serde_json::{Map, Value};

use super::{
    action::{Action, MissingArgument},
    context::RunContext,
    hand_off, intents,
    known_value::{KnownValue, Source},
    shown_times,
    state::{CONTACT, Phase, State},
    toolbox::{self, ALTERNATIVE_ARGUMENTS, BOOKING_TOOL, TIMES_TOOL, ToolSpec, Words},
    topic::Topic,
    words,
};
use crate::{
    graph::Node,
    instructions::{self, DeadEnd},
    resource::Behavior,
    rules::IDENTIFY_TOOL,
};

/// Returns the action of the current state.
pub(super) fn current(state: &State, context: &RunContext<'_>) -> Action {
    let node = context.node(&state.at);
    match &state.phase {
        Phase::Fill => fill(state, context, node),
        Phase::Speak => speak(state, context, node),
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
    if let Some(phone) = hand_off::number_to_look_up(state, context, node).filter(|_| missing.is_empty()) {
        return look_up(state, phone);
    }
    let known = arguments(state, context, node);
    let (tool, failed, skippable) = (tool_name(context, node), state.failed.clone(), node.can_skip);
    let optional = optional(context, node, &known, &missing);
    if missing.is_empty() {
        let ours = context.own_tool(node).is_some();
        let instruction = instructions::call(node, ours, failed.is_some());
        return Action::Call { tool, arguments: known, optional, ours, failed, skippable, instruction };
    }
    let times = state.shown.is_some() && missing.iter().any(|missing| missing.name == shown_times::START);
    let instruction = instructions::slots(node, failed.is_some(), times);
    Action::Slots { tool, missing, optional, failed, skippable, instruction }
}

/// The call that finds out who asks for a person.
fn look_up(state: &State, phone: String) -> Action {
    Action::Call {
        tool: IDENTIFY_TOOL.to_owned(),
        arguments: hand_off::look_up(state, phone),
        optional: vec![],
        ours: true,
        failed: None,
        skippable: false,
        instruction: instructions::look_up(IDENTIFY_TOOL),
    }
}

fn tool_name(context: &RunContext<'_>, node: &Node) -> String {
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
        if let Some(value) = value_of(state, context, node, (&tool, name), required.contains(&name)) {
            arguments.insert(name.to_owned(), value);
        }
    }
    with_time_wanted(state, &tool, &mut arguments);
    arguments
}

/// The values of the hand-off that is asked for once more.
fn repeated_hand_off(
    state: &State,
    context: &RunContext<'_>,
    node: &Node,
    spec: &ToolSpec,
) -> Option<Map<String, Value>> {
    let tool = tool_name(context, node);
    let hands_off = tool == toolbox::HAND_OFF_TOOL && !is_about_appointments(state, context, &tool);
    hand_off::asked_before(state, context, spec).filter(|_| hands_off).cloned()
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
        .or_else(|| fresh.map(|known| known.value.clone()))
        .or_else(|| words_of(state, context, tool, name).map(Value::from))
        .or_else(|| by_address(state, tool, name))
        .or_else(|| stale.map(|known| known.value.clone()))
}

fn is_agreed(state: &State, tool: &str, name: &str, known: &KnownValue) -> bool {
    tool != BOOKING_TOOL || name != shown_times::START || shown_times::agreed(state, known)
}

/// The object that is made of the single values which the customer has stated.
fn composed(state: &State, tool: &str, name: &str, given: Option<&KnownValue>) -> Option<Value> {
    let stated = |known: &&KnownValue| known.source != Source::Tool;
    let parts = toolbox::parts_of(tool, name).iter().filter_map(|part| {
        let known = state.known.get(*part).filter(stated)?;
        Some(((*part).to_owned(), known.value.clone()))
    });
    let mut object: Map<String, Value> = parts.collect();
    if object.is_empty() {
        return None;
    }
    object.extend(given.and_then(|known| known.value.as_object().cloned()).unwrap_or_default());
    Some(object.into())
}

/// The appointments that a hand-off is about: the one that the customer has, the one they have chosen, or those that
/// their words name.
fn appointments_meant<'s>(state: &'s State, context: &RunContext<'_>, tool: &str) -> Vec<&'s Value> {
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
fn is_about_appointments(state: &State, context: &RunContext<'_>, tool: &str) -> bool {
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
        Words::Matter => state.words.clone().filter(tells),
        Words::Request => Some(request(state, tells)),
    }
}

/// What a person reads of the customer's wish: their words of the matter, what they came with before, or at least their
/// last message. Older matters are none of it.
fn request(state: &State, tells: impl Fn(&String) -> bool) -> String {
    if let Some(words) = state.words.clone().filter(&tells) {
        return words;
    }
    let before =
        state.stack.last().and_then(|frame| frame.words.as_ref()).or(state.left.last().map(|left| &left.words));
    let said = [before.filter(|words| tells(words)), state.words.as_ref()];
    let mut said: Vec<&str> = said.into_iter().flatten().map(String::as_str).collect();
    if said.is_empty() && !state.logged {
        said.extend(state.said.iter().map(String::as_str));
    }
    let text = said.join("\n");
    if text.trim().is_empty() { WISH_UNSAID.to_owned() } else { text }
}

/// The reason of a customer who asks for a person and says nothing else.
const WISH_UNSAID: &str = "The customer asks for a person.";

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
    let said = usable(named).is_some_and(|known| known.source != Source::Tool && !known.stale);
    usable(usual).map(|_| if said { usual } else { named })
}

/// The arguments that the tool or the node requires.
fn required<'s>(spec: &'s ToolSpec, node: &Node) -> Vec<&'s str> {
    let of_node = |name: &&str| node.slots.iter().any(|slot| slot.required && slot.name == **name);
    let of_tool: Vec<&str> = spec.required().collect();
    let more = spec.names().filter(|name| of_node(name) && !of_tool.contains(name));
    of_tool.iter().copied().chain(more).collect()
}

/// The required arguments that are not known.
pub(super) fn missing(state: &State, context: &RunContext<'_>, node: &Node) -> Vec<MissingArgument> {
    let Some(spec) = context.spec(node) else { return vec![] };
    let known = arguments(state, context, node);
    let tool = tool_name(context, node);
    let one_of = toolbox::ONE_OF.iter().find(|(of, _)| *of == tool).map_or(&[][..], |(_, names)| names);
    let has = |name: &&&str| spec.has(name);
    // Who was shown several may name themselves by an address as well.
    if tool == IDENTIFY_TOOL && !state.choices.is_empty() && !one_of.iter().any(|name| known.contains_key(*name)) {
        return vec![choice(state)];
    }
    let mut open: Vec<&str> = required(&spec, node).into_iter().filter(|name| !known.contains_key(*name)).collect();
    let lacks = |name: &&str| !known.contains_key(*name);
    let usual = one_of.iter().find(has).filter(|_| one_of.iter().filter(has).all(lacks));
    if is_about_appointments(state, context, &tool) && state.appointments.len() > 1 {
        let which = appointments_meant(state, context, &tool).is_empty();
        return which.then(|| which_appointment(state)).into_iter().collect();
    }
    let unreached = tool == toolbox::HAND_OFF_TOOL
        && must_ask_reach(state)
        && repeated_hand_off(state, context, node, &spec).is_none();
    open.extend(Some("reach").filter(|name| unreached && spec.has(name) && lacks(name)));
    let unsettled = tool == BOOKING_TOOL && shown_times::lengths(state).is_some();
    open.extend(Some(shown_times::LENGTH).filter(|name| unsettled && spec.has(name) && !open.contains(name)));
    let shared = tool == toolbox::ADD_TOOL && shared_with_somebody(state);
    open.extend(Some(toolbox::SHARED).filter(|name| shared && spec.has(name) && lacks(name)));
    open.extend(usual.filter(|usual| !open.contains(usual)));
    open.into_iter().map(|name| describe(state, context, node, &spec, name)).collect()
}

/// Returns `true` if somebody has the phone number or mailbox of the new customer, who has not said yet who they are.
fn shared_with_somebody(state: &State) -> bool {
    let shared = state.failed.as_ref().is_some_and(|failed| failed.details.contains_key(toolbox::MATCHED_BY));
    shared && state.known.get("email").is_none_or(|email| email.refused)
}

/// Returns `true` if a person is asked for by somebody of whom nothing is known. They are asked once, and not held.
fn must_ask_reach(state: &State) -> bool {
    let known = [CONTACT, "email", "phone"].iter().any(|name| state.known.contains_key(*name));
    !known && !state.reach_asked && state.stack.is_empty() && !state.said.iter().any(|text| words::reaches(text))
}

/// The question which of several appointments is meant.
fn which_appointment(state: &State) -> MissingArgument {
    let description = "The `meeting_id` of the appointment that is meant".to_owned();
    let example = state.appointments.first().map(|first| first[toolbox::APPOINTMENT].clone());
    MissingArgument { name: toolbox::APPOINTMENT.to_owned(), prompt: String::new(), description, example }
}

/// The question which of the contacts that were found is the customer.
fn choice(state: &State) -> MissingArgument {
    let description =
        "The `contact_id` of the one of those found that the customer is, or send their `email`".to_owned();
    let example = state.choices.first().cloned();
    MissingArgument { name: CONTACT.to_owned(), prompt: String::new(), description, example }
}

fn describe(state: &State, context: &RunContext<'_>, node: &Node, spec: &ToolSpec, name: &str) -> MissingArgument {
    let slot = node.slots.iter().find(|slot| slot.name == name);
    let prompt = slot.map(|slot| slot.prompt.clone()).unwrap_or_default();
    let own = slot.map(|slot| slot.description.clone()).filter(|text| !text.is_empty());
    let written = spec.description(name);
    // What failed says what to do about it.
    let written = if name == toolbox::SHARED { String::new() } else { written };
    let (about, example) = instructions::about_argument(&written);
    let said = state.known.get(name).filter(|known| !known.refused && known.source != Source::Tool);
    let times = (name == shown_times::START).then(|| shown_times::example(state)).flatten();
    let words = toolbox::WORD_ARGUMENTS.iter().any(|(_, argument, _)| *argument == name);
    let words = state.words.clone().filter(|_| words);
    let choice = state.choices.first().filter(|_| toolbox::identifies(name)).cloned();
    // The author's question says all that a description would, except of what an object is made.
    let parts = toolbox::parts_of(&tool_name(context, node), name);
    let (about, example) = match () {
        () if !parts.is_empty() => (instructions::parts(toolbox::usual(parts)), None),
        () if !prompt.is_empty() => (String::new(), None),
        () => (about, example),
    };
    let lengths = shown_times::lengths(state).filter(|_| name == shown_times::LENGTH);
    let (about, example) = lengths.map_or((about, example), |all| (instructions::lengths(all), None));
    let example = choice
        .or_else(|| said.map(|known| known.value.clone()))
        .or_else(|| times.or(words).or(example).map(Value::from));
    MissingArgument { name: name.to_owned(), prompt, description: own.unwrap_or(about), example }
}

/// The arguments that may be added: those that a customer can state.
fn optional(
    context: &RunContext<'_>,
    node: &Node,
    known: &Map<String, Value>,
    missing: &[MissingArgument],
) -> Vec<String> {
    let Some(spec) = context.spec(node) else { return vec![] };
    let tool = tool_name(context, node);
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
    let instruction = instructions::speak(node, verbatim, ends);
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
        let instruction = instructions::choose_at(node, !state.stack.is_empty());
        return Action::Intent { candidates: own, instruction };
    }
    let candidates = intents::candidates(state, context);
    if candidates.is_empty() {
        return dead_end(state, context, &DeadEnd::NoIntent);
    }
    Action::Intent { candidates, instruction: instructions::CHOOSE.to_owned() }
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

/// The action at a dead end.
pub(super) fn dead_end(state: &State, context: &RunContext<'_>, why: &DeadEnd) -> Action {
    Action::Nothing {
        reason: why.reason(),
        failed: state.failed.clone().filter(|_| *why == DeadEnd::Failed),
        candidates: intents::candidates(state, context),
        instruction: instructions::nothing(context.hands_off()),
    }
}

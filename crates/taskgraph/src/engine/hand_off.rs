//! The hand-off to a person: who the customer is, and whether a colleague has been asked already.

use serde_json::{Map, Value};

use super::{
    context::RunContext,
    known_value::Source,
    state::{CONTACT, Phase, State},
    toolbox::{HAND_OFF_TOOL, ToolSpec},
    waiting::Wanted,
    words,
};
use crate::{
    graph::{Graph, Node},
    instructions::DeadEnd,
    rules::IDENTIFY_TOOL,
};

/// The phone number of somebody who asks for a person and is not known yet: it is looked up before a colleague is asked.
pub(super) fn number_to_look_up(state: &State, context: &RunContext<'_>, node: &Node) -> Option<String> {
    let open = state.phase == Phase::Fill
        && context.own_tool(node) == Some(HAND_OFF_TOOL)
        && context.tools.is_open(IDENTIFY_TOOL)
        && !state.looked_up
        && !state.known.contains_key(CONTACT)
        && !state.known.contains_key("email");
    let usable = |name: &str| state.known.get(name).filter(|known| !known.refused && !known.stale);
    let said = usable("phone").or_else(|| usable("reach")).filter(|_| open)?;
    words::phone(said.value.as_str()?)
}

/// The arguments of that look-up.
pub(super) fn look_up(state: &State, phone: String) -> Map<String, Value> {
    let mut arguments = Map::from_iter([("phone".to_owned(), Value::from(phone))]);
    if !state.logged && !state.said.is_empty() {
        arguments.insert("chat".to_owned(), state.said.join("\n").into());
    }
    arguments
}

/// The values with which a colleague was asked before, if this request tells nothing more: it finds the same task. How to
/// reach the customer, where it was not known, is added.
pub(super) fn asked_before(state: &State, context: &RunContext<'_>, spec: &ToolSpec) -> Option<Map<String, Value>> {
    let before = state.handed_off.as_ref()?;
    let reason = before["reason"].as_str()?;
    let waiting = state.stack.last().and_then(|frame| frame.words.as_deref());
    let new = |text: &&str| words::tell_something(text, state, context.graph) && !words::say_all_of(reason, text);
    let says_more = [waiting, state.words.as_deref()].into_iter().flatten().any(|text| new(&text));
    let said = state.known.iter().filter(|(name, known)| {
        matches!(known.source, Source::Said(_)) && !known.stale && !known.refused && spec.has(name)
    });
    let said = said.filter(|(name, known)| before.get(*name) != Some(&known.value));
    let more: Vec<(String, Value)> = said.map(|(name, known)| (name.clone(), known.value.clone())).collect();
    let reaches = more.iter().all(|(name, _)| name == REACH) && (more.is_empty() || is_unreachable(state));
    (!says_more && reaches).then(|| before.clone().into_iter().chain(more).collect())
}

/// Returns `true` if a colleague was asked without anybody knowing how the customer is reached.
pub(super) fn is_unreachable(state: &State) -> bool {
    state.handed_off.as_ref().is_some_and(|sent| !["contact", REACH].iter().any(|name| sent.contains_key(*name)))
}

/// What a person reads of the customer's wish: their words of the matter, what they came with before, or at least their
/// last message, and what they had wanted where that could not be done. Older matters are none of it.
pub(super) fn request(state: &State, graph: &Graph) -> String {
    let tells = |text: &&str| words::tell_something(text, state, graph);
    let own = state.words.as_deref();
    let wanted = state.wanted.as_ref();
    let waiting = state.stack.last().and_then(|frame| frame.words.as_deref());
    let failed = wanted.and_then(|wanted| wanted.words.as_deref()).filter(tells);
    let left = state.left.last().map(|left| left.words.as_str());
    let mut lines: Vec<&str> = match own.filter(tells) {
        Some(own) => vec![own],
        None if failed.is_some() => own.into_iter().collect(),
        None => [waiting.or(left).filter(tells), own].into_iter().flatten().collect(),
    };
    lines.extend(failed.filter(|failed| !lines.iter().any(|line| words::say_all_of(line, failed))));
    if lines.is_empty() && !state.logged {
        lines.extend(state.said.iter().map(String::as_str));
    }
    lines.extend(wanted.map(|wanted| wanted.values.as_str()).filter(|values| !values.is_empty()));
    let text = lines.join("\n");
    if text.trim().is_empty() { WISH_UNSAID.to_owned() } else { text }
}

/// The reason of a customer who asks for a person and says nothing else.
const WISH_UNSAID: &str = "The customer asks for a person.";

/// The matter from which the customer goes on to a person, if it is not done.
pub(super) fn wanted(state: &State, context: &RunContext<'_>, is_unfinished: bool) -> Option<Wanted> {
    let is_over = matches!(&state.phase, Phase::DeadEnd { why: DeadEnd::NoIntent | DeadEnd::Left });
    let has_failed = state.failed.is_some() || matches!(&state.phase, Phase::DeadEnd { .. });
    if state.topic.is_none() || is_over || !(has_failed || is_unfinished) {
        return None;
    }
    let edge = context.graph.all_edges().find(|edge| state.is_about(edge));
    let intent = edge.and_then(|edge| edge.intent.as_ref()).map_or("", |intent| intent.text.as_str());
    let values = WANTED.iter().filter_map(|name| {
        let known = state.known.get(*name).filter(|known| !known.stale && known.source != Source::Tool)?;
        Some(known.value.as_str().map_or_else(|| known.value.to_string(), str::to_owned))
    });
    let values: Vec<String> = values.collect();
    let values = if values.is_empty() { String::new() } else { format!("{intent}: {}", values.join(", ")) };
    Some(Wanted { words: state.words.clone().filter(|_| has_failed), values })
}

/// The values of a matter that whoever sees to it needs.
const WANTED: &[&str] = &["meeting_date", "meeting_start_time", "time_zone", "duration", "owner_id", "topic"];
/// The argument that says how the customer is reached.
const REACH: &str = "reach";

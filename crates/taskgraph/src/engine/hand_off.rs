//! The hand-off to a person: who the customer is, and whether a colleague has been asked already.

use serde_json::{Map, Value};

use super::{
    context::RunContext,
    known_value::Source,
    state::{CONTACT, Phase, State},
    toolbox::{HAND_OFF_TOOL, ToolSpec},
    words,
};
use crate::{graph::Node, rules::IDENTIFY_TOOL};

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

/// The values with which a colleague was asked before, if this request tells nothing more: it finds the same task.
pub(super) fn asked_before<'s>(
    state: &'s State,
    context: &RunContext<'_>,
    spec: &ToolSpec,
) -> Option<&'s Map<String, Value>> {
    let before = state.handed_off.as_ref()?;
    let reason = before["reason"].as_str()?;
    let waiting = state.stack.last().and_then(|frame| frame.words.as_deref());
    let new = |text: &&str| words::tell_something(text, state, context.graph) && !words::say_all_of(reason, text);
    let says_more = [waiting, state.words.as_deref()].into_iter().flatten().any(|text| new(&text));
    let said = state.known.iter().filter(|(name, known)| {
        matches!(known.source, Source::Said(_)) && !known.stale && !known.refused && spec.has(name)
    });
    let mut said = said.filter(|(name, known)| before.get(*name) != Some(&known.value));
    (!says_more && said.next().is_none()).then_some(before)
}

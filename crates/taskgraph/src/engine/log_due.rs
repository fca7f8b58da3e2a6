//! The log of what was said by a customer whom no look-up has logged: chosen among several, found by name, or known by
//! nothing but a number that others share.

use serde_json::{Map, Value};

use super::{
    context::RunContext,
    handoff,
    state::{CONTACT, Phase, State},
    toolbox::ADDRESSES,
};
use crate::{graph::Node, rules::IDENTIFY_TOOL};

/// The tool that logs what was said on a contact with this id.
pub(super) const LOG_TOOL: &str = "log_activity";
/// The channel under which the first tool logs as well.
const CHANNEL: &str = "CUSTOM_CHANNEL_CONVERSATION";

/// Returns `true` if the customer at hand is known and what they said is to be logged on them by their id, before the step
/// at hand goes on.
pub(super) fn is_due(state: &State, context: &RunContext<'_>, node: &Node) -> bool {
    let tool = context.own_tool(node);
    let by_task = handoff::is_task(state, context, node);
    let here = (tool == Some(IDENTIFY_TOOL) && node.can_skip) || by_task;
    // Whoever asks for a person is looked up by an address alone.
    let addresses = if by_task { &ADDRESSES[..1] } else { ADDRESSES };
    here && state.phase == Phase::Fill && is_open(state, context, addresses)
}

/// Returns `true` if the customer at hand is known, not logged, and no look-up by one of these arguments would log them. Whoever
/// was just added is not looked up: their id is known, and a search may not find them yet.
pub(super) fn is_open(state: &State, context: &RunContext<'_>, addresses: &[&str]) -> bool {
    let by_address = || addresses.iter().any(|name| state.known.get(*name).is_some_and(|known| !known.refused));
    context.has_tool(IDENTIFY_TOOL)
        && context.tools.is_open(LOG_TOOL)
        && state.known.contains_key(CONTACT)
        && !state.logged
        && !state.said.is_empty()
        && (state.is_added() || !by_address())
}

/// The arguments of the call.
pub(super) fn log_of(state: &State) -> Map<String, Value> {
    let contact = state.known.get(CONTACT).map(|known| known.value.clone()).unwrap_or_default();
    Map::from_iter([
        ("text".to_owned(), state.elided(&state.said.join("\n")).into()),
        ("contact".to_owned(), contact),
        ("channel".to_owned(), CHANNEL.into()),
    ])
}

//! The step that the customer has named ahead, once it can be chosen.

use serde_json::Value;

use super::{context::RunContext, known_value::Source, state::State, toolbox::TICKET};
use crate::graph::Edge;

/// Takes the way among these that the customer has named ahead. A ticket that they have not named themselves is shown before
/// anything is done with it.
pub(super) fn take<'a>(state: &mut State, context: &'a RunContext<'a>, ways: &[&'a Edge]) -> Option<&'a Edge> {
    let ahead = state.ahead.take_if(|ahead| ways.iter().any(|way| ahead.started_by(way)))?;
    let way = ways.iter().find(|way| ahead.started_by(way)).copied()?;
    let spec = context.spec(context.node(&way.to));
    let takes_ticket = spec.is_some_and(|spec| spec.required().any(|name| name == TICKET));
    // The one that was opened or changed in this conversation is meant where there is no other.
    let own = |id: &Value| state.written.as_ref().is_some_and(|written| written.record.as_ref() == Some(id));
    let unnamed = state.known.get(TICKET).is_some_and(|ticket| ticket.source == Source::Tool && !own(&ticket.value));
    (!takes_ticket || !unnamed).then_some(way)
}

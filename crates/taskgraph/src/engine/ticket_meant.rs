//! The ticket of a request for a person: that of the matter which is still open, unless the customer has named another or
//! none. Its owner gets the request.

use super::{
    context::RunContext,
    known_value::KnownValue,
    state::{Phase, State},
    toolbox::TICKET,
};
use crate::graph::Edge;

/// The tool that opens a ticket.
const TICKET_TOOL: &str = "create_ticket";

/// The ticket that the matter at hand is about. Of a problem that is new or that of an open ticket, nobody knows yet.
pub(super) fn at_hand(state: &State, context: &RunContext<'_>) -> Option<KnownValue> {
    let opens = |edge: &Edge| context.own_tool(context.node(&edge.to)) == Some(TICKET_TOOL);
    let undecided = state.phase == Phase::Choose && context.graph.edges_from(&state.at).any(opens);
    let known = state.known.get(TICKET).filter(|known| !known.refused && !known.stale);
    known.filter(|_| state.topic.is_some() && !undecided).cloned()
}

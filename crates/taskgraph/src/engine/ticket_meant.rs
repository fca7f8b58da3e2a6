//! The ticket of a request for a person: that of the matter which is still open, unless the customer has named another or
//! none. Its owner gets the request.

use serde_json::Value;

use super::{
    context::RunContext,
    known_value::{KnownValue, Source},
    state::{Phase, State},
    toolbox::{TICKET, TICKETS_TOOL, plain_id},
};
use crate::graph::{Edge, Node};

/// The tool that opens a ticket.
const TICKET_TOOL: &str = "create_ticket";

/// Returns `true` if the node tells the customer of their tickets, and not only of some to choose from.
pub(super) fn tells_tickets(context: &RunContext<'_>, node: &Node) -> bool {
    context.own_tool(node) == Some(TICKETS_TOOL) && !node.slots.iter().any(|slot| slot.fixed.is_some())
}

/// Returns `true` if the customer has named one of the tickets that were found for them.
pub(super) fn is_listed(state: &State) -> bool {
    let said = state
        .known
        .get(TICKET)
        .filter(|known| matches!(known.source, Source::Said(_)) && !known.refused && !known.stale);
    let is_said = |id: &Value| said.is_some_and(|said| plain_id(&said.value) == plain_id(id));
    state.tickets.iter().flatten().any(is_said)
}

/// The ticket that the matter at hand is about. Of a problem that is new or that of an open ticket, nobody knows yet.
pub(super) fn at_hand(state: &State, context: &RunContext<'_>) -> Option<KnownValue> {
    let opens = |edge: &Edge| context.own_tool(context.node(&edge.to)) == Some(TICKET_TOOL);
    let undecided = state.phase == Phase::Choose && context.graph.edges_from(&state.at).any(opens);
    let known = state.known.get(TICKET).filter(|known| !known.refused && !known.stale);
    known.filter(|_| state.topic.is_some() && !undecided).cloned()
}

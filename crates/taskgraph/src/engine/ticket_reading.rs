//! One of the customer's tickets, read with its content and notes: it is named by its id where their tickets are told.

use serde_json::{Map, Value};

use super::{
    event::Event,
    navigation::Navigator,
    state::Phase,
    ticket_meant,
    toolbox::{TICKET, TICKETS_TOOL},
};

impl Navigator<'_> {
    /// Has the ticket read that the event names and wants nothing else of.
    pub(super) fn read_ticket(&mut self, event: &Event) {
        let names = event.slots.keys().any(|name| self.context.argument(name) == TICKET);
        let goes_on = event.tool_result.is_none() && event.switch.is_none() && self.state.phase == Phase::Choose;
        let topic = self.state.topic.as_ref();
        let same_wish = match &event.intent {
            Some(name) => topic.is_some_and(|topic| topic.is_named(name)),
            None => true,
        };
        if names && goes_on && same_wish && self.names_listed() {
            self.state.done.remove(&self.state.at);
            self.state.phase = Phase::Fill;
        }
    }

    /// Returns `true` if the tickets were listed, and one that was named with the wish to know of it is read next.
    pub(super) fn reads_next(&mut self, tool: &str, sent: &Map<String, Value>) -> bool {
        let reads = tool == TICKETS_TOOL && sent.contains_key("contact") && self.state.ahead.is_none();
        let reads = reads && self.names_listed();
        if reads {
            (self.state.tries, self.state.failed) = (0, None);
        }
        reads
    }

    fn names_listed(&self) -> bool {
        let node = self.context.node(&self.state.at);
        ticket_meant::tells_tickets(self.context, node) && ticket_meant::is_listed(&self.state)
    }
}

//! The customer who asks for a record of a colleague: it is looked up under the other address, and they stay who they are. What
//! they say is theirs, and the next matter is theirs again.

use super::{
    known_value::{Caller, Source},
    state::State,
    toolbox::{self, CUSTOMER_ARGUMENTS, REACH},
};

impl State {
    /// The customer at hand.
    pub(super) fn caller_now(&self) -> Caller {
        let theirs = self.known.iter().filter(|(name, _)| is_of_person(name));
        let known = theirs.map(|(name, known)| (name.clone(), known.clone())).collect();
        Caller { known, identified_by: self.identified_by.clone() }
    }

    /// Another matter begins: it is that of the customer who asks, with what they say now.
    pub(super) fn return_to_caller(&mut self) {
        let Some(caller) = self.caller.take() else { return };
        let now = Source::Said(self.steps);
        self.known.retain(|name, known| known.source == now || !is_of_person(name));
        for (name, known) in caller.known {
            self.known.entry(name).or_insert(known);
        }
        self.identified_by = caller.identified_by;
        self.choices.clear();
        self.tickets = None;
        self.recall();
    }
}

/// Returns `true` for the values by which somebody is known; how they are reached and their zone are said by whoever asks.
fn is_of_person(name: &str) -> bool {
    let said = CUSTOMER_ARGUMENTS.contains(&name) && ![REACH, "time_zone"].contains(&name);
    said || toolbox::identifies(name) || name == "owner_id"
}

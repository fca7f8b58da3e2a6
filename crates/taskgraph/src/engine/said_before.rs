//! The messages of the customer of which no colleague has been told: whoever is asked for next reads them, also those of
//! matters that are done, such as a question about products.

use super::{
    state::{MESSAGE_LENGTH_MAX, MESSAGES_MAX, State},
    words,
};
use crate::graph::Graph;

/// The mark before words of an earlier message.
pub(super) const SAID_BEFORE: &str = "Said before: ";

impl State {
    /// Keeps a message that tells something until a colleague is told of it.
    pub(super) fn keep_untold(&mut self, text: &str, graph: &Graph) {
        let text: String = text.trim().chars().take(MESSAGE_LENGTH_MAX).collect();
        if self.untold.contains(&text) || !words::tell_something(&text, self, graph) {
            return;
        }
        if self.untold.len() >= MESSAGES_MAX {
            self.untold.remove(1); // The first one says what they came for.
        }
        self.untold.push(text);
    }

    /// Forgets the messages that this request of a colleague tells.
    pub(super) fn note_told(&mut self, request: &str) {
        self.untold.retain(|text| !words::say_all_of(request, text));
    }
}

/// The request with those of the earlier messages that it does not tell, each in a line of its own.
pub(super) fn with_earlier<'t>(
    request: String,
    earlier: impl Iterator<Item = &'t str>,
    state: &State,
    graph: &Graph,
) -> String {
    earlier.fold(request, |text, earlier| {
        let is_new = words::tell_something(earlier, state, graph) && !words::say_all_of(&text, earlier);
        if is_new { format!("{text}\n{SAID_BEFORE}{earlier}") } else { text }
    })
}

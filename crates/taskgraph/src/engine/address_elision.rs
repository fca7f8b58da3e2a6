//! The address of somebody else, which is left out of everything that is written down of the customer.

use serde_json::{Map, Value};

use super::{
    limits::STACK_MAX,
    state::State,
    toolbox::{REACH, WORD_ARGUMENTS},
};

/// The mark for an address that was left out.
const ELIDED: &str = "…";
/// The title of a task, which is made of the customer's words.
const TITLE: &str = "subject";

impl State {
    /// Leaves the address by which the customer at hand was identified out of everything that is written down of the one who is
    /// identified next: the log, notes, tickets and tasks.
    pub(super) fn forget_address(&mut self) {
        let Some(address) = self.identified_by.as_ref().and_then(Value::as_str).map(str::to_lowercase) else { return };
        self.known.retain(|name, known| name != REACH || !known.value.to_string().to_lowercase().contains(&address));
        self.others.retain(|other| *other != address);
        if self.others.len() >= STACK_MAX {
            self.others.remove(0);
        }
        self.others.push(address);
    }

    /// The text without the addresses of others. Whoever names an address again that was thought wrong has it.
    pub(super) fn elided(&self, text: &str) -> String {
        let own = self.known.get("email").filter(|known| !known.refused).and_then(|known| known.value.as_str());
        let own = own.map(str::to_lowercase);
        let others = self.others.iter().filter(|other| own.as_ref() != Some(other));
        others.fold(text.to_owned(), |text, other| elide(&text, other))
    }

    /// Leaves the addresses of others out of the values that are made of the customer's words.
    pub(super) fn elide_words(&self, values: &mut Map<String, Value>) {
        if self.others.is_empty() {
            return;
        }
        let is_words = |name: &str| name == TITLE || WORD_ARGUMENTS.iter().any(|(_, argument, _)| *argument == name);
        for (name, value) in values {
            if let Value::String(text) = value
                && is_words(name)
            {
                *text = self.elided(text);
            }
        }
    }
}

/// The text without the words that have this address, or a phone number as it was sent.
fn elide(text: &str, address: &str) -> String {
    let is_theirs = |word: &str| word.to_lowercase().contains(address);
    if address.contains(' ') {
        return text.replace(address, ELIDED);
    }
    if !text.split_whitespace().any(is_theirs) {
        return text.to_owned();
    }
    let lines = text.split('\n').map(|line| {
        let words = line.split(' ').map(|word| if is_theirs(word) { ELIDED } else { word });
        words.collect::<Vec<_>>().join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

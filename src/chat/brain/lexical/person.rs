//! The way to a person: what was said and how the visitor is reached go along.

use serde_json::{Map, Value, json};

use super::readers::{self, Reading};
use super::{Decision, LexicalBrain, View};
use crate::chat::texts;

/// The intent that is open in every graph.
pub(super) const PERSON: &str = "a person";
/// Messages in a row that are not understood, after which a person goes on.
pub(super) const MISSES_MAX: u8 = 2;

impl LexicalBrain {
    /// The visitor wants a person.
    pub(super) fn person(&mut self, view: &View<'_>) -> Decision {
        let mut slots = ways_to_reach(view);
        if !self.state.said.is_empty() {
            slots.insert("reason".to_owned(), self.state.said.join("\n").into());
        }
        self.keep_unheard();
        self.state.misses = 0;
        self.state.topic = Some(PERSON.to_owned());
        self.step(json!({ "user_text": view.message, "intent": PERSON, "slots": slots }))
    }

    /// The visitor has picked a person. The label is the desk's words, unless they have said nothing else.
    pub(super) fn person_picked(&mut self, view: &View<'_>) -> Decision {
        let silent = View { message: "", ..*view };
        if self.state.said.is_empty() { self.person(view) } else { self.person(&silent) }
    }

    /// A person goes on, because this brain does not understand.
    pub(super) fn give_up(&mut self, view: &View<'_>) -> Decision {
        self.turn.out.push(texts::NOT_UNDERSTOOD_TWICE.in_language(view.language).to_owned());
        self.turn.gives_up = true;
        self.person(view)
    }
}

/// The addresses and numbers of a message by which somebody is reached.
pub(super) fn ways_to_reach(view: &View<'_>) -> Map<String, Value> {
    let mut values = readers::volunteered(&Reading::of(view));
    values.retain(|name, _| ["email", "phone"].contains(&name.as_str()));
    values
}

//! The way to a person: what was said and how the visitor is reached go along.

use serde_json::{Map, Value, json};

use super::readers::{self, Reading};
use super::session::Session;
use crate::chat::brain::{Decision, View};
use crate::chat::texts;

/// The intent that is open in every graph.
pub(super) const PERSON: &str = "a person";
/// Messages in a row that are not understood, after which a person goes on.
pub(super) const MISSES_MAX: u8 = 2;

/// The visitor wants a person.
pub(super) fn person(session: &mut Session, view: &View<'_>) -> Decision {
    let mut slots = ways_to_reach(view);
    if !session.state.said.is_empty() {
        slots.insert("reason".to_owned(), session.state.said.join("\n").into());
    }
    session.keep_unheard();
    session.state.misses = 0;
    session.state.topic = Some(PERSON.to_owned());
    session.step(json!({ "user_text": view.message, "intent": PERSON, "slots": slots }))
}

/// The visitor has picked a person. The label is the desk's words, unless they have said nothing else.
pub(super) fn person_picked(session: &mut Session, view: &View<'_>) -> Decision {
    let silent = View { message: "", ..*view };
    if session.state.said.is_empty() { person(session, view) } else { person(session, &silent) }
}

/// A person goes on, because this brain does not understand.
pub(super) fn give_up(session: &mut Session, view: &View<'_>) -> Decision {
    session.turn.out.push(texts::NOT_UNDERSTOOD_TWICE.in_language(view.language).to_owned());
    session.turn.gives_up = true;
    person(session, view)
}

/// The addresses and numbers of a message by which somebody is reached.
pub(super) fn ways_to_reach(view: &View<'_>) -> Map<String, Value> {
    let mut values = readers::volunteered(&Reading::of(view));
    values.retain(|name, _| ["email", "phone"].contains(&name.as_str()));
    values
}

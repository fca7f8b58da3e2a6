//! The way to a person: what was said and how the visitor is reached go along.

use serde_json::{Map, Value, json};

use super::readers::{self, Reading};
use super::session::Session;
use crate::chat::brain::{Decision, View};
use crate::chat::{language, texts};

/// The intent that is open in every graph.
pub(super) const PERSON: &str = "a person";
/// Messages in a row that are not understood, after which a person goes on.
pub(super) const MISSES_MAX: u8 = 2;

/// The visitor wants a person.
pub(super) fn person(session: &mut Session, view: &View<'_>) -> Decision {
    let mut slots = ways_to_reach(session, view);
    let topic = session.state.topic.take().filter(|topic| topic != PERSON && !session.intents.leads_to_person(topic));
    // A yes alone is no reason: what was asked for is.
    let (said, is_answer) = (session.state.said.join("\n"), language::agrees(view.message));
    let reason = if said.is_empty() { topic.filter(|_| is_answer).unwrap_or_default() } else { said };
    if !reason.is_empty() {
        slots.insert("reason".to_owned(), reason.into());
    }
    let message = if is_answer { "" } else { view.message };
    session.keep_unheard();
    session.begin_matter(PERSON);
    session.step(json!({ "user_text": message, "intent": PERSON, "slots": slots }))
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

/// The ways in which the visitor can be reached: those of the message, else those that were said before, else the address by
/// which they were recognised.
fn ways_to_reach(session: &Session, view: &View<'_>) -> Map<String, Value> {
    let said = ways_said(view);
    if !said.is_empty() {
        return said;
    }
    let known = || session.state.who.clone().filter(|who| who.contains('@'));
    let mut before = session.state.reach.clone();
    if before.is_empty()
        && let Some(address) = known()
    {
        before.insert("email".to_owned(), address.into());
    }
    before
}

/// The addresses and numbers of a message by which somebody is reached.
pub(super) fn ways_said(view: &View<'_>) -> Map<String, Value> {
    let mut values = readers::volunteered(&Reading::of(view));
    values.retain(|name, _| ["email", "phone"].contains(&name.as_str()));
    values
}

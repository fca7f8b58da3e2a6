//! The way back: to the question before the one that is open, and from a matter's first question to all that can be done.

use serde_json::json;

use super::compact_json::CompactJson;
use super::session::LexicalConversation;
use super::{calendar, prompts};
use crate::chat::brain::{Decision, View};
use crate::chat::language::folded;

#[rustfmt::skip]
/// Phrases with which somebody goes on with what waits, in every language of the fixed texts.
const GOES_ON: &[&str] = &[
    "continue", "go on", "go ahead", "carry on", "proceed", "resume", "back to", "fortsæt", "fortsætte", "fortsætter", "gå videre", "går videre", "tilbage til", "continuer", "continuons", "continue",
    "reprendre", "reprenons", "poursuivre", "poursuivons", "revenons", "continuare", "continuiamo", "riprendere", "riprendiamo", "proseguire", "proseguiamo", "andiamo avanti", "torniamo", "weiter",
    "weitermachen", "fortfahren", "fortsetzen", "zurück zu", "zurück zum", "zurück zur",
];
/// The most words of such a message.
const GOES_ON_WORDS_MAX: usize = 12;

/// Goes on with the matter that was interrupted for a person, where the message says so.
pub(super) fn resumed(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let text = folded(view.message);
    let words = format!(" {text} ");
    let goes_on = session.state.waits
        && text.split(' ').count() <= GOES_ON_WORDS_MAX
        && !view.message.contains('?')
        && !calendar::denies(view.message)
        && GOES_ON.iter().any(|phrase| words.contains(&format!(" {phrase} ")));
    goes_on.then(|| {
        session.state.waits = false;
        session.step(json!({ "user_text": view.message, "switch": "come_back" }))
    })
}

/// Asks the question before the one that is open.
pub(super) fn go_back(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    let is_open =
        session.state.unconfirmed.is_none() && session.state.trail.last() == Some(&CompactJson::of(&session.state.ask));
    if is_open {
        session.state.trail.pop();
    }
    let in_matter = session.state.unconfirmed.is_some() || ["slots", "switch", "call"].contains(&session.state.kind());
    session.state.unconfirmed = None;
    session.state.changing = None;
    session.state.misses = 0;
    session.state.held.clear();
    match session.state.trail.last().map(CompactJson::value) {
        Some(before) if in_matter => {
            session.state.ask = before;
            let question = prompts::question(&session.state, &session.intents, view.language);
            session.say(question)
        }
        _ if in_matter => {
            session.turn.left = true;
            session.turn.shows_menu = true;
            session.step(json!({ "switch": "leave" }))
        }
        _ => {
            session.state.doubtful = None;
            session.ask_menu(view)
        }
    }
}

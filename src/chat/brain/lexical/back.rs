//! The way back: to the question before the one that is open, and from a matter's first question to all that can be done.

use serde_json::json;

use super::prompts;
use super::session::LexicalConversation;
use crate::chat::brain::{Decision, View};

/// Asks the question before the one that is open.
pub(super) fn go_back(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    let is_open = session.state.unconfirmed.is_none() && session.state.trail.last() == Some(&session.state.ask);
    if is_open {
        session.state.trail.pop();
    }
    let in_matter = session.state.unconfirmed.is_some() || ["slots", "switch", "call"].contains(&session.state.kind());
    session.state.unconfirmed = None;
    session.state.changing = None;
    session.state.misses = 0;
    session.state.held.clear();
    match session.state.trail.last().cloned() {
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

//! The next decision of a turn: a message is understood, or the answer of a call is taken in.

use serde_json::json;

use super::prompts::{self, Question};
use super::session::{START, STEP, Session, Turn};
use super::{progress, understanding};
use crate::chat::brain::{BrainError, Decision, Done, Reply, View};
use crate::chat::language::Language;
use crate::chat::passage::SEARCH_TOOL;
use crate::chat::texts;
use domain::code::Code;

/// Decides what comes next in this turn.
pub(super) fn next(session: &mut Session, view: &View<'_>) -> Result<Decision, BrainError> {
    session.state.now = Some(view.now);
    let last = view.done.last().filter(|done| session.turn.awaited.as_ref() == Some(&done.call.id));
    match last {
        // Calls of another brain that has failed are none of this one's.
        None => {
            let dropped = session.turn.awaited.is_some() && session.state.session.is_some();
            session.turn = Turn { catches_up: dropped, ..Turn::default() };
            Ok(if dropped { catch_up(session) } else { begin(session, view) })
        }
        Some(done) => learn(session, view, done),
    }
}

fn begin(session: &mut Session, view: &View<'_>) -> Decision {
    if session.state.session.is_none() {
        return session.start();
    }
    understanding::hear(session, view)
}

/// The turn before was dropped while a call was under way: nobody knows what it did.
fn catch_up(session: &mut Session) -> Decision {
    if !std::mem::take(&mut session.state.unanswered) {
        return session.step(json!({}));
    }
    session.turn.catches_up = false;
    let unknown = json!({
        "code": Code::OutcomeUnknown.as_str(), "message": "the call was interrupted", "hint": "look before it is repeated",
    });
    session.step(json!({ "tool_result": unknown }))
}

/// Takes in the answer of the call that was waited for.
fn learn(session: &mut Session, view: &View<'_>, done: &Done) -> Result<Decision, BrainError> {
    match (done.call.tool.as_str(), &done.answer) {
        (START, Ok(answer)) => {
            session.state.session = answer["session"].as_str().map(str::to_owned);
            progress::take_in(session, answer);
            if session.turn.restarts {
                let question = welcome(session, view.language);
                return Ok(session.say(question));
            }
            Ok(understanding::hear(session, view))
        }
        (START, Err(error)) => {
            Err(BrainError::Unavailable(format!("the conversation cannot be kept: {}", error["code"])))
        }
        (STEP, Ok(answer)) => {
            progress::take_in(session, answer);
            if std::mem::take(&mut session.turn.catches_up) {
                return Ok(understanding::hear(session, view));
            }
            Ok(progress::advance(session, view))
        }
        (STEP, Err(error)) => Ok(progress::step_failed(session, view, error)),
        (SEARCH_TOOL, answer) => Ok(progress::found(session, view, answer)),
        (tool, answer) => Ok(progress::called(session, view, tool, &done.call, answer)),
    }
}

/// What the brain says of itself and of what it can do.
fn welcome(session: &mut Session, language: Language) -> Question {
    let automatic = texts::AUTOMATIC.in_language(language);
    let menu = prompts::menu(&session.state, &session.intents, language);
    let greeting = session.intents.graph().greeting().unwrap_or(&menu.text).trim();
    Question { text: format!("{greeting}\n{automatic}"), choices: menu.choices }
}

/// The greeting, before anybody has said anything.
pub(super) fn greeting(session: &mut Session) -> Reply {
    let start = &session.intents.graph().start().id;
    let first = session.intents.graph().edges_from(start).filter_map(|edge| edge.intent.as_ref());
    session.state.intents = first.map(|intent| intent.text.clone()).collect();
    let question = welcome(session, Language::English);
    session.reply(question)
}

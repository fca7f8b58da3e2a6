//! The next decision of a turn: a message is understood, or the answer of a call is taken in.

use serde_json::json;

use super::prompts::{self, PromptWithChoices};
use super::session::{LexicalConversation, LexicalTurn, START, STEP};
use super::{progress, understanding};
use crate::chat::brain::{BrainError, Decision, FinishedCall, Reply, View};
use crate::chat::language::{self, Language};
use crate::chat::passage::SEARCH_TOOL;
use crate::chat::texts::{self, staff};
use domain::code::Code;

/// Decides what comes next in this turn.
pub(super) fn next(session: &mut LexicalConversation, view: &View<'_>) -> Result<Decision, BrainError> {
    session.state.now = Some(view.now);
    session.state.nobody_to_tell = !view.reaches_people;
    session.state.is_staff = session.audience.is_staff();
    let last = view.done.last().filter(|done| session.turn.awaited.as_ref() == Some(&done.call.id));
    match last {
        // Calls of another brain that has failed are none of this one's.
        None => {
            let resumes = std::mem::take(&mut session.resumed) && session.state.session.is_some();
            let dropped = resumes || (session.turn.awaited.is_some() && session.state.session.is_some());
            session.turn = LexicalTurn { catches_up: dropped, resumes, ..LexicalTurn::default() };
            Ok(if dropped { catch_up(session) } else { begin(session, view) })
        }
        Some(done) => learn(session, view, done),
    }
}

fn begin(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    if session.state.session.is_none() {
        return session.start();
    }
    understanding::hear(session, view)
}

/// The turn before was dropped while a call was under way: nobody knows what it did.
fn catch_up(session: &mut LexicalConversation) -> Decision {
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
fn learn(session: &mut LexicalConversation, view: &View<'_>, done: &FinishedCall) -> Result<Decision, BrainError> {
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
            if std::mem::take(&mut session.turn.resumes) {
                // The visitor answers what was asked before; of times that were shown, none is known any more.
                session.state.choices = prompts::question(&session.state, &session.intents, view.language).choices;
            }
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
fn welcome(session: &mut LexicalConversation, language: Language) -> PromptWithChoices {
    let menu = prompts::menu(&session.state, &session.intents, language);
    if session.audience.is_staff() {
        return welcome_of_staff(session, menu, language);
    }
    let automatic = texts::AUTOMATIC.in_language(language);
    // A script has its greeting in one language; to others it says what it can do.
    let own = session.intents.graph().greeting();
    let own = own.filter(|text| language::of(text).is_none_or(|written| written == language));
    let greeting = own.unwrap_or(&menu.text).trim();
    PromptWithChoices { text: format!("{greeting}\n{automatic}"), choices: menu.choices }
}

/// The welcome of staff: a list in the script's greeting would name what their token may not do.
fn welcome_of_staff(session: &LexicalConversation, menu: PromptWithChoices, language: Language) -> PromptWithChoices {
    let welcome = if session.intents.keeps_contacts() { staff::WELCOME.in_language(language) } else { &menu.text };
    let text = format!("{welcome}\n{}", staff::AUTOMATIC.in_language(language));
    PromptWithChoices { text, choices: menu.choices }
}

/// The greeting, before anybody has said anything.
pub(super) fn greeting(session: &mut LexicalConversation, language: Language) -> Reply {
    session.state.intents = session.intents.first();
    let question = welcome(session, language);
    session.reply(question)
}

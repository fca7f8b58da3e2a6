//! The meaning of a message: it guides the conversation, picks a choice, answers what was asked, or has an intent.

use serde_json::json;

use super::prompts::{self, Question};
use super::session::Session;
use super::state::{Choice, Means, State};
use super::{addresses, answer, calendar, farewell, meeting, person, pick, routing, values};
use crate::chat::brain::{Decision, View};
use crate::chat::{language, texts};

/// Decides what a message means.
pub(super) fn hear(session: &mut Session, view: &View<'_>) -> Decision {
    let message = view.message.trim();
    if language::starts_over(message) {
        session.state = State::default();
        session.turn.restarts = true;
        return session.start();
    }
    session.state.note(message);
    understand(session, view)
}

/// Decides what a message means that is not about the conversation itself.
fn understand(session: &mut Session, view: &View<'_>) -> Decision {
    let message = view.message.trim();
    if language::agrees(message) && session.state.doubtful.is_some() {
        if language::praises(message) {
            return farewell::depart(session, view);
        }
        // A yes to several is one to the likeliest.
        if let Some(Choice { means: means @ Means::Intent(_), .. }) = session.state.choices.first().cloned() {
            return picked(session, view, means);
        }
    }
    if let Some(means) = choice(session, view) {
        return picked(session, view, means);
    }
    if let Some(decision) = addresses::which_address(session, view) {
        return decision;
    }
    if let Some(decision) = farewell::leave_for_more(session, view) {
        return decision;
    }
    if session.state.unconfirmed.is_some() {
        return answer::answered(session, view);
    }
    if language::asks_for_person(message) {
        return person::person(session, view);
    }
    if session.state.kind() != "slots" && language::greets(message) {
        let menu = prompts::menu(&session.state, &session.intents, view.language);
        return session.say(menu);
    }
    if language::goes_back(message) {
        let menu = prompts::menu(&session.state, &session.intents, view.language);
        return session.say(menu);
    }
    if session.state.kind() == "slots" || session.state.changing.is_some() {
        return values::values_heard(session, view);
    }
    if session.state.kind() == "call" {
        return answer::asked_to_repeat(session, view);
    }
    if language::declines(message) && !session.state.choices.is_empty() {
        let text = texts::AS_YOU_LIKE.in_language(view.language).to_owned();
        return session.say(Question { text, choices: vec![] });
    }
    if language::is_courteous(message) {
        return farewell::depart(session, view);
    }
    if session.state.choices.is_empty() && language::declines(message) {
        return farewell::leave_unfinished(session, view);
    }
    routing::route(session, view)
}

/// What the message picks of what is offered. A time beside a day is none of the times that were shown.
fn choice(session: &Session, view: &View<'_>) -> Option<Means> {
    let message = view.message.trim();
    let names_day = || calendar::day(message, view.language, view.now).is_some() || calendar::names_weekday(message);
    let by_name = session.state.choices.iter().find(|choice| choice.detail() == message);
    let picked = by_name.or_else(|| pick::choice(&session.state.choices, message))?;
    let is_time = matches!(&picked.means, Means::Values(values) if values.contains_key("meeting_start_time"));
    (!is_time || picked.label == message || !names_day()).then(|| picked.means.clone())
}

fn picked(session: &mut Session, view: &View<'_>, means: Means) -> Decision {
    let said = view.message;
    match means {
        Means::Intent(intent) => match session.state.doubtful.take() {
            // What was said before is what they want.
            Some(before) => routing::follow(session, &View { message: &before, ..*view }, &intent),
            None => routing::bare_intent(session, view, &intent),
        },
        Means::Values(values) => meeting::send(session, view, values),
        Means::Said(message) => understand(session, &View { message: &message, ..*view }),
        Means::Yes if session.state.unconfirmed.is_none() => answer::asked_to_repeat(session, view),
        Means::Yes => answer::agreed(session, view),
        Means::No => farewell::leave(session, view),
        Means::Change => answer::change(session, view),
        Means::Switch(switch) => session.step(json!({ "user_text": said, "switch": switch })),
        Means::Person => person::person_picked(session, view),
        Means::Leave => farewell::leave_unfinished(session, view),
        Means::Else => {
            let menu = prompts::menu(&session.state, &session.intents, view.language);
            session.say(menu)
        }
        Means::AnotherDay => {
            let text = texts::ASK_DAY.in_language(view.language).to_owned();
            session.say(Question { text, choices: vec![] })
        }
        Means::Helped => {
            let text = texts::ANYTHING_ELSE.in_language(view.language).to_owned();
            session.say(Question { text, choices: vec![] })
        }
    }
}

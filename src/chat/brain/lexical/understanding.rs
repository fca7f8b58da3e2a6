//! The meaning of a message: it guides the conversation, picks a choice, answers what was asked, or has an intent.

use serde_json::json;

use super::intents::IntentMatch;
use super::people::introductions;
use super::prompts::{self, Question};
use super::session::{BOOK, Session};
use super::state::{Choice, Means, State};
use super::{addresses, answer, back, calendar, farewell, meeting, person, pick, readers, repeat, routing, values};
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
    session.state.reach.extend(person::ways_said(view));
    understand(session, view)
}

/// Decides what a message means that is not about the conversation itself.
fn understand(session: &mut Session, view: &View<'_>) -> Decision {
    let message = view.message.trim();
    if language::requested_language(message).is_some_and(|(_, only)| only) {
        return asked_in_language(session, view);
    }
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
    if language::goes_back(message) {
        return back::go_back(session, view);
    }
    if session.state.unconfirmed.is_some() {
        return answer::answered(session, view);
    }
    if language::asks_for_person(message) {
        return person::person(session, view);
    }
    if session.state.kind() != "slots" && language::greets(message) {
        return session.ask_menu(view);
    }
    if session.state.kind() == "slots" || session.state.changing.is_some() {
        return values::values_heard(session, view);
    }
    if session.state.kind() == "call" {
        return answer::asked_to_repeat(session, view);
    }
    if language::cancels(message) && session.state.choices.is_empty() && session.state.deed.is_some() {
        return undo(session, view);
    }
    if language::declines(message) && !session.state.choices.is_empty() {
        session.state.doubtful = None;
        let text = texts::AS_YOU_LIKE.in_language(view.language).to_owned();
        return session.say(Question { text, choices: vec![] });
    }
    if language::is_courteous(message) {
        return farewell::depart(session, view);
    }
    if session.state.choices.is_empty() && language::declines(message) {
        return farewell::leave_unfinished(session, view);
    }
    if language::agrees(message) {
        return if session.state.choices.is_empty() { session.ask_menu(view) } else { repeat::pick_one(session, view) };
    }
    if session.state.doubtful.is_some()
        && let Some(decision) = routing::beside_doubt(session, view)
    {
        return decision;
    }
    if introduces(session, view) {
        session.state.introduced = readers::email(view.message).or(session.state.introduced.take());
        session.turn.out.push(texts::THANKS.in_language(view.language).to_owned());
        return session.ask_menu(view);
    }
    routing::route(session, view)
}

/// True for somebody who only says who they are. Where contacts are kept, an address or a name alone is one to look for.
fn introduces(session: &Session, view: &View<'_>) -> bool {
    let keeps_contacts = session.state.intents.iter().any(|intent| session.intents.changes_contact(intent));
    session.state.doubtful.is_none() && introductions::only_introduces(view.message, keeps_contacts)
}

/// What is open is asked again, in the language that was asked for.
fn asked_in_language(session: &mut Session, view: &View<'_>) -> Decision {
    let is_open = session.state.unconfirmed.is_some() || session.state.kind() == "slots";
    if !is_open {
        return session.ask_menu(view);
    }
    let question = repeat::open_question(session, view);
    session.say(question)
}

/// What was just done is to be undone, which a colleague or another matter of the graph does.
fn undo(session: &mut Session, view: &View<'_>) -> Decision {
    let wish = match session.state.deed.take().as_deref() {
        Some(BOOK) => texts::CANCEL_APPOINTMENT,
        Some("create_ticket" | "update_ticket") => texts::CLOSE_TICKET,
        _ => return person::person(session, view),
    };
    let message = wish.in_language(view.language);
    let intent = match session.intents.match_intent(message, &session.state.intents) {
        IntentMatch::Sure(intent, _) => Some(intent),
        IntentMatch::Perhaps(likely) => likely.into_iter().next(),
        IntentMatch::Unknown => None,
    };
    session.state.said = vec![message.to_owned()];
    match intent {
        Some(intent) => routing::follow(session, &View { message, ..*view }, &intent),
        None => person::person(session, view),
    }
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
        Means::Said(message) => {
            // What was offered is picked, also where the message is its label.
            session.state.choices.clear();
            understand(session, &View { message: &message, ..*view })
        }
        Means::Yes if session.state.unconfirmed.is_none() => answer::asked_to_repeat(session, view),
        Means::Yes => answer::agreed(session, view),
        Means::No => farewell::leave(session, view),
        Means::Change => answer::change(session, view),
        Means::Switch(switch) => session.step(json!({ "user_text": said, "switch": switch })),
        Means::Person => person::person_picked(session, view),
        Means::Leave => farewell::leave_unfinished(session, view),
        Means::Else => session.ask_menu(view),
        Means::AnotherDay => {
            let text = texts::ASK_DAY.in_language(view.language).to_owned();
            let choices = prompts::days("meeting_date", &session.state, view.language);
            session.say(Question { text, choices })
        }
        Means::Helped => {
            let text = texts::ANYTHING_ELSE.in_language(view.language).to_owned();
            session.say(Question { text, choices: vec![] })
        }
    }
}

//! The meaning of a message: it guides the conversation, picks a choice, answers what was asked, or has an intent.

use serde_json::json;

use super::intents::IntentMatch;
use super::people::introductions;
use super::prompts::{self, PromptWithChoices};
use super::session::{BOOK, LexicalConversation};
use super::state::{LexicalChoice, LexicalState, Means};
use super::{
    addresses, answer, back, calendar, choice_selection, doubt, farewell, meeting, person, readers, repeat, routing,
    typing_errors, values,
};
use crate::chat::brain::{Decision, View};
use crate::chat::conversation::Author;
use crate::chat::language;
use crate::chat::texts::{self, staff};

/// Decides what a message means.
pub(super) fn hear(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    let message = view.message.trim();
    if language::starts_over(message) {
        session.state = LexicalState::default();
        session.turn.restarts = true;
        return session.start();
    }
    session.state.note(message);
    session.state.reach.extend(person::ways_said(view));
    session.state.excludes |= person::excludes(session, view);
    understand(session, view)
}

/// Decides what a message means that is not about the conversation itself.
fn understand(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    if let Some(meant) = typing_errors::answered(session, view) {
        session.state.reach.extend(person::ways_said(&View { message: &meant, ..*view }));
        return understand(session, &View { message: &meant, ..*view });
    }
    if let Some(decision) = typing_errors::put_back(session) {
        return decision;
    }
    let message = view.message.trim();
    let question_for = session.state.question_for.take();
    let awaits_question = std::mem::take(&mut session.state.awaits_question);
    if message == person::COMMAND {
        return person::person_picked(session, view);
    }
    if language::requested_language(message).is_some_and(|(_, only)| only) {
        return asked_in_language(session, view);
    }
    if language::agrees(message) && session.state.doubtful.is_some() {
        if language::praises(message) {
            return farewell::depart(session, view);
        }
        // A yes to several is one to the likeliest; where nothing was understood none is likely.
        if session.state.misses > 0 {
            return repeat::pick_one(session, view);
        }
        if let Some(LexicalChoice { means: means @ Means::Intent(_), .. }) = session.state.choices.first().cloned() {
            return picked(session, view, means);
        }
    }
    if let Some(means) = choice(session, view) {
        return picked(session, view, means);
    }
    if language::asks_about_desk(message) {
        return who_answers(session, view);
    }
    if let Some(decision) = addresses::which_address(session, view) {
        return decision;
    }
    if let Some(decision) = typing_errors::other_address(session, view) {
        return decision;
    }
    if let Some(decision) = farewell::leave_for_more(session, view) {
        return decision;
    }
    if let Some(decision) = farewell::dropped(session, view) {
        return decision;
    }
    if let Some(decision) = back::resumed(session, view) {
        return decision;
    }
    if language::goes_back(message) {
        return back::go_back(session, view);
    }
    if language::asks_to_erase(message) && language::denied(message).is_none() {
        return person::person(session, view);
    }
    if session.state.unconfirmed.is_some() {
        return answer::answered(session, view);
    }
    if let Some(decision) = person::other_after_request(session, view) {
        return decision;
    }
    if language::asks_for_person(message) {
        return person::person(session, view);
    }
    if session.state.kind() != "slots" && language::greets(message) {
        return session.ask_menu(view);
    }
    if let Some(decision) = person::reach_after_request(session, view) {
        return decision;
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
        return session.say(PromptWithChoices { text, choices: vec![] });
    }
    if language::praises(message) && !view.history.iter().any(|said| said.author == Author::Visitor) {
        return session.ask_menu(view);
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
    if session.state.deed.is_some() && session.state.choices.is_empty() && language::agrees(&without_numbers(message)) {
        let text = texts::ANYTHING_ELSE.in_language(view.language).to_owned();
        return session.say(PromptWithChoices { text, choices: vec![] });
    }
    if let Some(decision) = addresses::own_corrected(session, view) {
        return decision;
    }
    if let Some(decision) = addresses::wrong_address(session, view) {
        return decision;
    }
    if session.state.doubtful.is_some()
        && let Some(decision) = doubt::beside_doubt(session, view)
    {
        return decision;
    }
    if introduces(session, view) {
        session.state.introduced = readers::email(view.message).or(session.state.introduced.take());
        session.turn.out.push(texts::THANKS.in_language(view.language).to_owned());
        return session.ask_menu(view);
    }
    if awaits_question && !routing::is_another_matter(session, view) {
        return session.search(view.message);
    }
    if is_noted(session, view) {
        let text = texts::ALREADY_NOTED.in_language(view.language).to_owned();
        return session.say(PromptWithChoices { text, choices: vec![] });
    }
    match question_for {
        Some(intent) => routing::question(session, view, &intent),
        None => routing::route(session, view),
    }
}

/// The fewest words of a message that repeats what was written.
const NOTED_WORDS_MIN: usize = 4;

/// True for a message that a ticket or a task of this conversation has word for word: nothing is made of it again.
fn is_noted(session: &LexicalConversation, view: &View<'_>) -> bool {
    let said = language::folded(view.message);
    let is_same = |written: &String| written.lines().any(|line| language::folded(line) == said);
    said.split(' ').count() >= NOTED_WORDS_MIN && session.state.written.iter().any(is_same)
}

/// The words of a message without times and numbers: `yes, 15:00` behind a booking only repeats it.
fn without_numbers(message: &str) -> String {
    let words = message.split_whitespace().filter(|word| !word.contains(|letter: char| letter.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

/// Says what it is and what it can do; what is open is asked again.
fn who_answers(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    let automatic = if session.audience.is_staff() { staff::AUTOMATIC } else { texts::AUTOMATIC };
    session.turn.out.push(automatic.in_language(view.language).to_owned());
    asked_in_language(session, view)
}

/// True for somebody who only says who they are. Where contacts are kept, an address or a name alone is one to look for.
fn introduces(session: &LexicalConversation, view: &View<'_>) -> bool {
    let keeps_contacts = session.state.intents.iter().any(|intent| session.intents.changes_contact(intent));
    session.state.doubtful.is_none() && introductions::only_introduces(view.message, keeps_contacts)
}

/// What is open is asked again, in the language that is spoken; else all that can be done is shown.
fn asked_in_language(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    let is_open = session.state.unconfirmed.is_some() || session.state.kind() == "slots";
    if !is_open {
        return session.ask_menu(view);
    }
    let question = repeat::open_question(session, view);
    session.say(question)
}

/// What was just done is to be undone, which a colleague or another matter of the graph does.
fn undo(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
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
fn choice(session: &LexicalConversation, view: &View<'_>) -> Option<Means> {
    let message = view.message.trim();
    let names_day = || calendar::day(message, view.language, view.now).is_some() || calendar::names_weekday(message);
    let by_name = session.state.choices.iter().find(|choice| choice.detail() == message);
    let picked = by_name.or_else(|| choice_selection::choice(&session.state.choices, message))?;
    // A yes to the question for an address is none to the way without one.
    if language::agrees(message) && prompts::other_way(&session.state, &session.intents).is_some() {
        return None;
    }
    let is_time = matches!(&picked.means, Means::Values(values) if values.contains_key("meeting_start_time"));
    (!is_time || picked.label == message || !names_day()).then(|| picked.means.clone())
}

fn picked(session: &mut LexicalConversation, view: &View<'_>, means: Means) -> Decision {
    let said = view.message;
    match means {
        Means::Intent(intent) if prompts::other_way(&session.state, &session.intents).as_ref() == Some(&intent) => {
            routing::known_otherwise(session, &intent)
        }
        Means::Intent(intent) => match session.state.doubtful.take() {
            // What was said before is what they want, unless it asks nothing.
            Some(before) if session.intents.answers(&intent) && language::content_words(&before).is_empty() => {
                routing::bare_intent(session, view, &intent)
            }
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
        Means::PersonHere => person::unknown(session),
        Means::Leave => farewell::leave_unfinished(session, view),
        Means::Else => session.ask_menu(view),
        Means::AnotherDay => {
            // What comes next is a day: the times of the one that was left are none of it.
            session.state.starts.clear();
            session.state.wanted = None;
            session.state.changing = Some("meeting_date".into());
            let text = texts::ASK_DAY.in_language(view.language).to_owned();
            let choices = prompts::days("meeting_date", &session.state, view.language);
            session.say(PromptWithChoices { text, choices })
        }
        Means::Helped => {
            let text = texts::ANYTHING_ELSE.in_language(view.language).to_owned();
            session.say(PromptWithChoices { text, choices: vec![] })
        }
    }
}

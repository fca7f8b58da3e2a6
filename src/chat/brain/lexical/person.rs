//! The way to a person: what was said and how the visitor is reached go along.

use serde_json::{Map, Value, json};

use super::intents::IntentMatch;
use super::readers::{self, Reading};
use super::session::{HAND_OFF, LexicalConversation};
use super::{prompts, record_reference};
use crate::chat::brain::{Decision, HandOver, Reply, View};
use crate::chat::handoff_request::ONLY_HERE;
use crate::chat::{language, texts};

/// The intent that is open in every graph.
pub(super) const PERSON: &str = "a person";
/// Messages in a row that are not understood, after which a person goes on.
pub(super) const MISSES_MAX: u8 = 2;

/// The value of a task's owner that leaves it to whoever takes it.
pub(super) const NOBODY: &str = "nobody";
/// The command of the terminal that asks for one: it is no word of the visitor's.
pub(super) const COMMAND: &str = "/person";

/// True for a message by which the visitor wants a person, and another one than the usual.
pub(super) fn excludes(session: &LexicalConversation, view: &View<'_>) -> bool {
    let is_about_person = session.state.topic.as_deref() == Some(PERSON)
        || session.state.has_task
        || language::asks_for_person(view.message)
        || language::complains(view.message);
    is_about_person && language::excludes_somebody(view.message)
}

/// The visitor wants somebody else for a task that was made: it is that task which changes.
pub(super) fn other_after_request(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    if !session.state.has_task || !excludes(session, view) {
        return None;
    }
    session.state.changes_task = true;
    let slots = json!({ "owner": NOBODY, "reason": session.state.said.join("\n") });
    Some(session.step(json!({ "user_text": view.message, "intent": PERSON, "slots": slots })))
}

/// The visitor wants a person.
pub(super) fn person(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    if session.at_once {
        return at_once(session);
    }
    if !view.reaches_people {
        session.begin_matter(PERSON);
        session.turn.awaited = None;
        return Decision::Say(Reply::handing_over(HandOver::Asked));
    }
    let mut slots = ways_to_reach(session, view);
    if session.state.said.iter().any(|said| is_for_writing(said)) {
        slots.remove("phone");
        slots.insert("reach".to_owned(), "email".into());
    }
    let topic = session.state.topic.take().filter(|topic| topic != PERSON && !session.intents.leads_to_person(topic));
    // A yes alone is no reason: what was asked for is.
    let (said, is_answer) = (session.state.said.join("\n"), language::agrees(view.message));
    let reason = if said.is_empty() { topic.filter(|_| is_answer).unwrap_or_default() } else { said };
    // A yes, and a choice that was picked, are about the message in doubt: it is what they say, and is logged.
    let is_about_doubt = is_answer || view.message.is_empty();
    let in_doubt = session.state.doubtful.take_if(|_| is_about_doubt);
    let message = if is_answer { "" } else { view.message };
    let message = in_doubt.as_deref().unwrap_or(message).to_owned();
    session.keep_unheard();
    if !reason.is_empty() {
        slots.insert("reason".to_owned(), reason.into());
    }
    if let Some(ticket) = record_reference::ticket_spoken_of(session, &message) {
        slots.insert("ticket_id".to_owned(), ticket.into());
    }
    session.begin_matter(PERSON);
    session.step(json!({ "user_text": message, "intent": PERSON, "slots": slots }))
}

/// The conversation itself goes to a person, with what was learned so far.
fn at_once(session: &mut LexicalConversation) -> Decision {
    session.keep_unheard();
    session.begin_matter(PERSON);
    session.turn.awaited = None;
    let why = if session.turn.gives_up { HandOver::NotUnderstood } else { HandOver::Asked };
    let text = std::mem::take(&mut session.turn.out).join("\n");
    Decision::Say(Reply { text, ..Reply::handing_over(why) })
}

/// The visitor has picked a person. The label is the desk's words, unless they have said nothing else.
pub(super) fn person_picked(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    let label = texts::A_PERSON.in_language(view.language);
    let message = if session.state.said.is_empty() { label } else { "" };
    person(session, &View { message, ..*view })
}

/// A person goes on, because this brain does not understand.
pub(super) fn give_up(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    session.turn.out.push(texts::NOT_UNDERSTOOD_TWICE.in_language(view.language).to_owned());
    session.turn.gives_up = true;
    person(session, view)
}

/// The ways in which the visitor can be reached: those of the message, else those that were said before, else the address by
/// which they were recognised.
fn ways_to_reach(session: &LexicalConversation, view: &View<'_>) -> Map<String, Value> {
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

#[rustfmt::skip]
/// Words of those who want an answer in writing.
const IN_WRITING: &[&str] = &[
    "in writing", "by mail", "by email", "by e-mail", "via email", "skriftligt", "på mail", "per mail", "per e-mail", "par écrit", "par mail", "par e-mail",
    "per iscritto", "via mail", "via e-mail", "schriftlich", "per email",
];

/// True for a message that wants an answer in writing.
fn is_for_writing(message: &str) -> bool {
    let words = format!(" {} ", language::folded(message));
    IN_WRITING.iter().any(|phrase| words.contains(&format!(" {phrase} ")))
}

/// The fewest telling words that make a message more than a way to be reached.
const WISH_WORDS_MIN: usize = 4;

/// A way to be reached that comes by itself after a colleague was asked: it belongs to that request and makes no other.
pub(super) fn reach_after_request(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let asked_for = session.state.missing();
    let is_asked_for =
        ["email", "phone", "contact", "reach"].iter().any(|name| asked_for.iter().any(|one| one == name));
    let (phone, words) = (readers::phone(view.message)?, language::content_words(view.message).len());
    if !session.state.has_task || is_asked_for || words >= WISH_WORDS_MIN {
        return None;
    }
    Some(session.step(json!({ "user_text": view.message, "slots": { "reach": phone } })))
}

/// The ways to be reached that are asked for on the way to a person.
const WAYS: &[&str] = &["email", "phone", "contact", "reach"];
/// The answers in a row that give none, from which on nobody is asked once more.
const WITHOUT_REACH_MAX: u8 = 1;

/// Whoever wants a person and gives neither an address nor a number reaches one all the same: in this conversation where
/// people answer here, else by a task that says so. Another wish, and a question, are heard first.
pub(super) fn without_reach(
    session: &mut LexicalConversation,
    view: &View<'_>,
    missing: &[String],
) -> Option<Decision> {
    let leads_there = |topic: &str| topic == PERSON || session.intents.leads_to_person(topic);
    let is_asked =
        session.state.topic.as_deref().is_some_and(leads_there) && missing.iter().any(|name| WAYS.contains(&&**name));
    let gives_none = language::keeps_to_oneself(view.message) || language::is_bare_no(view.message);
    let is_unread = session.state.misses >= WITHOUT_REACH_MAX && !is_other(session, view);
    if !is_asked || view.message.contains('?') || !(gives_none || is_unread) {
        return None;
    }
    session.state.misses = 0;
    if view.keeps_conversation {
        let question = prompts::person_here(view.language);
        return Some(session.say(question));
    }
    if !view.tools.iter().any(|tool| tool.name == HAND_OFF) {
        // The question stays open: an address that comes later is an answer to it.
        session.turn.awaited = None;
        return Some(Decision::Say(Reply::handing_over(HandOver::Unreachable)));
    }
    let mut slots = Map::from_iter([("reach".to_owned(), Value::from(ONLY_HERE))]);
    if !session.state.said.is_empty() {
        slots.insert("reason".to_owned(), session.state.said.join("\n").into());
    }
    Some(session.step(json!({ "user_text": view.message, "slots": slots })))
}

/// True for a message that surely wants something else.
fn is_other(session: &LexicalConversation, view: &View<'_>) -> bool {
    let wanted = session.intents.match_intent(view.message, &session.state.intents);
    matches!(wanted, IntentMatch::Sure(intent, _) if !session.intents.leads_to_person(&intent))
}

/// A person goes on in this conversation, with a visitor of whom nothing is known.
pub(super) fn unknown(session: &mut LexicalConversation) -> Decision {
    session.state.ask = Value::Null;
    session.turn.awaited = None;
    Decision::Say(Reply::handing_over(HandOver::Unreachable))
}

/// The addresses and numbers of a message by which somebody is reached.
pub(super) fn ways_said(view: &View<'_>) -> Map<String, Value> {
    let mut values = readers::volunteered(&Reading::of(view));
    values.retain(|name, _| ["email", "phone"].contains(&name.as_str()));
    values
}

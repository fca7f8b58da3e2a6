//! The values that were asked for, in a message that may bring others, or none.

use serde_json::{Map, Value, json};

use super::intents::IntentMatch;
use super::readers::{self, Reading};
use super::session::{BOOK, LexicalConversation, TIMES};
use super::{appointments, calendar, farewell, meeting, no_text, people, person, record_reference, repeat, routing};
use crate::chat::brain::{Decision, View};
use crate::chat::{language, texts};
use domain::code::Code;

/// The likeness from which another intent is meant although a text was asked for.
const OTHER_MATTER_FROM: f64 = 0.8;
/// Arguments that take what the visitor says as it is.
const TEXTS: &[&str] = &["issue", "note", "reason", "description"];
/// The fewest digits of a record's id.
const ID_DIGITS_MIN: usize = 6;

/// A message while values are missing.
pub(super) fn values_heard(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    let missing = session.state.missing();
    let values = values(session, view, &missing);
    let is_free = |name: &String| !readers::is_read(name);
    let only_words = values.keys().all(is_free);
    if values.is_empty()
        && let Some(decision) = person::without_reach(session, view, &missing)
    {
        return decision;
    }
    if values.is_empty() && language::cancels(view.message) {
        return farewell::leave(session, view);
    }
    if values.is_empty()
        && let Some(decision) = routing::denied(session, view)
    {
        return decision;
    }
    if let IntentMatch::Sure(intent, score) = session.intents.match_intent(view.message, &session.state.intents)
        && session.state.topic.as_ref() != Some(&intent)
        && (values.is_empty() || (only_words && score >= OTHER_MATTER_FROM))
    {
        return routing::follow(session, view, &intent);
    }
    if only_words && language::contradicts(view.message) {
        // Somebody who begins with a no tells no problem but wants something else.
        if let IntentMatch::Perhaps(likely) = session.intents.match_intent(view.message, &session.state.intents)
            && session.state.topic.as_ref() != Some(&likely[0])
        {
            return session.asked_which(view, texts::WHICH_OF_THESE, &likely);
        }
    }
    if values.is_empty()
        && let Some(intent) = says_they_are_new(session, view)
    {
        return routing::follow(session, view, &intent);
    }
    if values.is_empty()
        && let Some((intent, name)) = known_by_name(session, view, &missing)
    {
        return session.step(json!({ "user_text": view.message, "intent": intent, "slots": { "query": name } }));
    }
    // A time alone is kept for the day.
    if values.is_empty()
        && missing.iter().any(|name| name == "meeting_date")
        && calendar::time(view.message, false).is_some()
    {
        let question = repeat::open_question(session, view);
        return session.say(question);
    }
    if values.is_empty() && view.message.contains('?') {
        return session.aside(view.message);
    }
    if values.is_empty() || (only_words && language::is_courteous(view.message)) {
        if language::declines(view.message) {
            return farewell::leave(session, view);
        }
        return if language::is_courteous(view.message) {
            farewell::depart(session, view)
        } else {
            repeat::asked_again(session, view)
        };
    }
    session.state.misses = 0;
    session.state.changing = None;
    session.state.past_day |= calendar::is_past(view.message, view.language, view.now);
    meeting::send(session, view, values)
}

/// The values of a message for what is missing, and those that belong to the same matter.
fn values(session: &mut LexicalConversation, view: &View<'_>, missing: &[String]) -> Map<String, Value> {
    let has = |name: &str| missing.iter().any(|missing| missing == name);
    let mut values = readers::answers(&Reading::of(view), missing);
    if language::agrees(view.message) || language::declines(view.message) {
        values.remove("query");
    }
    if no_text::holds_off(view.message) || no_text::is_condition(view.message) {
        TEXTS.iter().for_each(|name| drop(values.remove(*name)));
    }
    if let Some(Value::Object(parts)) = values.remove("properties") {
        values.extend(parts);
    }
    if has("ticket_id")
        && let Some(id) = id(view.message)
    {
        values.insert("ticket_id".to_owned(), id.into());
    }
    if has(appointments::MEETING)
        && let Some(id) = appointments::meant(&session.state.appointments, &Reading::of(view))
    {
        values.insert(appointments::MEETING.to_owned(), id);
    }
    let meets = [TIMES, BOOK].iter().any(|tool| session.state.ask["tool"] == *tool);
    if meets {
        values.extend(meeting::of_meeting(session, view));
    }
    let is_other = values.get("email").is_some_and(|email| record_reference::is_somebody_else(session, email));
    let is_asked = |name: &str| {
        has(name)
            || (name == "email" && is_other)
            || (meets && meeting::VALUES.contains(&name))
            || (has("properties") && (readers::is_part(name) || !readers::is_read(name)))
            || (name == "phone" && has("email"))
            || (name == "email" && (has("reach") || has("cus_email")))
    };
    values.retain(|name, _| is_asked(name));
    values
}

/// The intent by which somebody is added whose address nobody knows, and who says that they are new and their name.
fn says_they_are_new(session: &LexicalConversation, view: &View<'_>) -> Option<String> {
    session.state.failure().filter(|code| *code == Code::UserNotFound.as_str())?;
    let ways = ["create_contact", "search_contacts"];
    let offered: Vec<String> =
        ways.iter().filter_map(|tool| session.intents.leading_to(tool, &session.state.intents)).collect();
    let nearest = session.intents.nearest(view.message, &offered).into_iter().next()?;
    let adds = session.intents.first_tool(&nearest) == Some("create_contact");
    (adds && !readers::properties(&Reading::of(view)).is_empty()).then_some(nearest)
}

/// The intent by which somebody is looked for who says a name in place of an address.
fn known_by_name(session: &LexicalConversation, view: &View<'_>, missing: &[String]) -> Option<(String, String)> {
    let name = people::introduced_in_full(view.message).filter(|_| missing.iter().any(|name| name == "email"))?;
    Some((session.intents.leading_to("search_contacts", &session.state.intents)?, name))
}

/// The id of a record in a message.
fn id(message: &str) -> Option<&str> {
    let mut words = message.split(|c: char| !c.is_ascii_digit());
    words.find(|digits| digits.len() >= ID_DIGITS_MIN)
}

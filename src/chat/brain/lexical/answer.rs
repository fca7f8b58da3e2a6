//! The answer to a question with a yes or a no: whether a call is made, and whether one that failed is made again.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::intents::IntentMatch;
use super::person::{self, ways_said};
use super::readers::{self, Reading};
use super::session::{BOOK, HAND_OFF, HAND_OVER, LexicalConversation};
use super::{
    confirm, contact_parts, farewell, meeting, no_text, people, progress, prompts, record_reference, repeat, routing,
};
use crate::chat::brain::{Decision, View};
use crate::chat::language::{self, folded};
use crate::chat::texts::outcomes;

/// Arguments that take what the visitor says as it is.
const TEXTS: &[&str] = &["issue", "note", "reason", "description"];
/// The last hour of a day.
const LAST_HOUR: u32 = 24;
/// The fewest words of a wish behind a yes.
const WISH_WORDS_MIN: usize = 3;
/// Words between a yes and what else is wanted.
const ALSO: &[&str] = &["and", "also", "but", "og", "også", "et", "aussi", "e", "anche", "und", "auch", "then"];
/// The fewest telling words that add something to a text, whatever stands before them.
const MORE_WORDS_MIN: usize = 2;
/// The fewest words of a remark with one of them, which answers nothing: `it is urgent`.
const REMARK_WORDS_MIN: usize = 3;

/// The answer to the question before a write.
pub(super) fn answered(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    let is_on_condition = language::begins_with_if(view.message, view.language)
        || language::is_conditional_order(view.message, view.language);
    // A person is at hand at any time, and nothing is written for that.
    if is_on_condition && !language::asks_for_person(view.message) {
        session.turn.out.push(outcomes::ON_CONDITION.in_language(view.language).to_owned());
        let question = repeat::open_question(session, view);
        return session.say(question);
    }
    if let Some(wish) = wish_beside_yes(session, view) {
        session.state.next_wish = Some(wish);
        return agreed(session, view);
    }
    let other = corrected(session, view);
    if !other.is_empty() {
        return session.step(json!({ "user_text": view.message, "slots": other }));
    }
    if language::agrees(view.message) {
        return agreed(session, view);
    }
    if language::declines(view.message) || language::cancels(view.message) {
        return farewell::leave(session, view);
    }
    if language::withdraws(view.message) {
        return farewell::leave(session, view);
    }
    if let Some(slots) = words_for_colleague(session, view) {
        return session.step(json!({ "user_text": view.message, "slots": slots }));
    }
    if language::asks_for_person(view.message) {
        return person::person(session, view);
    }
    if language::doubts(view.message) {
        return repeat::asked_again(session, view);
    }
    // A yes that holds for another time than the one that was proposed.
    if is_meeting(session) && language::restricts(view.message) {
        return change(session, view);
    }
    if language::says_goodbye(view.message) {
        return farewell::depart(session, view);
    }
    if let Some(decision) = routing::denied(session, view) {
        return decision;
    }
    match session.intents.match_intent(view.message, &session.state.intents) {
        IntentMatch::Sure(intent, _) if session.state.topic.as_ref() != Some(&intent) => {
            routing::follow(session, view, &intent)
        }
        _ => match more_words(session, view) {
            Some(slots) => session.step(json!({ "user_text": view.message, "slots": slots })),
            None if view.message.contains('?') => session.aside(view.message),
            None => repeat::asked_again(session, view),
        },
    }
}

fn is_meeting(session: &LexicalConversation) -> bool {
    session.state.unconfirmed.as_ref().is_some_and(|call| call.tool == BOOK)
}

/// The reason of a task with what the visitor wants otherwise, such as another colleague or another time: the words go along.
fn words_for_colleague(session: &LexicalConversation, view: &View<'_>) -> Option<Map<String, Value>> {
    let call = session.state.unconfirmed.as_ref().filter(|call| [HAND_OFF, HAND_OVER].contains(&call.tool.as_str()))?;
    let tells = language::excludes_somebody(view.message)
        || (language::restricts(view.message) && language::content_words(view.message).len() >= MORE_WORDS_MIN);
    let name = confirm::changeable(call).filter(|_| tells)?;
    let before = call.arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let more = view.message.trim();
    let whole = if before.contains(more) { before.to_owned() } else { format!("{before}\n{more}") };
    Some(Map::from_iter([(name.to_owned(), whole.into())]))
}

/// The values of the unconfirmed call that the message has: another time, or how a colleague reaches them.
fn corrected(session: &mut LexicalConversation, view: &View<'_>) -> Map<String, Value> {
    if let Some(email) =
        readers::email(view.message).map(Value::from).filter(|email| record_reference::is_somebody_else(session, email))
    {
        return with_reach(session, Map::from_iter([("email".to_owned(), email)]));
    }
    match session.state.unconfirmed.as_ref().map(|call| call.tool.as_str()) {
        Some(BOOK) if bare_number(view.message).is_some() => hour_said(session, view),
        Some(BOOK) => {
            let mut values = meeting::of_meeting(session, view);
            values.extend(name_said(view.message));
            values
        }
        Some("create_contact") => {
            let known = session.state.unconfirmed.as_ref().and_then(|call| call.arguments.get("properties"));
            contact_parts::beside(&Reading::of(view), known.unwrap_or(&Value::Null))
        }
        Some(HAND_OFF | HAND_OVER) => {
            let mut values = ways_said(view);
            if !values.is_empty() {
                values.extend(more_words(session, view).unwrap_or_default());
            }
            with_reach(session, values)
        }
        _ => Map::new(),
    }
}

/// The values with the way in which the visitor is reached, where a person is asked for: the last that was said counts.
fn with_reach(session: &LexicalConversation, mut values: Map<String, Value>) -> Map<String, Value> {
    let tool = session.state.unconfirmed.as_ref().map(|call| call.tool.as_str());
    let way = ["phone", "email"].iter().find_map(|name| values.get(*name)).cloned();
    if let Some(way) = way.filter(|_| matches!(tool, Some(HAND_OFF | HAND_OVER))) {
        values.insert("reach".to_owned(), way);
    }
    values
}

/// The whole message as a number.
fn bare_number(message: &str) -> Option<u32> {
    message.trim().trim_end_matches('.').parse().ok()
}

/// The values of a number alone at the question before a meeting: the hour of a day. What repeats the length changes nothing, and
/// what no clock has is asked about again.
fn hour_said(session: &mut LexicalConversation, view: &View<'_>) -> Map<String, Value> {
    let number = bare_number(view.message).unwrap_or_default();
    let length = session.state.unconfirmed.as_ref().and_then(|call| call.arguments.get("duration")?.as_u64());
    let is_hour = length != Some(u64::from(number)) && number <= LAST_HOUR;
    if is_hour { meeting::of_meeting(session, view) } else { Map::new() }
}

/// What else is wanted behind a yes: `yes, and I also want a meeting tomorrow`.
fn wish_beside_yes(session: &LexicalConversation, view: &View<'_>) -> Option<String> {
    let (_, rest) = view.message.split_once([',', '.', ';', '!', '\n']).filter(|(yes, _)| language::agrees(yes))?;
    if language::doubts(view.message) || language::denied(rest).is_some() {
        return None;
    }
    let words: Vec<&str> = rest.split_whitespace().skip_while(|word| ALSO.contains(&folded(word).as_str())).collect();
    let wish = words.join(" ");
    if language::begins_held_back(&wish) || language::begins_held_back(rest) {
        return None;
    }
    let other = match session.intents.match_intent(&wish, &session.state.intents) {
        IntentMatch::Sure(intent, _) => Some(intent),
        IntentMatch::Perhaps(likely) => likely.into_iter().next(),
        IntentMatch::Unknown => None,
    };
    let is_another = other.is_some_and(|other| session.state.topic.as_ref() != Some(&other));
    (words.len() >= WISH_WORDS_MIN && is_another && !view.message.contains('?')).then_some(wish)
}

/// The text of the unconfirmed call with what was said at the question: nothing of it is lost, and it is asked again.
fn more_words(session: &LexicalConversation, view: &View<'_>) -> Option<Map<String, Value>> {
    let call = session.state.unconfirmed.as_ref()?;
    let name = confirm::changeable(call).filter(|name| TEXTS.contains(name))?;
    let before = call.arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let more = view.message.trim();
    if no_text::holds_off(more) || no_text::is_condition(more) {
        return None;
    }
    let told = language::content_words(more).len();
    let is_remark =
        told > 0 && !language::begins_with_answer(more) && more.split([' ', '\'', '’']).count() >= REMARK_WORDS_MIN;
    let says_more = (told >= MORE_WORDS_MIN || is_remark) && !more.ends_with('?') && !language::is_about_desk(more);
    says_more.then(|| Map::from_iter([(name.to_owned(), format!("{before}\n{more}").into())]))
}

pub(super) fn agreed(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    match session.state.unconfirmed.take() {
        Some(call) if call.tool == BOOK && meeting::times_are_old(session, view) => {
            let text = |name: &str| call.arguments.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            meeting::look_again(session, view, &text("meeting_date"), &text("meeting_start_time"))
        }
        Some(call) => {
            session.state.unanswered = true;
            session.call(&call.tool, Value::Object(call.arguments))
        }
        None => routing::route(session, view),
    }
}

/// The visitor wants another value in the call.
pub(super) fn change(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    let call = session.state.unconfirmed.take();
    session.state.changing = call.as_ref().and_then(confirm::changeable).map(Cow::Borrowed);
    let tool = call.map(|call| call.tool).unwrap_or_default();
    session.state.ask = json!({ "kind": "slots", "tool": tool, "missing": [{ "name": session.state.changing }] });
    let question = prompts::question(&session.state, &session.intents, view.language);
    session.say(question)
}

/// The question whether a failed call is made again.
pub(super) fn asked_to_repeat(session: &mut LexicalConversation, view: &View<'_>) -> Decision {
    if language::declines(view.message) {
        return farewell::leave(session, view);
    }
    if language::is_courteous(view.message) {
        return farewell::depart(session, view);
    }
    let corrected = ways_said(view);
    if !corrected.is_empty() {
        return session.step(json!({ "user_text": view.message, "slots": corrected }));
    }
    session.state.ask["failed"] = Value::Null;
    progress::advance(session, view)
}

/// The name that a message introduces, for a meeting.
fn name_said(message: &str) -> Map<String, Value> {
    let Some((first, last)) = people::introduced(message) else { return Map::new() };
    let named = [("cus_fname", Some(first)), ("cus_lname", last)];
    named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into()))).collect()
}

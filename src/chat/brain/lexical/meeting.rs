//! The time of a meeting, which may be said at any of its steps: before the free ones were shown, among them, or for another
//! day. Nothing is proposed that was not seen to be free.

use serde_json::{Map, Value, json};

use super::readers::{self, Reading};
use super::session::LexicalConversation;
use super::{calendar, prompts};
use crate::chat::brain::{Decision, View};
use crate::chat::language::folded;
use crate::chat::limits::OFFER_MAX;
use crate::chat::texts::{self, outcomes};
use domain::day_in_words;

/// The values of a meeting.
pub(super) const VALUES: &[&str] = &["meeting_date", "time_zone", "duration", "meeting_start_time"];

/// The time beside a day that was said. Beside a part of the day, such as an evening, the tool reads it.
pub(super) fn wanted_beside(message: &str) -> Option<calendar::SaidTime> {
    calendar::time(message, false).filter(|_| !calendar::names_part_of_day(message))
}

/// Words before the person whom somebody wants to meet.
const WITH: &[&str] = &["with", "med", "avec", "con", "mit", "hos", "bei", "chez"];

/// The note that the times are not those of the colleague whom the visitor has named.
pub(super) fn other_colleague(session: &LexicalConversation, view: &View<'_>) -> Option<String> {
    let link = session.state.link.as_deref()?;
    let known = folded(link);
    let is_of_link = |name: &str| folded(name).split(' ').any(|word| known.split(' ').any(|other| other == word));
    let name = session.state.said.iter().rev().find_map(|said| colleague_in(said))?;
    (!is_of_link(&name)).then(|| outcomes::OTHER_COLLEAGUE.with(view.language, &[("link", link), ("name", &name)]))
}

/// The name behind `with` in a wish for a meeting. German writes every noun with a capital letter.
fn colleague_in(said: &str) -> Option<String> {
    let words: Vec<&str> = said.split_whitespace().collect();
    let at = words.iter().position(|word| WITH.contains(&folded(word).as_str()))?;
    let is_name = |word: &&&str| {
        let bare = folded(word);
        word.starts_with(char::is_uppercase)
            && !day_in_words::is_weekday(&bare)
            && !day_in_words::is_month(&bare)
            && !NO_COLLEAGUES.contains(&bare.as_str())
    };
    let name: Vec<String> = words[at + 1..]
        .iter()
        .take_while(is_name)
        .take(NAME_WORDS_MAX)
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned())
        .collect();
    (!name.is_empty()).then(|| name.join(" "))
}

/// The most words of a colleague's name.
const NAME_WORDS_MAX: usize = 3;
/// Words with a capital letter behind `with` that are nobody's name.
const NO_COLLEAGUES: &[&str] = &[
    "sie",
    "ihnen",
    "i",
    "dem",
    "einem",
    "kollegen",
    "kollegin",
    "mitarbeiter",
    "berater",
    "vertreter",
    "vertreterin",
    "ansprechpartner",
    "beraterin",
    "sales",
    "support",
    "mr",
    "mrs",
    "herrn",
    "frau",
    "adam",
    "robot",
    "roboter",
    "zoom",
    "teams",
    "google",
];

/// Day, time, place and length; of a day that is said anew, the time that was agreed to before is none.
pub(super) fn of_meeting(session: &mut LexicalConversation, view: &View<'_>) -> Map<String, Value> {
    let mut values = readers::volunteered(&Reading::of(view));
    values.retain(|name, _| VALUES.contains(&name.as_str()));
    let Some(said) = calendar::time(view.message, !session.state.starts.is_empty()) else {
        values.extend(in_part_of_day(session, view, &values));
        return values;
    };
    let on_another_day = values.contains_key("meeting_date");
    if !on_another_day && calendar::names_weekday(view.message) {
        // A day that is not understood: the time is none of the times that were shown.
        return values;
    }
    match said.among(&session.state.starts).filter(|_| !on_another_day).and_then(|start| start.split_once('T')) {
        Some((day, time)) => {
            values.insert("meeting_date".to_owned(), day.into());
            values.insert("meeting_start_time".to_owned(), time.into());
        }
        // It is looked for when the day is known: nothing is proposed that was not seen to be free.
        None => {
            session.state.wanted = Some(said);
            let shown = session.state.starts.first().and_then(|start| start.get(..10)).filter(|_| !on_another_day);
            if let Some(day) = shown {
                values.insert("meeting_date".to_owned(), format!("{day} {}", said.written()).into());
                session.turn.looks_again = true;
            }
        }
    }
    values
}

/// The day whose times were shown, with the part of it that is wanted: its times are looked for.
fn in_part_of_day(
    session: &mut LexicalConversation,
    view: &View<'_>,
    values: &Map<String, Value>,
) -> Map<String, Value> {
    let day = session.state.starts.first().and_then(|start| start.get(..10)).map(str::to_owned);
    let part = calendar::part_of_day(view.message);
    let is_said =
        values.contains_key("meeting_date") || calendar::names_weekday(view.message) || calendar::denies(view.message);
    match day.zip(part).filter(|_| !is_said) {
        Some((day, part)) => Map::from_iter([("meeting_date".to_owned(), format!("{day} {part}").into())]),
        None => Map::new(),
    }
}

/// Sends values; a start waits for the length of the meeting where that is missing too.
pub(super) fn send(session: &mut LexicalConversation, view: &View<'_>, values: Map<String, Value>) -> Decision {
    let mut all = std::mem::take(&mut session.state.held);
    all.extend(values);
    if let (Some(Value::String(day)), Some(Value::String(time))) =
        (all.get("meeting_date"), all.get("meeting_start_time"))
        && times_are_old(session, view)
    {
        let (day, time) = (day.clone(), time.clone());
        return look_again(session, view, &day, &time);
    }
    let lacks_length = session.state.missing().iter().any(|name| name == "duration") && !all.contains_key("duration");
    if lacks_length && all.contains_key("meeting_start_time") && !session.turn.asks_length {
        session.turn.asks_length = true;
        session.state.held = all;
        if let Some(missing) = session.state.ask["missing"].as_array_mut() {
            missing.retain(|one| one["name"] == "duration");
        }
        let question = prompts::question(&session.state, &session.intents, view.language);
        return session.say(question);
    }
    session.step(json!({ "user_text": view.message, "slots": all }))
}

/// Looks again for a time that was offered too long ago: somebody else may have taken it.
pub(super) fn look_again(session: &mut LexicalConversation, view: &View<'_>, day: &str, time: &str) -> Decision {
    session.turn.out.push(texts::TIMES_ARE_OLD.in_language(view.language).to_owned());
    session.turn.looks_again = true;
    session.state.unconfirmed = None;
    session.state.wanted = calendar::time(time, true);
    // The session looks again only for what it has not just looked for.
    let near = format!("{day} {time}");
    let near = if session.state.day_asked.as_ref() == Some(&near) { format!("{day} at {time}") } else { near };
    session.step(json!({ "slots": { "meeting_date": near } }))
}

/// True if the free times that are shown were found too long ago.
pub(super) fn times_are_old(session: &LexicalConversation, view: &View<'_>) -> bool {
    session.state.shown_at.is_some_and(|shown| view.now - shown > OFFER_MAX)
}

/// True if a time was said before the free ones were shown.
fn wants_time(session: &LexicalConversation) -> bool {
    let missing = session.state.missing();
    session.state.wanted.is_some()
        && !session.state.starts.is_empty()
        && missing.iter().any(|name| name == "meeting_start_time")
}

/// Leaves out the free times that were just found: the one that was said is told instead.
fn untell_times(session: &mut LexicalConversation) {
    if std::mem::take(&mut session.turn.tells_times) {
        session.turn.out.pop();
    }
}

/// Takes the time that was said before the free ones were shown, if it is free; else looks for what is near it, once.
/// `None`: no time was said, or none that is free.
pub(super) fn wanted_time(session: &mut LexicalConversation, view: &View<'_>) -> Option<Decision> {
    let said = session.state.wanted.filter(|_| wants_time(session))?;
    if let Some((day, time)) = said.among(&session.state.starts).and_then(|start| start.split_once('T')) {
        let slots = json!({ "meeting_date": day, "meeting_start_time": time });
        session.state.wanted = None;
        untell_times(session);
        return Some(session.step(json!({ "slots": slots })));
    }
    let day = session.state.starts.first().and_then(|start| start.get(..10)).map(str::to_owned);
    if let Some(day) = day.filter(|_| !std::mem::replace(&mut session.turn.looks_again, true)) {
        untell_times(session);
        let near = format!("{day} {}", said.written());
        return Some(session.step(json!({ "slots": { "meeting_date": near } })));
    }
    session.state.wanted = None;
    let taken = texts::TIME_TAKEN.in_language(view.language);
    if !session.turn.out.iter().any(|told| told.starts_with(taken)) {
        session.turn.out.insert(0, taken.to_owned());
    }
    None
}

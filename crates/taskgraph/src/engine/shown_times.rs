//! Free times that were shown: a meeting is booked at one that the customer agreed to afterwards.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    known_value::{KnownValue, Source},
    shown_starts::ShownTimes,
    state::State,
    toolbox::{ASKED_AGAIN, PAGE_ARGUMENTS, TIMES_TOOL},
};
use crate::instructions;

/// The argument with the start that the customer has chosen.
pub(super) const START: &str = "meeting_start_time";
/// The argument with the day.
pub(super) const DAY: &str = "meeting_date";

/// The argument with the length in minutes.
pub(super) const LENGTH: &str = "duration";

/// The most lengths of a meeting that are kept.
const DURATIONS_MAX: usize = 20;
/// The most starts that are kept.
const STARTS_MAX: usize = 45;
/// The length of `2026-12-01`, and of `2026-12-01T13:00`.
const DATE_LENGTH: usize = 10;
const MINUTE_LENGTH: usize = 16;

/// The values by which times are asked for.
pub(super) type Asked = BTreeMap<String, Vec<Value>>;

/// Adds the values by which times are asked for, as they are known now.
pub(super) fn add_asked(asked: &mut Asked, state: &State) {
    let arguments = ASKED_AGAIN.iter().find(|(tool, _)| *tool == TIMES_TOOL).map_or(&[][..], |(_, names)| names);
    for name in arguments {
        let now = state.known.get(*name).map(|known| known.value.clone());
        asked.entry((*name).to_owned()).or_default().extend(now);
    }
}

/// Reads the times that the tool has found.
pub(super) fn of(state: &State, asked: Asked, result: &Value) -> ShownTimes {
    let lists = ["available_slots", "next_free_slots"].into_iter().filter_map(|name| result[name].as_array());
    let starts = lists.flatten().filter_map(|slot| slot["start"].as_str()).take(STARTS_MAX).map(str::to_owned);
    let durations = result["durations"].as_array().into_iter().flatten().filter_map(Value::as_u64);
    let durations = durations.take(DURATIONS_MAX).collect();
    ShownTimes {
        step: state.steps,
        asked,
        starts: starts.collect(),
        durations,
        is_taken: result["asked_time_is_free"] == false,
        form_fields: required(result, "form_fields", "name"),
        consents: required(result, "consents", "id"),
        guests_max: result["guests_max"].as_u64(),
    }
}

/// The names of the entries of a list that are required and not known.
fn required(result: &Value, list: &str, name: &str) -> Vec<String> {
    let all = result[list].as_array().into_iter().flatten();
    let open = all.filter(|entry| entry["required"] == true && entry["known"].is_null());
    open.filter_map(|entry| entry[name].as_str()).take(REQUIRED_MAX).map(str::to_owned).collect()
}

/// The arguments of a booking that the shown times require, with what to send: answers to its form, consents, fewer
/// guests.
pub(super) fn requirements(state: &State) -> Vec<(&'static str, String)> {
    let Some(shown) = &state.shown else { return vec![] };
    let value =
        |name: &str| state.known.get(name).filter(|known| !known.stale && !known.refused).map(|known| &known.value);
    let mut open = vec![];
    // Sent as a list, an object or the text of one.
    let has = |argument: &str, wanted: &str| value(argument).is_some_and(|sent| sent.to_string().contains(wanted));
    let fields: Vec<&String> = shown.form_fields.iter().filter(|field| !has(FORM, field)).collect();
    if !fields.is_empty() {
        open.push((FORM, instructions::fields(fields.into_iter().map(String::as_str))));
    }
    let consents: Vec<&String> = shown.consents.iter().filter(|id| !has(CONSENTS, id)).collect();
    if !consents.is_empty() {
        open.push((CONSENTS, instructions::consents(consents.into_iter().map(String::as_str))));
    }
    let guests = value(GUESTS).and_then(Value::as_array).map_or(0, Vec::len) as u64;
    if let Some(most) = shown.guests_max.filter(|most| guests > *most) {
        open.push((GUESTS, instructions::guests(most)));
    }
    open
}

const FORM: &str = "form_fields";
const CONSENTS: &str = "consents";
const GUESTS: &str = "guest_emails";
/// The most requirements of one kind that are kept.
const REQUIRED_MAX: usize = 20;

/// The lengths of which the customer has to choose one: they are asked once, unless they have said one.
pub(super) fn lengths(state: &State) -> Option<&[u64]> {
    let said = |known: &KnownValue| known.source != Source::Tool && !known.stale && !known.refused;
    let open = !state.length_asked && !state.known.get(LENGTH).is_some_and(said);
    state.shown.as_ref().map(|shown| &shown.durations[..]).filter(|all| open && all.len() > 1)
}

/// Returns `true` if the customer named the start after the times were shown.
pub(super) fn agreed(state: &State, start: &KnownValue) -> bool {
    let Some(shown) = &state.shown else { return true };
    match start.source {
        Source::Said(step) => step > shown.step,
        Source::Tool => true,
    }
}

/// Keeps the day in the customer's own words, with the hour that they named in them, where free times are asked for again in
/// another zone, for another length or with somebody else. `names`: the arguments that are new.
pub(super) fn keep_hour(state: &mut State, tool: &str, names: &[String]) {
    let another_day = names.iter().any(|name| name == DAY || PAGE_ARGUMENTS.contains(&name.as_str()));
    let asked =
        state.shown.as_ref().and_then(|shown| shown.asked.get(DAY)).filter(|_| tool == TIMES_TOOL && !another_day);
    let (Some([words, .., understood]), Some(known)) = (asked.map(Vec::as_slice), state.known.get_mut(DAY)) else {
        return;
    };
    if known.value == *understood {
        known.value = words.clone();
    }
}

/// The values of an event, in which an hour after or before which the customer wants to meet is a part of the day that they
/// want: only an answer's own `next_after` and `next_before` ask for its next page. `named`: the argument of a name.
pub(super) fn with_hours(
    state: &State,
    slots: &Map<String, Value>,
    named: impl Fn(&str) -> String,
) -> Map<String, Value> {
    let day = slots.iter().find(|(name, _)| named(name) == DAY).map(|(_, value)| value);
    let day = day.or_else(|| state.known.get(DAY).filter(|known| !known.stale).map(|known| &known.value));
    let Some(day) = day.and_then(Value::as_str) else { return slots.clone() };
    let is_hour = |name: &str, value: &Value| {
        PAGE_ARGUMENTS.contains(&named(name).as_str()) && value.as_str().is_some_and(|text| text.len() < MINUTE_LENGTH)
    };
    let (hours, mut others): (Map<String, Value>, Map<String, Value>) =
        slots.clone().into_iter().partition(|(name, value)| is_hour(name, value));
    if !hours.is_empty() {
        let limits = hours.iter().filter_map(|(name, value)| Some(format!("{} {}", named(name), value.as_str()?)));
        let words = std::iter::once(day.to_owned()).chain(limits).collect::<Vec<_>>().join(" ");
        others.retain(|name, _| named(name) != DAY);
        others.insert(DAY.to_owned(), words.into());
    }
    others
}

/// Words for a part of the day.
const PARTS: &[&str] = &[
    "morning",
    "noon",
    "afternoon",
    "evening",
    "lunch",
    "night",
    "formiddag",
    "eftermiddag",
    "aften",
    "morgens",
    "vormittag",
    "nachmittag",
    "abend",
    "mittag",
    "matin",
    "midi",
    "après-midi",
    "soir",
    "mattina",
    "pomeriggio",
    "sera",
];

/// Returns `true` if the day names a time or a part of it already.
pub(super) fn names_part(day: &str) -> bool {
    let day = day.to_lowercase();
    day.contains(':') || day.split([' ', ',']).any(|word| PARTS.contains(&word))
}

/// Returns the first start that was shown, for an example.
pub(super) fn example(state: &State) -> Option<String> {
    let start = state.shown.as_ref()?.starts.first()?;
    start.get(DATE_LENGTH + 1..MINUTE_LENGTH).map(str::to_owned)
}

/// Takes the day from a whole start such as `2026-12-02T10:00:00-05:00` or `Wednesday 2026-12-02 10:00`, one of those that
/// were shown. Returns the time of day in the place of the latter.
pub(super) fn take_whole_start(state: &mut State, name: &str, value: &Value) -> Option<Value> {
    let text = value.as_str().filter(|_| name == START)?.trim();
    if let Some(day) = only_day_with(state, text) {
        state.known.insert(DAY.to_owned(), KnownValue::of(day.into(), Source::Said(state.steps)));
        return None;
    }
    let minute = text.get(text.len().checked_sub(MINUTE_LENGTH)?..)?.replace(' ', "T");
    let is_meant = |start: &&String| *start == text || start.get(..MINUTE_LENGTH) == Some(minute.as_str());
    let start = state.shown.as_ref()?.starts.iter().find(is_meant)?.clone();
    let known = KnownValue::of(start.get(..DATE_LENGTH)?.into(), Source::Said(state.steps));
    state.known.insert(DAY.to_owned(), known);
    (start != text).then(|| start.get(DATE_LENGTH + 1..MINUTE_LENGTH).map(Value::from)).flatten()
}

/// The day of the only start that was shown with this time, where none was shown of the day that was asked for.
fn only_day_with(state: &State, time: &str) -> Option<String> {
    let asked = state.known.get(DAY)?.value.as_str()?;
    let starts = &state.shown.as_ref()?.starts;
    let has_time = |start: &&String| start.get(DATE_LENGTH + 1..MINUTE_LENGTH) == Some(time);
    let mut fitting = starts.iter().filter(has_time);
    let only = fitting.next().filter(|_| fitting.next().is_none())?;
    let none_asked = !starts.iter().any(|start| start.starts_with(asked));
    only.get(..DATE_LENGTH).filter(|_| none_asked).map(str::to_owned)
}

/// Returns `true` if the day and the time are one of the starts that were shown.
pub(super) fn shows(shown: &ShownTimes, day: &Value, time: &Value) -> bool {
    let (day, time) = (day.as_str().unwrap_or_default(), time.as_str().unwrap_or_default());
    shown.starts.iter().any(|start| {
        start == time
            || (start.get(..DATE_LENGTH) == Some(day) && start.get(DATE_LENGTH + 1..MINUTE_LENGTH) == Some(time))
    })
}

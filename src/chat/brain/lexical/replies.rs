//! The results of tools as a visitor is told them. What is not in a result is not said.

use serde_json::{Map, Value};

use super::state::{LexicalChoice, LexicalState, Means, ToldAppointment};
use crate::chat::language::Language;
use crate::chat::results::{self, properties};
use crate::chat::texts::{self, with_values};
use domain::day_in_words;

/// The entries of a list that are told.
const ENTRIES_MAX: usize = 5;
/// The free times that are offered as choices.
const TIMES_MAX: usize = 8;
/// A successful answer of a tool in words; empty if there is nothing to tell. What it shows is remembered.
pub(super) fn result(
    tool: &str,
    arguments: &Map<String, Value>,
    answer: &Value,
    language: Language,
    state: &mut LexicalState,
) -> String {
    match tool {
        "find_contact_by_email" => match answer["contact_first_name"].as_str().unwrap_or_default() {
            "" => String::new(),
            name => with_values::RECOGNISED.with(language, &[("name", name)]),
        },
        "find_tickets" => tickets(arguments, answer, language, state),
        "check_available" => free_times(answer, language, state),
        "find_meetings" => appointments(answer, language, state),
        "get_contact" => {
            format!("{} {}", texts::DATA.in_language(language), properties(&answer["properties"], language))
        }
        "search_contacts" => people(answer, language, state),
        _ => {
            if tool == "create_contact" {
                let contact = &answer["contact"];
                let id = contact["contact_id"].as_str().map(str::to_owned);
                state.found = id.clone().map(|id| vec![id]);
                // A change that comes next names whom it is made to.
                state.shown = id.map(|id| (id, properties(&contact["properties"], language))).into_iter().collect();
            }
            results::written(tool, arguments, answer, language).unwrap_or_default()
        }
    }
}

fn tickets(arguments: &Map<String, Value>, answer: &Value, language: Language, state: &mut LexicalState) -> String {
    let all = answer["tickets"].as_array().map(Vec::as_slice).unwrap_or_default();
    let field = |ticket: &Value, name: &str| {
        ticket[name].as_str().or(ticket["properties"][name].as_str()).unwrap_or_default().to_owned()
    };
    let line = |ticket: &Value| {
        let (id, subject, stage) = (field(ticket, "ticket_id"), field(ticket, "subject"), field(ticket, "stage"));
        format!("{id} “{subject}”{}", if stage.is_empty() { String::new() } else { format!(": {stage}") })
    };
    state.shown = all.iter().take(ENTRIES_MAX).map(|ticket| (field(ticket, "ticket_id"), line(ticket))).collect();
    let lines: Vec<&str> = state.shown.iter().map(|(_, line)| line.as_str()).collect();
    if lines.is_empty() {
        // A problem that is new has no ticket, which nobody asked about.
        let looks_for_any = !arguments.contains_key("status");
        return if looks_for_any { texts::NO_TICKETS.in_language(language).to_owned() } else { String::new() };
    }
    format!("{}\n{}", texts::TICKETS.in_language(language), lines.join("\n"))
}

fn appointments(answer: &Value, language: Language, state: &mut LexicalState) -> String {
    let zone = answer["time_zone"].as_str().unwrap_or_default();
    let told = |meeting: &Value| {
        let start = meeting["start"].as_str()?;
        let text = |name: &str| meeting[name].as_str().unwrap_or_default().to_owned();
        let parts = [day_in_words::moment(start, language)?, zone.to_owned(), text("title"), text("owner")];
        let label = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        let day = start.get(..10).unwrap_or_default().to_owned();
        Some(ToldAppointment { id: text("meeting_id"), day, title: text("title"), label })
    };
    state.appointments = answer["coming"].as_array().into_iter().flatten().filter_map(told).take(ENTRIES_MAX).collect();
    let lines: Vec<&str> = state.appointments.iter().map(|told| told.label.as_str()).collect();
    if lines.is_empty() {
        return texts::NO_APPOINTMENTS.in_language(language).to_owned();
    }
    format!("{}\n{}", texts::APPOINTMENTS.in_language(language), lines.join("\n"))
}

/// The free times, which become choices.
fn free_times(answer: &Value, language: Language, state: &mut LexicalState) -> String {
    let list = |name: &str| -> Vec<String> {
        let slots = answer[name].as_array().into_iter().flatten();
        slots
            .filter_map(|slot| slot["start"].as_str().or(slot.as_str()))
            .filter_map(|start| start.get(..16))
            .map(str::to_owned)
            .collect()
    };
    let (free, next) = (list("available_slots"), list("next_free_slots"));
    let told = if free.is_empty() { with_values::NOTHING_FREE } else { with_values::FREE_TIMES };
    let day = answer["date"].as_str().and_then(|day| day_in_words::day(day, language)).unwrap_or_default();
    let zone = answer["time_zone"].as_str().unwrap_or_default();
    state.starts = if free.is_empty() { next } else { free };
    let told = told.with(language, &[("day", &day), ("zone", zone)]);
    match answer["asked_time_is_free"] {
        Value::Bool(false) => format!("{} {told}", texts::TIME_TAKEN.in_language(language)),
        _ => told,
    }
}

/// The times that were shown, as choices.
pub(super) fn time_choices(state: &LexicalState, language: Language) -> Vec<LexicalChoice> {
    let days: std::collections::BTreeSet<&str> = state.starts.iter().filter_map(|start| start.get(..10)).collect();
    let choice = |start: &String| {
        let (day, time) = start.split_once('T')?;
        let label = if days.len() > 1 { day_in_words::moment(start, language)? } else { time.to_owned() };
        let values = [("meeting_date", day), ("meeting_start_time", time)];
        let values = values.map(|(name, value)| (name.to_owned(), Value::from(value)));
        Some(LexicalChoice { label, means: Means::Values(Map::from_iter(values)) })
    };
    let times = state.starts.iter().filter_map(choice).take(TIMES_MAX);
    let another =
        LexicalChoice { label: texts::ANOTHER_DAY.in_language(language).to_owned(), means: Means::AnotherDay };
    times.chain([another]).collect()
}

fn people(answer: &Value, language: Language, state: &mut LexicalState) -> String {
    let all = answer["contacts"].as_array().into_iter().flatten().take(ENTRIES_MAX);
    state.shown = all
        .filter_map(|contact| {
            Some((contact["contact_id"].as_str()?.to_owned(), properties(&contact["properties"], language)))
        })
        .collect();
    state.found = Some(state.shown.iter().map(|(id, _)| id.clone()).collect());
    if state.shown.is_empty() {
        return texts::NOBODY_FOUND.in_language(language).to_owned();
    }
    let lines: Vec<&str> = state.shown.iter().map(|(_, line)| line.as_str()).collect();
    format!("{}\n{}", texts::PEOPLE_FOUND.in_language(language), lines.join("\n"))
}

//! The question before a write: all that will be sent, in the visitor's language, and the choices to answer it.

use serde_json::{Map, Value};

use super::session::{HAND_OFF, HAND_OVER};
use super::state::{Call, LexicalChoice, Means};
use crate::chat::language::Language;
use crate::chat::texts::kind::{Text, TextWithValues};
use crate::chat::texts::{confirmations, properties};
use crate::chat::{results, texts};
use crate::tool::view::ToolView;
use domain::day_in_words;

/// The beginning of a line of a task that names an appointment: its weekday, start, title, colleague and number.
const APPOINTMENT: &str = "Appointment: ";
/// The longest text that the question repeats.
const REPEATED_CHARACTERS_MAX: usize = 300;
/// The arguments that can be said anew before a call, by tool.
const CHANGEABLE: &[(&str, &str)] = &[
    ("create_ticket", "issue"),
    ("update_ticket", "note"),
    (HAND_OFF, "reason"),
    (HAND_OVER, "description"),
    ("create_contact", "properties"),
    ("update_contact", "properties"),
    ("create_meeting", "meeting_start_time"),
];

/// The argument that can be said anew.
pub(super) fn changeable(call: &Call) -> Option<&'static str> {
    let moves = call.arguments.contains_key("stage");
    CHANGEABLE.iter().find(|(name, _)| *name == call.tool && !moves).map(|(_, argument)| *argument)
}

/// What is known beside the call: who is meant by its ids.
pub(super) struct KnownRecords<'a> {
    /// The records that were shown, by their ids: the one that is changed is named.
    pub(super) shown: &'a [(String, String)],
    /// The name of the meeting link whose times were shown.
    pub(super) link: Option<&'a str>,
    /// The visitor's address, where the server fills it in.
    pub(super) address: Option<&'a str>,
}

/// The question.
pub(super) fn question(call: &Call, tool: &ToolView, known: &KnownRecords<'_>, language: Language) -> String {
    let text = |name: &str| cut(call.arguments.get(name).and_then(Value::as_str).unwrap_or_default());
    match call.tool.as_str() {
        "create_meeting" => meeting(&call.arguments, known, language),
        "create_ticket" => confirmations::CONFIRM_TICKET.with(language, &[("text", &text("issue"))]),
        HAND_OFF | HAND_OVER => confirmations::CONFIRM_TASK
            .with(language, &[("text", &in_words(&text(changeable(call).unwrap_or_default()), language))]),
        "update_ticket" => {
            let id = text("ticket_id");
            let note = text("note");
            let added = || confirmations::CONFIRM_NOTE.with(language, &[("id", &id), ("text", &note)]);
            let moved = match text("stage").as_str() {
                "reopen" => confirmations::CONFIRM_REOPEN.with(language, &[("id", &id)]),
                "close" => confirmations::CONFIRM_CLOSE.with(language, &[("id", &id)]),
                _ => return added(),
            };
            // All that is sent is told.
            if note.is_empty() { moved } else { format!("{moved} {}", added()) }
        }
        "create_contact" => confirmations::CONFIRM_CONTACT
            .with(language, &[("values", &results::properties(&call.arguments["properties"], language))]),
        "update_contact" => {
            let question = confirmations::CONFIRM_CHANGES
                .with(language, &[("values", &pairs(&call.arguments["properties"], language))]);
            let whose = known.shown.iter().find(|(id, _)| *id == text("contact")).map(|(_, label)| label);
            whose.map_or(question.clone(), |label| format!("{label}\n{question}"))
        }
        _ => {
            let what = tool.description.lines().next().unwrap_or(tool.name).trim_end_matches('.').to_owned();
            let values = pairs(&Value::Object(call.arguments.clone()), language);
            let what = if values.is_empty() { what } else { format!("{what} ({values})") };
            confirmations::CONFIRM_OTHER.with(language, &[("what", &what)])
        }
    }
}

/// The choices to answer it.
pub(super) fn choices(call: &Call, language: Language) -> Vec<LexicalChoice> {
    let choice = |text: Text, means| LexicalChoice { label: text.in_language(language).to_owned(), means };
    let change = changeable(call).map(|_| choice(texts::CHANGE, Means::Change));
    [choice(texts::YES, Means::Yes)].into_iter().chain(change).chain([choice(texts::NO, Means::No)]).collect()
}

fn meeting(arguments: &Map<String, Value>, known: &KnownRecords<'_>, language: Language) -> String {
    let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let day = day_in_words::day(text("meeting_date"), language).unwrap_or_else(|| text("meeting_date").to_owned());
    let minutes = arguments.get("duration").map(Value::to_string).unwrap_or_default();
    let name = format!("{} {}", text("cus_fname"), text("cus_lname"));
    let address = Some(text("cus_email")).filter(|email| !email.is_empty()).or(known.address).unwrap_or_default();
    let whom = [name.trim(), address].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let moment =
        confirmations::MEETING_MOMENT.with(language, &[("day", day.as_str()), ("time", text("meeting_start_time"))]);
    let part = |part: TextWithValues, name: &str, value: Option<&str>| {
        let value = value.filter(|value| !value.is_empty())?;
        Some(part.with(language, &[(name, value)]))
    };
    let parts = [
        Some(moment),
        Some(text("time_zone").to_owned()).filter(|zone| !zone.is_empty()),
        part(confirmations::MEETING_MINUTES, "minutes", Some(&minutes)),
        part(confirmations::MEETING_LINK, "link", known.link),
        part(confirmations::MEETING_WHOM, "whom", Some(&whom)),
    ];
    let meeting = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    confirmations::CONFIRM_MEETING.with(language, &[("meeting", &meeting)])
}

/// A reason with its appointments as the visitor reads them: without numbers of records, and with moments in words.
fn in_words(reason: &str, language: Language) -> String {
    let line = |line: &str| match line.strip_prefix(APPOINTMENT) {
        Some(parts) => {
            let parts: Vec<&str> = parts.split(", ").collect();
            let moment = parts.iter().find_map(|part| day_in_words::moment(part, language));
            let is_told = |part: &&&str| {
                day_in_words::moment(part, language).is_none() && !part.chars().all(|c| c.is_ascii_digit())
            };
            let others = parts.iter().filter(is_told).skip(usize::from(moment.is_some()));
            moment.into_iter().chain(others.map(|part| (*part).to_owned())).collect::<Vec<_>>().join(", ")
        }
        None => line.to_owned(),
    };
    reason.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn pairs(values: &Value, language: Language) -> String {
    let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let all = values.as_object().into_iter().flatten();
    cut(&all.map(|(name, value)| properties::pair(name, &shown(value), language)).collect::<Vec<_>>().join(", "))
}

fn cut(text: &str) -> String {
    if text.chars().count() <= REPEATED_CHARACTERS_MAX {
        return text.to_owned();
    }
    text.chars().take(REPEATED_CHARACTERS_MAX).chain(['…']).collect()
}

#[test]
fn an_appointment_is_told_in_words() {
    let reason = "Bitte absagen\nAppointment: Tuesday, 2026-12-01T15:00:00+01:00, Demo, Veronica Chen, 83450290116";
    let told = in_words(reason, Language::German);
    assert_eq!(told, "Bitte absagen\nDienstag, 1. Dezember 2026, 15:00, Demo, Veronica Chen");
    assert_eq!(in_words("It beeps", Language::German), "It beeps");
}

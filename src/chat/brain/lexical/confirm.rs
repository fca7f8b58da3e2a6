//! The question before a write: all that will be sent, in the visitor's language, and the choices to answer it.

use serde_json::{Map, Value};

use super::replies;
use super::state::{Call, Choice, Means};
use crate::chat::language::Language;
use crate::chat::texts::properties;
use crate::chat::{dates, texts};
use crate::tool::Effect;
use crate::tool::view::ToolView;

/// Tools that write nothing the visitor would have to agree to: they recognise and log.
const UNASKED: &[&str] = &["find_contact_by_email", "log_activity", "taskgraph_start", "taskgraph_step"];
/// The longest text that the question repeats.
const REPEATED_CHARACTERS_MAX: usize = 300;
/// The arguments that can be said anew before a call, by tool.
const CHANGEABLE: &[(&str, &str)] = &[
    ("create_ticket", "issue"),
    ("update_ticket", "note"),
    ("create_task", "reason"),
    ("create_contact", "properties"),
    ("update_contact", "properties"),
    ("create_meeting", "meeting_start_time"),
];

/// True for a call that the visitor has to agree to.
pub(super) fn is_needed(tool: &ToolView) -> bool {
    tool.effect != Effect::Read && !UNASKED.contains(&tool.name)
}

/// The argument that can be said anew.
pub(super) fn changeable(call: &Call) -> Option<&'static str> {
    let moves = call.arguments.contains_key("stage");
    CHANGEABLE.iter().find(|(name, _)| *name == call.tool && !moves).map(|(_, argument)| *argument)
}

/// The question.
/// `shown` are the records that were shown, by their ids: the one that is changed is named.
pub(super) fn question(call: &Call, tool: &ToolView, shown: &[(String, String)], language: Language) -> String {
    let text = |name: &str| cut(call.arguments.get(name).and_then(Value::as_str).unwrap_or_default());
    match call.tool.as_str() {
        "create_meeting" => meeting(&call.arguments, language),
        "create_ticket" => texts::CONFIRM_TICKET.with(language, &[("text", &text("issue"))]),
        "create_task" => texts::CONFIRM_TASK.with(language, &[("text", &text("reason"))]),
        "update_ticket" => {
            let id = text("ticket_id");
            let note = text("note");
            let added = || texts::CONFIRM_NOTE.with(language, &[("id", &id), ("text", &note)]);
            let moved = match text("stage").as_str() {
                "reopen" => texts::CONFIRM_REOPEN.with(language, &[("id", &id)]),
                "close" => texts::CONFIRM_CLOSE.with(language, &[("id", &id)]),
                _ => return added(),
            };
            // All that is sent is told.
            if note.is_empty() { moved } else { format!("{moved} {}", added()) }
        }
        "create_contact" => texts::CONFIRM_CONTACT
            .with(language, &[("values", &replies::properties(&call.arguments["properties"], language))]),
        "update_contact" => {
            let question =
                texts::CONFIRM_CHANGES.with(language, &[("values", &pairs(&call.arguments["properties"], language))]);
            let whose = shown.iter().find(|(id, _)| *id == text("contact")).map(|(_, label)| label);
            whose.map_or(question.clone(), |label| format!("{label}\n{question}"))
        }
        _ => {
            let what = tool.description.lines().next().unwrap_or(tool.name).trim_end_matches('.').to_owned();
            texts::CONFIRM_OTHER.with(
                language,
                &[("what", &what), ("values", &pairs(&Value::Object(call.arguments.clone()), language))],
            )
        }
    }
}

/// The choices to answer it.
pub(super) fn choices(call: &Call, language: Language) -> Vec<Choice> {
    let choice = |text: texts::Text, means| Choice { label: text.in_language(language).to_owned(), means };
    let change = changeable(call).map(|_| choice(texts::CHANGE, Means::Change));
    [choice(texts::YES, Means::Yes)].into_iter().chain(change).chain([choice(texts::NO, Means::No)]).collect()
}

fn meeting(arguments: &Map<String, Value>, language: Language) -> String {
    let text = |name: &str| arguments.get(name).and_then(Value::as_str).unwrap_or_default();
    let day = dates::day(text("meeting_date"), language).unwrap_or_else(|| text("meeting_date").to_owned());
    let minutes = arguments.get("duration").map(Value::to_string).unwrap_or_default();
    let name = format!("{} {}", text("cus_fname"), text("cus_lname"));
    let values = [
        ("day", day.as_str()),
        ("time", text("meeting_start_time")),
        ("zone", text("time_zone")),
        ("minutes", minutes.as_str()),
        ("name", name.trim()),
        ("email", text("cus_email")),
    ];
    texts::CONFIRM_MEETING.with(language, &values)
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

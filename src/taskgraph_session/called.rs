//! A tool that the server has called, as the model reads it: what it has to tell the customer, and no more.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{free_times, meeting_links};
use taskgraph::engine::action::Action;
use taskgraph::engine::event::Event;

/// A tool that the server has called itself.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Called {
    /// The tool's name.
    pub tool: String,
    /// Arguments of a call that failed.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub arguments: Map<String, Value>,
    /// `false`: the tool gave an error, not a result.
    #[serde(skip_serializing_if = "Clone::clone")]
    pub succeeded: bool,
    /// The tool's answer without what is known already, or its failure: the `code` alone where `failed` of what is asked
    /// says the rest.
    #[schemars(with = "Map<String, Value>")]
    pub result: Value,
}

/// The field of an answer with the id of a task.
const TASK: &str = "task_id";
/// The fields of results that the session passes on itself, or that repeat others.
const NOT_SHOWN: &[(&str, &[&str])] = &[
    (
        "find_contact_by_email",
        &["contact_id", "contact_email", "owner_id", "url", "logged_communication_id", "recovered"],
    ),
    (
        "check_available",
        &[
            "time_zone",
            "slug",
            "durations",
            "busy_time_slots",
            "available_slots_unix",
            "busy_time_slots_unix",
            "guests_max",
        ],
    ),
    ("create_meeting", &["contact_id", "calendar_event_id", "time_zone", "end", "recovered"]),
    ("create_ticket", &["url", "owner_id", "recovered"]),
    ("update_ticket", &["url", "updated_at"]),
    ("create_task", &["url", "owner_id", "contact_id", "ticket_id", "recovered"]),
    ("log_activity", &["kind", "channel", "at", "contact_id", "url", "recovered"]),
    ("handoff_start", &["url", "contact_id", "conversation_id", "recovered"]),
    ("find_meetings", &["contact_id", "changes"]),
    ("get_contact", &["contact_id", "url", "updated_at"]),
    ("update_contact", &["contact_id", "url", "updated_at"]),
    ("search_documents", &["documents"]),
];
/// The fields that the entries of a list do without: only who reads a whole document needs to find a passage in it.
const NOT_SHOWN_OF_ENTRIES: &[(&str, &[&str])] = &[
    ("passages", &["link", "position", "score", "headings"]),
    ("tickets", &["url", "owner_id", "updated_at"]),
    ("contacts", &["updated_at"]),
];

/// The fields of results that may be made of what was sent.
const REPEATED: &[&str] = &["subject", "reach"];
/// The arguments that take one of several contacts.
const CONTACTS: &[&str] = &["contact", "cus_cid"];
/// The argument with what the customer has said so far.
const CONVERSATION: &str = "chat";

impl Called {
    /// The call of a tool with its answer.
    pub(super) fn of(tool: &str, arguments: Map<String, Value>, succeeded: bool, answer: Value) -> Called {
        let result = if succeeded { without_sent(shown(tool, answer), &arguments) } else { answer };
        let arguments = if succeeded { Map::new() } else { arguments };
        Called { tool: tool.to_owned(), arguments, succeeded, result }
    }
}

/// Leaves of the last failure only the code where the last instruction says all of it, and of its arguments those that this
/// event has not brought.
pub(super) fn without_twice(called: &mut [Called], ask: Option<&Action>, event: &Event) {
    if let (Some(Action::Slots { missing, .. }), Some(last)) = (ask, called.last_mut())
        && missing.iter().any(|missing| CONTACTS.contains(&missing.name.as_str()))
    {
        // Of several one is chosen first.
        let contacts = last.result.get_mut("contacts").and_then(Value::as_array_mut);
        contacts.into_iter().flatten().for_each(|contact| remove(contact, &["url"]));
    }
    let failed = match ask {
        Some(Action::Slots { failed, .. } | Action::Call { failed, .. } | Action::Nothing { failed, .. }) => {
            failed.as_ref()
        }
        _ => None,
    };
    if let (Some(last), Some(_)) = (called.last_mut(), failed.and_then(|failed| failed.details.get("matched_by"))) {
        remove(&mut last.result, &["contact"]); // Perhaps somebody else's name.
    }
    // The script has gone on in spite of earlier failures.
    if let Some((_, earlier)) = called.split_last_mut() {
        for call in earlier.iter_mut().filter(|call| !call.succeeded) {
            call.arguments.clear();
            call.result = json!({ "code": call.result["code"] });
        }
    }
    let Some((last, failed)) = called.last_mut().filter(|last| !last.succeeded).zip(failed) else { return };
    last.arguments.retain(|name, value| name != CONVERSATION && !event.slots.values().any(|said| said == value));
    let code = last.result["code"].clone();
    let known = last.result.as_object().into_iter().flatten();
    let whole = known.filter(|(name, _)| !["code", "message", "hint"].contains(&name.as_str()));
    if code == failed.code.as_str() && whole.into_iter().all(|(name, value)| failed.details.get(name) == Some(value)) {
        last.result = json!({ "code": code });
    }
}

/// Leaves out what the result repeats of the arguments: values of a new record, and texts made of the customer's words.
fn without_sent(mut result: Value, arguments: &Map<String, Value>) -> Value {
    let texts: Vec<&str> = arguments.values().filter_map(Value::as_str).collect();
    let is_sent = |text: &str| texts.iter().any(|sent| sent.starts_with(text.trim_end_matches('…')));
    if let Some(object) = result.as_object_mut() {
        object.retain(|name, value| !REPEATED.contains(&name.as_str()) || !value.as_str().is_some_and(is_sent));
    }
    // By default it is due at once.
    if result[TASK].is_string() && !arguments.contains_key("due") {
        remove(&mut result, &["due"]);
    }
    let sent = arguments.get("properties").filter(|_| result["created"] == true);
    if let Some((sent, contact)) = sent.zip(result.get_mut("contact")) {
        let made = contact.get_mut("properties").and_then(Value::as_object_mut);
        made.into_iter().for_each(|made| made.retain(|name, value| sent.get(name.as_str()) != Some(value)));
        if contact["properties"] == json!({}) {
            // A new record of what was sent: the session knows its id.
            remove(&mut result, &["contact"]);
        }
    }
    result
}

fn shown(tool: &str, mut answer: Value) -> Value {
    let hidden = NOT_SHOWN.iter().find(|(of, _)| *of == tool).map_or(&[][..], |(_, fields)| fields);
    if tool == "check_available" {
        meeting_links::shorten(&mut answer);
    }
    remove(&mut answer, hidden);
    if tool == "check_available" {
        free_times::shorten(&mut answer);
    }
    match answer["total"].as_u64() {
        Some(0) => remove(&mut answer, &["tickets", "contacts"]),
        // Only where nobody was found does it matter what was looked at.
        Some(_) => remove(&mut answer, &["searched"]),
        None => {}
    }
    without_counts(&mut answer);
    if answer["note_id"].is_string() && answer["changes"] == json!({}) {
        remove(&mut answer, &["changes"]); // The note says what was done.
    }
    if let Some(properties) = answer.get_mut("properties").filter(|_| tool == "get_contact") {
        remove(properties, &["hubspot_owner_id"]); // No customer knows their representative by it.
    }
    for (count, list) in [("coming_total", "coming"), ("past_total", "past")] {
        if answer[count] == 0 {
            remove(&mut answer, &[list]);
        }
    }
    if let Some(contact) = answer.get_mut("contact") {
        remove(contact, &["url", "updated_at"]);
    }
    for (list, hidden) in NOT_SHOWN_OF_ENTRIES {
        for entry in answer.get_mut(*list).and_then(Value::as_array_mut).into_iter().flatten() {
            remove(entry, hidden);
        }
    }
    answer
}

/// Leaves out how many there are where all of them are listed, and that each is open where all are.
fn without_counts(answer: &mut Value) {
    let (total, open) = (answer["total"].as_u64(), answer["open"].as_u64());
    for list in ["tickets", "contacts"] {
        let Some(entries) = answer.get_mut(list).and_then(Value::as_array_mut) else { continue };
        if open.is_some() && open == total {
            entries.iter_mut().for_each(|entry| remove(entry, &["open"]));
        }
        if total == Some(entries.len() as u64) {
            remove(answer, &["total"]);
        }
    }
}

fn remove(value: &mut Value, fields: &[&str]) {
    if let Some(object) = value.as_object_mut() {
        object.retain(|name, _| !fields.contains(&name.as_str()));
    }
}

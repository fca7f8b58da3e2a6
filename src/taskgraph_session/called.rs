//! A tool that the server has called, as the model reads it: what it has to tell the customer, and no more.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// A tool that the server has called itself.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Called {
    /// The tool's name.
    pub tool: String,
    /// The arguments of a call that failed.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub arguments: Map<String, Value>,
    /// The tool gave a result, not an error.
    pub succeeded: bool,
    /// The tool's answer without what only later calls need, or its failure with `code`, `message` and `hint`.
    #[schemars(with = "Map<String, Value>")]
    pub result: Value,
}

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
            "links",
            "duration",
            "busy_time_slots",
            "available_slots_unix",
            "busy_time_slots_unix",
            "next_after",
            "guests_max",
        ],
    ),
    ("create_meeting", &["contact_id", "calendar_event_id", "time_zone", "end", "recovered"]),
    ("create_ticket", &["url", "recovered"]),
    ("search_documents", &["documents"]),
];
/// The fields that the entries of a list do without: the day of free times is said once, and only who reads a whole
/// document needs to find a passage in it.
const NOT_SHOWN_OF_ENTRIES: &[(&str, &[&str])] =
    &[("available_slots", &["weekday"]), ("passages", &["link", "position", "score", "headings"])];

impl Called {
    /// The call of a tool with its answer.
    pub(super) fn of(tool: &str, arguments: Map<String, Value>, succeeded: bool, answer: Value) -> Called {
        let arguments = if succeeded { Map::new() } else { arguments };
        let result = if succeeded { shown(tool, answer) } else { answer };
        Called { tool: tool.to_owned(), arguments, succeeded, result }
    }
}

fn shown(tool: &str, mut answer: Value) -> Value {
    let hidden = NOT_SHOWN.iter().find(|(of, _)| *of == tool).map_or(&[][..], |(_, fields)| fields);
    remove(&mut answer, hidden);
    for (list, hidden) in NOT_SHOWN_OF_ENTRIES {
        for entry in answer.get_mut(*list).and_then(Value::as_array_mut).into_iter().flatten() {
            remove(entry, hidden);
        }
    }
    answer
}

fn remove(value: &mut Value, fields: &[&str]) {
    if let Some(object) = value.as_object_mut() {
        object.retain(|name, _| !fields.contains(&name.as_str()));
    }
}

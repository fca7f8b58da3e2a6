//! The tools of this server: their arguments, and the fields of their results that are arguments of other tools.
//!
//! The tables name Frontdesk's tools. A graph that uses none of them is not affected.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::limits::VALUE_LENGTH_MAX;
pub(super) use crate::rules::{LIVE_TOOL, MEETINGS_TOOL, TASK_TOOL};
use crate::{graph::Slot, rules::IDENTIFY_TOOL};

/// The tools of this server, by name.
#[derive(Clone, Debug, Default)]
pub struct Toolbox {
    /// The tools by their names.
    pub tools: BTreeMap<String, ToolSpec>,
    /// The names of those that are not open to this run: nothing that begins with one is offered.
    pub closed: BTreeSet<String>,
    /// The names of the look-ups that the company declares; nodes `custom/http-tool` call them.
    pub lookups: BTreeSet<String>,
}

impl Toolbox {
    /// Returns `true` if the server has the tool and it is open to this run.
    pub(super) fn is_open(&self, tool: &str) -> bool {
        self.tools.contains_key(tool) && !self.closed.contains(tool)
    }
}

/// A tool as far as the engine has to know it.
#[derive(Clone, Debug)]
pub struct ToolSpec {
    /// The JSON Schema of its arguments: an object with `properties` and `required`.
    pub input_schema: Value,
    /// The tool is idempotent: calling it again after a failure of unknown outcome is harmless.
    pub repeatable: bool,
}

impl ToolSpec {
    /// Describes a tool of which only these slots are known.
    pub(super) fn of_slots(slots: &[Slot]) -> ToolSpec {
        let described = |slot: &Slot| (slot.name.clone(), json!({"description": slot.description}));
        let properties: Map<String, Value> = slots.iter().map(described).collect();
        let required: Vec<&str> = slots.iter().filter(|slot| slot.required).map(|slot| slot.name.as_str()).collect();
        let input_schema = json!({"type": "object", "properties": properties, "required": required});
        ToolSpec { input_schema, repeatable: false }
    }

    pub(super) fn required(&self) -> impl Iterator<Item = &str> {
        self.input_schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    /// The names of all arguments.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.input_schema["properties"].as_object().into_iter().flat_map(Map::keys).map(String::as_str)
    }

    pub(super) fn has(&self, argument: &str) -> bool {
        self.names().any(|name| name == argument)
    }

    /// Returns `true` if the argument takes a value of this JSON type, as far as its schema says one. Numbers and texts are
    /// read from each other, lists and objects from their JSON text too.
    pub(super) fn takes(&self, argument: &str, value: &Value) -> bool {
        let written = &self.input_schema["properties"][argument]["type"];
        let types: Vec<&str> = match written {
            Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        let is = |name: &str| types.contains(&name);
        let opens = |text: &str, sign: char| text.trim_start().starts_with(sign);
        let scalar = ["string", "integer", "number", "boolean"].into_iter().any(is);
        types.is_empty()
            || match value {
                Value::Array(items) => is("array") || (items.is_empty() && is("object")),
                Value::Object(fields) => is("object") || (fields.is_empty() && is("array")),
                Value::String(text) => {
                    scalar || (is("array") && opens(text, '[')) || (is("object") && opens(text, '{'))
                }
                _ => scalar,
            }
    }

    pub(super) fn description(&self, argument: &str) -> String {
        self.input_schema["properties"][argument]["description"].as_str().unwrap_or_default().to_owned()
    }
}

/// A field of a tool's result that provides an argument of other tools.
#[derive(Debug)]
pub(super) struct OutputBinding {
    pub(super) tool: &'static str,
    /// The path of the field in the result, such as `contact.contact_id`.
    pub(super) field: &'static str,
    pub(super) argument: &'static str,
    pub(super) accepted: AcceptedFrom,
}

/// The sources that are accepted for an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AcceptedFrom {
    /// Only the tool, and a result without the field is a failure: a model must not invent a contact.
    ToolRequired,
    /// Only the tool, but the field may be missing.
    ToolOptional,
    /// The tool and the customer.
    Anyone,
}

/// The fields that provide arguments. Of several tools for one argument the most reliable is first.
pub(super) const OUTPUT_BINDINGS: &[OutputBinding] = &[
    binding("find_contact_by_email", "contact_id", "cus_cid", AcceptedFrom::ToolRequired),
    binding("find_contact_by_email", "contact_id", "contact", AcceptedFrom::ToolRequired),
    binding("find_contact_by_email", "contact_email", "email", AcceptedFrom::Anyone),
    binding("find_contact_by_email", "contact_email", "cus_email", AcceptedFrom::Anyone),
    binding("find_contact_by_email", "contact_first_name", "cus_fname", AcceptedFrom::Anyone),
    binding("find_contact_by_email", "contact_last_name", "cus_lname", AcceptedFrom::Anyone),
    binding("create_contact", "contact.contact_id", "cus_cid", AcceptedFrom::ToolRequired),
    binding("create_contact", "contact.contact_id", "contact", AcceptedFrom::ToolRequired),
    binding("create_contact", "contact.properties.email", "email", AcceptedFrom::Anyone),
    binding("create_contact", "contact.properties.email", "cus_email", AcceptedFrom::Anyone),
    binding("create_contact", "contact.properties.firstname", "cus_fname", AcceptedFrom::Anyone),
    binding("create_contact", "contact.properties.lastname", "cus_lname", AcceptedFrom::Anyone),
    binding("create_ticket", "ticket_id", "ticket_id", AcceptedFrom::Anyone),
    binding("find_owner_id_by_contact_id", "owner_id", "owner_id", AcceptedFrom::ToolRequired),
    binding("find_contact_by_email", "owner_id", "owner_id", AcceptedFrom::ToolOptional),
    binding("check_available", "slug", "slug", AcceptedFrom::ToolRequired),
    binding("check_available", "date", "meeting_date", AcceptedFrom::Anyone),
    binding("check_available", "time_zone", "time_zone", AcceptedFrom::Anyone),
    binding("check_available", "duration", "duration", AcceptedFrom::Anyone),
    binding("search_contacts", "contacts.contact_id", "cus_cid", AcceptedFrom::ToolOptional),
    binding("search_contacts", "contacts.contact_id", "contact", AcceptedFrom::ToolOptional),
    binding("search_contacts", "contacts.properties.email", "email", AcceptedFrom::Anyone),
    binding("search_contacts", "contacts.properties.email", "cus_email", AcceptedFrom::Anyone),
    binding("search_contacts", "contacts.properties.firstname", "cus_fname", AcceptedFrom::Anyone),
    binding("search_contacts", "contacts.properties.lastname", "cus_lname", AcceptedFrom::Anyone),
    binding("find_tickets", "tickets.ticket_id", "ticket_id", AcceptedFrom::Anyone),
    binding("update_ticket", "ticket_id", "ticket_id", AcceptedFrom::Anyone),
];

/// Arguments that are not offered: no customer states them, or only where a failure asks for them.
pub(super) const TECHNICAL_ARGUMENTS: &[&str] = &[
    "bt_slots_ux",
    "form_fields",
    "consents",
    "after",
    "limit",
    "cursor",
    "text_from",
    "if_updated_at",
    "before",
    "unix",
    "allow_same_phone",
    "task_id",
];
/// The argument and the field of a result with the id of a task.
pub(super) const TASK: &str = "task_id";

/// The tool that shows free times, and the one that books one of them.
pub(super) const TIMES_TOOL: &str = "check_available";
pub(super) const BOOKING_TOOL: &str = "create_meeting";
/// The argument that says whom to search for.
pub(super) const QUERY: &str = "query";
/// A whole name, which no tool takes: it is searched for, or parted into the first and the last one.
pub(super) const NAME: &str = "name";
/// The tool that changes a customer's data.
pub(super) const UPDATE_TOOL: &str = "update_contact";
/// The tool that adds a customer, and the one that finds people by name or phone number.
pub(super) const ADD_TOOL: &str = "create_contact";
pub(super) const SEARCH_TOOL: &str = "search_contacts";

/// The part of the customer's words that an argument takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Everything that they have said and that is not logged yet.
    Conversation,
    /// The message with which they came to the matter at hand.
    Matter,
    /// Whatever was said, since a person can be asked for without a word of why.
    Request,
}

/// Arguments that the customer's own words fill.
pub(super) const WORD_ARGUMENTS: &[(&str, &str, Words)] = &[
    (IDENTIFY_TOOL, "chat", Words::Conversation),
    ("create_ticket", "issue", Words::Matter),
    ("update_ticket", "note", Words::Matter),
    ("log_activity", "text", Words::Matter),
    (LIVE_TOOL, "description", Words::Request),
    (TASK_TOOL, "reason", Words::Request),
];

/// Returns the part of the customer's words that this argument takes.
pub(super) fn words_for(tool: &str, argument: &str) -> Option<Words> {
    WORD_ARGUMENTS.iter().find(|(of, name, _)| *of == tool && *name == argument).map(|(.., words)| *words)
}

/// Returns the argument in which this tool tells a person of the customer's wish.
pub(super) fn request_argument(tool: &str) -> Option<&'static str> {
    let found = WORD_ARGUMENTS.iter().find(|(of, _, words)| *of == tool && *words == Words::Request);
    found.map(|(_, argument, _)| *argument)
}

/// Returns the argument in which another tool tells a person of the wish that this argument of this tool tells of: what was
/// said for one holds for the other.
pub(super) fn same_request(tool: &str, argument: &str) -> Option<&'static str> {
    let own = request_argument(tool).is_some_and(|own| own == argument);
    let mut all = WORD_ARGUMENTS.iter().filter(|(.., words)| own && *words == Words::Request);
    all.find(|(of, ..)| *of != tool).map(|(_, other, _)| *other)
}

/// The argument with further properties of a record.
pub(super) const PROPERTIES: &str = "properties";

/// Objects that are made of single values: tool, argument, and the names of the values.
pub(super) const COMPOSED_ARGUMENTS: &[(&str, &str, &[&str])] =
    &[("create_contact", PROPERTIES, CONTACT_PARTS), ("update_contact", PROPERTIES, CONTACT_PARTS)];
const CONTACT_PARTS: &[&str] = &[
    "email",
    "firstname",
    "lastname",
    "phone",
    "company",
    "address",
    "city",
    "zip",
    "state",
    "country",
    "jobtitle",
    "website",
];
/// Those of them that are taken but not named each time.
pub(super) const MORE_PARTS: &[&str] = &["address", "city", "zip", "state", "country", "jobtitle", "website"];

/// Returns the names of the values that this argument is made of.
pub(super) fn parts_of(tool: &str, argument: &str) -> &'static [&'static str] {
    let found = COMPOSED_ARGUMENTS.iter().find(|(of, name, _)| *of == tool && *name == argument);
    found.map_or(&[], |(.., parts)| parts)
}

/// Returns `true` if an argument of the tool is made of the data of a person.
pub(super) fn composes(tool: &str) -> bool {
    COMPOSED_ARGUMENTS.iter().any(|(of, ..)| *of == tool)
}

/// Those of the values that are named each time.
pub(super) fn usual(parts: &[&'static str]) -> impl Iterator<Item = &'static str> {
    parts.iter().copied().filter(|part| !MORE_PARTS.contains(part))
}

/// The field of an answer that says by which value an existing contact was found, and the argument that adds somebody in
/// spite of it.
pub(super) const MATCHED_BY: &str = "matched_by";
pub(super) const SHARED: &str = "allow_same_phone";

/// The arguments by which a customer is recognised, the usual one first.
pub(super) const ADDRESSES: &[&str] = &["email", "phone"];

/// The arguments with which somebody names themselves where they are to be recognised.
pub(super) const NAMING: &[&str] = &[QUERY, NAME, PROPERTIES, "firstname", "lastname", "company"];

/// Tools that need one of several arguments, the usual one first.
pub(super) const ONE_OF: &[(&str, &[&str])] =
    &[(IDENTIFY_TOOL, ADDRESSES), ("find_tickets", &["contact", "ticket_id"]), (SEARCH_TOOL, &["query", "filters"])];

/// Arguments that change the customer or the day after a tool has used them, so that the tool is called again.
pub(super) const ASKED_AGAIN: &[(&str, &[&str])] = &[
    (IDENTIFY_TOOL, &["email"]),
    (TIMES_TOOL, &["meeting_date", "time_zone", "owner_id", "slug", "duration", "before", "after"]),
];

/// Other names of arguments: those of answers' fields, and those that models use.
const OTHER_NAMES: &[(&str, &[&str])] = &[
    ("contactid", &["cus_cid", "contact"]),
    ("contactemail", &["email"]),
    ("emailaddress", &["email"]),
    ("mail", &["email"]),
    ("contactfirstname", &["firstname", "cus_fname"]),
    ("contactlastname", &["lastname", "cus_lname"]),
    ("phonenumber", &["phone"]),
    ("mobile", &["phone"]),
    ("contactname", &[NAME, QUERY]),
    ("fullname", &[NAME, QUERY]),
    ("name", &[NAME, QUERY]),
    ("date", &["meeting_date"]),
    ("day", &["meeting_date"]),
    ("start", &["meeting_start_time"]),
    ("starttime", &["meeting_start_time"]),
    ("time", &["meeting_start_time"]),
    ("zone", &["time_zone"]),
    ("representative", &["owner_id"]),
    ("appointmentid", &[APPOINTMENT]),
    ("guests", &["guest_emails"]),
    ("reason", &["description"]),
    ("description", &["reason"]),
];

/// A name without case and the marks between its words.
pub(super) fn plain_name(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// The arguments that may be meant by a name that is none.
pub(super) fn other_names(name: &str) -> &'static [&'static str] {
    let plain = plain_name(name);
    OTHER_NAMES.iter().find(|(other, _)| *other == plain).map_or(&[], |(_, arguments)| arguments)
}

/// Arguments that tools provide and the customer may choose: whom they want to meet, and with which link.
pub(super) const CHOSEN_ARGUMENTS: &[&str] = &["owner_id", "slug"];
/// Arguments of one call that asks for earlier or later times.
pub(super) const PAGE_ARGUMENTS: &[&str] = &["before", "after"];
/// The tool that finds a customer's tickets, and the argument with the id of one.
pub(super) const TICKETS_TOOL: &str = "find_tickets";
pub(super) const TICKET: &str = "ticket_id";
/// The field with the id of an appointment.
pub(super) const APPOINTMENT: &str = "meeting_id";
/// The value that names all of the customer's appointments.
const ALL: &str = "all";
/// The most appointments that are kept, and their fields.
const APPOINTMENTS_MAX: usize = 20;
const APPOINTMENT_FIELDS: &[&str] = &[APPOINTMENT, "start", "weekday", "title", "owner", "owner_id"];

/// Lists the appointments to come of this result that were not called off.
pub(super) fn appointments(result: &Value) -> Vec<Value> {
    let coming = result["coming"].as_array().into_iter().flatten();
    let held = coming.filter(|meeting| meeting["outcome"] != "CANCELED" && meeting[APPOINTMENT].is_string());
    let fields = |meeting: &Value| -> Value {
        let known =
            APPOINTMENT_FIELDS.iter().filter_map(|name| Some(((*name).to_owned(), meeting.get(*name)?.clone())));
        known.collect::<Map<String, Value>>().into()
    };
    held.map(fields).take(APPOINTMENTS_MAX).collect()
}

/// The ids of the appointments that a value names: one, several in a list, or `all`. Empty if one of them is none of those
/// that were found.
pub(super) fn named_appointments(found: &[Value], value: &Value) -> Vec<Value> {
    let parsed = value.as_str().filter(|text| text.trim_start().starts_with('['));
    let parsed = parsed.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let ids = || found.iter().map(|one| &one[APPOINTMENT]);
    let id = |wanted: &Value| ids().find(|id| plain_id(id) == plain_id(wanted)).cloned();
    match parsed.as_ref().unwrap_or(value) {
        Value::String(text) if text.trim().eq_ignore_ascii_case(ALL) => ids().cloned().collect(),
        Value::Array(wanted) => wanted.iter().map(id).collect::<Option<_>>().unwrap_or_default(),
        one => id(one).into_iter().collect(),
    }
}

/// An id as text, which clients write as a text or as a number.
pub(super) fn plain_id(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), |text| text.trim().to_owned())
}

/// The arguments that describe the customer. All others that the customer states belong to one topic and are forgotten
/// with it.
pub(super) const CUSTOMER_ARGUMENTS: &[&str] = &[
    "email",
    "cus_email",
    "cus_fname",
    "cus_lname",
    "time_zone",
    NAME,
    "firstname",
    "lastname",
    "phone",
    "company",
    REACH,
];
/// The argument that says how the customer is reached.
pub(super) const REACH: &str = "reach";
/// The argument that names a colleague.
pub(super) const OWNER: &str = "owner";
/// The value that says whether an address that was said before is wrong, or the customer another one. No tool takes it.
pub(super) const CORRECTION: &str = "correction";
/// The argument that says by when a colleague does something, which belongs to the matter that is passed on.
pub(super) const DUE: &str = "due";

const fn binding(
    tool: &'static str,
    field: &'static str,
    argument: &'static str,
    accepted: AcceptedFrom,
) -> OutputBinding {
    OutputBinding { tool, field, argument, accepted }
}

impl OutputBinding {
    /// Returns the value in this result, unless it is empty or too long.
    pub(super) fn value<'a>(&self, result: &'a Value) -> Option<&'a Value> {
        let value = self.field.split('.').try_fold(result, |inside, name| only(inside).get(name))?;
        let says_something = match value {
            Value::String(text) => !text.trim().is_empty(),
            Value::Number(_) => true,
            _ => false,
        };
        (says_something && value.to_string().len() <= VALUE_LENGTH_MAX).then_some(value)
    }
}

/// Returns the only entry of a list; of several, none is meant.
fn only(value: &Value) -> &Value {
    match value.as_array().map(Vec::as_slice) {
        Some([only]) => only,
        _ => value,
    }
}

/// Pairs of arguments of which a tool takes only one: tool, more specific argument, usual argument.
pub(super) const ALTERNATIVE_ARGUMENTS: &[(&str, &str, &str)] =
    &[("find_tickets", "ticket_id", "contact"), (IDENTIFY_TOOL, "email", "phone")];

/// Lists the contacts of this result from which the customer has to choose, if there are several.
pub(super) fn choices(tool: &str, result: &Value) -> Vec<Value> {
    let name = if tool == SEARCH_TOOL { "contacts" } else { "candidates" };
    let contacts = result[name].as_array().filter(|contacts| finds_customer(tool) && contacts.len() > 1);
    let ids = contacts.into_iter().flatten().map(|contact| contact["contact_id"].clone());
    ids.filter(Value::is_string).take(CHOICES_MAX).collect()
}

/// The most contacts from which the customer can choose.
const CHOICES_MAX: usize = 100;

/// Lists the fields of this tool's result that provide arguments.
pub(super) fn outputs_of(tool: &str) -> impl Iterator<Item = &'static OutputBinding> {
    OUTPUT_BINDINGS.iter().filter(move |binding| binding.tool == tool)
}

/// Returns `true` if the argument identifies the customer.
pub(super) fn identifies(argument: &str) -> bool {
    outputs_of(IDENTIFY_TOOL)
        .any(|binding| binding.argument == argument && binding.accepted == AcceptedFrom::ToolRequired)
}

/// Returns `true` if the tool says who the customer is.
pub(super) fn finds_customer(tool: &str) -> bool {
    [IDENTIFY_TOOL, ADD_TOOL, SEARCH_TOOL].contains(&tool)
}

/// Lists the tools whose results are the only accepted sources of this argument.
pub(super) fn sole_providers(argument: &str) -> impl Iterator<Item = &'static str> {
    let alone =
        move |binding: &&OutputBinding| binding.argument == argument && binding.accepted != AcceptedFrom::Anyone;
    OUTPUT_BINDINGS.iter().filter(alone).map(|binding| binding.tool)
}

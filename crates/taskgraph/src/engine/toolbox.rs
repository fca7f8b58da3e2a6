//! What the walk knows of this server's tools: their arguments, and what one hands on to the next.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::context::VALUE_LENGTH_MAX;
use crate::{graph::Slot, instructions::IDENTIFY_TOOL};

/// The tools of this server, by name.
#[derive(Clone, Debug, Default)]
pub struct Toolbox {
    pub tools: BTreeMap<String, ToolSpec>,
}

/// One tool.
#[derive(Clone, Debug)]
pub struct ToolSpec {
    /// The JSON Schema of its arguments: an object with `properties` and `required`.
    pub input_schema: Value,
    /// Calling it again after a failure of unknown outcome is harmless.
    pub repeatable: bool,
}

impl ToolSpec {
    /// A tool of which only these slots are known.
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

    /// Of all arguments.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.input_schema["properties"].as_object().into_iter().flat_map(Map::keys).map(String::as_str)
    }

    pub(super) fn has(&self, argument: &str) -> bool {
        self.names().any(|name| name == argument)
    }

    pub(super) fn description(&self, argument: &str) -> String {
        self.input_schema["properties"][argument]["description"].as_str().unwrap_or_default().to_owned()
    }
}

/// A field of a tool's result that is an argument of others.
#[derive(Debug)]
pub(super) struct OutputBinding {
    pub(super) tool: &'static str,
    /// Where it stands in the result: `contact.contact_id` is a field of a field.
    pub(super) field: &'static str,
    pub(super) argument: &'static str,
    pub(super) trust: Trust,
}

/// Who may say what an argument is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Only the tool, and a result without it is none: nobody may invent a contact.
    ToolRequired,
    /// Only the tool, if it knows.
    ToolOptional,
    /// The customer too.
    Anyone,
}

/// Of several tools that give the same, the surest stands first.
pub(super) const OUTPUT_BINDINGS: &[OutputBinding] = &[
    handed("find_contact_by_email", "contact_id", "cus_cid", Trust::ToolRequired),
    handed("find_contact_by_email", "contact_id", "contact", Trust::ToolRequired),
    handed("find_contact_by_email", "contact_email", "email", Trust::Anyone),
    handed("find_contact_by_email", "contact_email", "cus_email", Trust::Anyone),
    handed("find_contact_by_email", "contact_first_name", "cus_fname", Trust::Anyone),
    handed("find_contact_by_email", "contact_last_name", "cus_lname", Trust::Anyone),
    handed("create_contact", "contact.contact_id", "cus_cid", Trust::ToolRequired),
    handed("create_contact", "contact.contact_id", "contact", Trust::ToolRequired),
    handed("create_ticket", "ticket_id", "ticket_id", Trust::Anyone),
    handed("find_owner_id_by_contact_id", "owner_id", "owner_id", Trust::ToolRequired),
    handed("find_contact_by_email", "owner_id", "owner_id", Trust::ToolOptional),
    handed("check_available", "slug", "slug", Trust::ToolRequired),
    handed("check_available", "date", "meeting_date", Trust::Anyone),
    handed("check_available", "time_zone", "time_zone", Trust::Anyone),
];

/// What the customer says of themselves; all else they say belongs to one matter and is forgotten with it.
pub(super) const CUSTOMER_ARGUMENTS: &[&str] = &["email", "cus_email", "cus_fname", "cus_lname", "time_zone"];

const fn handed(tool: &'static str, field: &'static str, argument: &'static str, trust: Trust) -> OutputBinding {
    OutputBinding { tool, field, argument, trust }
}

impl OutputBinding {
    /// The value in this result; a value that says nothing, or too much, is none.
    pub(super) fn value<'a>(&self, result: &'a Value) -> Option<&'a Value> {
        let value = self.field.split('.').try_fold(result, |inside, name| inside.get(name))?;
        let says_something = match value {
            Value::String(text) => !text.trim().is_empty(),
            Value::Number(_) => true,
            _ => false,
        };
        (says_something && value.to_string().len() <= VALUE_LENGTH_MAX).then_some(value)
    }
}

/// Two ways to say what a tool is to look at, of which it takes one: the ticket in place of the customer.
pub(super) const ALTERNATIVE_ARGUMENTS: &[(&str, &str, &str)] = &[("find_tickets", "ticket_id", "contact")];

/// What the result of this tool hands on.
pub(super) fn outputs_of(tool: &str) -> impl Iterator<Item = &'static OutputBinding> {
    OUTPUT_BINDINGS.iter().filter(move |handed| handed.tool == tool)
}

/// The argument says who the customer is.
pub(super) fn identifies(argument: &str) -> bool {
    outputs_of(IDENTIFY_TOOL).any(|handed| handed.argument == argument && handed.trust == Trust::ToolRequired)
}

/// The tools that alone may say what this argument is.
pub(super) fn sole_providers(argument: &str) -> impl Iterator<Item = &'static str> {
    let alone = move |handed: &&OutputBinding| handed.argument == argument && handed.trust != Trust::Anyone;
    OUTPUT_BINDINGS.iter().filter(alone).map(|handed| handed.tool)
}

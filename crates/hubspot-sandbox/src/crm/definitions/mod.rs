//! HubSpot's own properties, as every portal has them: the part of them that a front desk meets.

mod activities;
mod companies;
mod contacts;
mod tickets;

use super::kind::{Facts, Kind};
use super::schema::{Choice, Definition, Group, Schema, ValueType};
use crate::choices::Choices;

/// The schema of `kind` in a fresh portal.
pub(crate) fn schema(kind: Kind, choices: Choices) -> Schema {
    let mut schema = Schema::default();
    for (order, given) in common(kind.facts()).into_iter().chain(own(kind).iter().copied()).enumerate() {
        schema.groups.entry(given.group.into()).or_insert_with(|| group(given.group));
        schema.put(given.define(order));
    }
    if !choices.custom_channel_conversation
        && let Some(channel) = schema.get_mut(CHANNEL_TYPE)
    {
        channel.options.retain(|option| option.value != "CUSTOM_CHANNEL_CONVERSATION");
    }
    schema
}

/// Brings a schema in line with choices that were made after it.
pub(crate) fn decide(schema: &mut Schema, kind: Kind, choices: Choices) {
    if let Some(channel) = schema.get_mut(CHANNEL_TYPE)
        && let Some(fresh) = self::schema(kind, choices).get(CHANNEL_TYPE)
    {
        channel.options.clone_from(&fresh.options);
    }
}

const CHANNEL_TYPE: &str = "hs_communication_channel_type";

fn own(kind: Kind) -> &'static [Given] {
    match kind {
        Kind::Contacts => contacts::GIVEN,
        Kind::Companies => companies::COMPANIES,
        Kind::Deals => companies::DEALS,
        Kind::Tickets => tickets::GIVEN,
        Kind::Communications => activities::COMMUNICATIONS,
        Kind::Calls => activities::CALLS,
        Kind::Emails => activities::EMAILS,
        Kind::Meetings => activities::MEETINGS,
        Kind::Notes => activities::NOTES,
        Kind::Tasks => activities::TASKS,
    }
}

fn common(facts: &'static Facts) -> [Given; 9] {
    [
        moment(facts.created, "Create date").computed(),
        moment(facts.modified, "Last modified date").computed(),
        number("hs_object_id", "Record ID").computed(),
        text("hs_object_source", "Record creation source").computed(),
        text("hs_object_source_id", "Record creation source ID").computed(),
        text("hs_object_source_label", "Record source").computed(),
        text("hs_merged_object_ids", "Merged record IDs").computed(),
        choice("hubspot_owner_id", "Owner", &[]).external(),
        number("hs_pinned_engagement_id", "Pinned engagement ID"),
    ]
}

fn group(name: &str) -> Group {
    Group { label: name.replace('_', " "), display_order: -1, archived: false }
}

/// One line of the tables beside this file.
#[derive(Clone, Copy, Debug)]
struct Given {
    name: &'static str,
    label: &'static str,
    value_type: ValueType,
    field_type: &'static str,
    group: &'static str,
    options: &'static [(&'static str, &'static str)],
    read_only: bool,
    external: bool,
    unique: bool,
}

impl Given {
    fn define(self, order: usize) -> Definition {
        Definition {
            name: self.name.into(),
            label: self.label.into(),
            value_type: self.value_type,
            field_type: self.field_type.into(),
            group: self.group.into(),
            description: String::new(),
            options: self.options.iter().zip(0..).map(|(option, order)| choose(option, order)).collect(),
            display_order: i64::try_from(order).unwrap_or(-1),
            read_only: self.read_only,
            calculated: self.read_only && self.field_type.starts_with("calculation"),
            external_options: self.external,
            unique: self.unique,
            hidden: false,
            hubspot_defined: true,
            form_field: !self.read_only,
            created_ms: 0,
            updated_ms: 0,
            archived_ms: None,
        }
    }

    const fn computed(self) -> Given {
        Given { read_only: true, ..self }
    }

    const fn external(self) -> Given {
        Given { external: true, ..self }
    }

    const fn unique(self) -> Given {
        Given { unique: true, ..self }
    }

    const fn many(self) -> Given {
        Given { field_type: "checkbox", ..self }
    }

    const fn within(self, group: &'static str) -> Given {
        Given { group, ..self }
    }
}

fn choose(option: &(&str, &str), display_order: i64) -> Choice {
    Choice { label: option.1.into(), value: option.0.into(), description: None, display_order, hidden: false }
}

const fn given(name: &'static str, label: &'static str, value_type: ValueType, field_type: &'static str) -> Given {
    let (options, group): (&[(&str, &str)], _) = (&[], "information");
    Given { name, label, value_type, field_type, group, options, read_only: false, external: false, unique: false }
}

const fn text(name: &'static str, label: &'static str) -> Given {
    given(name, label, ValueType::String, "text")
}

const fn long(name: &'static str, label: &'static str) -> Given {
    given(name, label, ValueType::String, "textarea")
}

const fn phone(name: &'static str, label: &'static str) -> Given {
    given(name, label, ValueType::String, "phonenumber")
}

const fn number(name: &'static str, label: &'static str) -> Given {
    given(name, label, ValueType::Number, "number")
}

const fn flag(name: &'static str, label: &'static str) -> Given {
    given(name, label, ValueType::Bool, "booleancheckbox")
}

const fn day(name: &'static str, label: &'static str) -> Given {
    given(name, label, ValueType::Date, "date")
}

const fn moment(name: &'static str, label: &'static str) -> Given {
    given(name, label, ValueType::Datetime, "date")
}

const fn choice(name: &'static str, label: &'static str, options: &'static [(&'static str, &'static str)]) -> Given {
    Given { options, ..given(name, label, ValueType::Enumeration, "select") }
}

//! The description of one of HubSpot's own properties, short enough for a table.

use crate::model::schema::{Definition, PropertyOption, ValueType};

/// One property in the tables of this module.
#[derive(Clone, Copy, Debug)]
pub(super) struct PropertySpec {
    name: &'static str,
    label: &'static str,
    value_type: ValueType,
    field_type: &'static str,
    pub(super) group: &'static str,
    options: &'static [(&'static str, &'static str)],
    read_only: bool,
    external: bool,
    unique: bool,
}

impl PropertySpec {
    /// Returns the definition; `order` is its position in the table.
    pub(super) fn define(self, order: usize) -> Definition {
        Definition {
            name: self.name.into(),
            label: self.label.into(),
            value_type: self.value_type,
            field_type: self.field_type.into(),
            group: self.group.into(),
            description: String::new(),
            options: self.options.iter().zip(0..).map(|(one, order)| option(one, order)).collect(),
            display_order: i64::try_from(order).unwrap_or(-1),
            read_only: self.read_only,
            calculated: self.read_only && self.field_type.starts_with("calculation"),
            external_options: self.external,
            unique: self.unique,
            required: false,
            hidden: false,
            hubspot_defined: true,
            form_field: !self.read_only,
            created_ms: 0,
            updated_ms: 0,
            archived_ms: None,
        }
    }

    pub(super) const fn computed(self) -> PropertySpec {
        PropertySpec { read_only: true, ..self }
    }

    pub(super) const fn external_options(self) -> PropertySpec {
        PropertySpec { external: true, ..self }
    }

    pub(super) const fn unique(self) -> PropertySpec {
        PropertySpec { unique: true, ..self }
    }

    pub(super) const fn multiple(self) -> PropertySpec {
        PropertySpec { field_type: "checkbox", ..self }
    }

    pub(super) const fn in_group(self, group: &'static str) -> PropertySpec {
        PropertySpec { group, ..self }
    }
}

fn option(one: &(&str, &str), display_order: i64) -> PropertyOption {
    PropertyOption { label: one.1.into(), value: one.0.into(), description: None, display_order, hidden: false }
}

const fn spec(
    name: &'static str,
    label: &'static str,
    value_type: ValueType,
    field_type: &'static str,
) -> PropertySpec {
    let (options, group): (&[(&str, &str)], _) = (&[], "information");
    PropertySpec {
        name,
        label,
        value_type,
        field_type,
        group,
        options,
        read_only: false,
        external: false,
        unique: false,
    }
}

pub(super) const fn text(name: &'static str, label: &'static str) -> PropertySpec {
    spec(name, label, ValueType::String, "text")
}

pub(super) const fn text_area(name: &'static str, label: &'static str) -> PropertySpec {
    spec(name, label, ValueType::String, "textarea")
}

pub(super) const fn phone(name: &'static str, label: &'static str) -> PropertySpec {
    spec(name, label, ValueType::String, "phonenumber")
}

pub(super) const fn number(name: &'static str, label: &'static str) -> PropertySpec {
    spec(name, label, ValueType::Number, "number")
}

pub(super) const fn boolean(name: &'static str, label: &'static str) -> PropertySpec {
    spec(name, label, ValueType::Bool, "booleancheckbox")
}

pub(super) const fn date(name: &'static str, label: &'static str) -> PropertySpec {
    spec(name, label, ValueType::Date, "date")
}

pub(super) const fn date_time(name: &'static str, label: &'static str) -> PropertySpec {
    spec(name, label, ValueType::Datetime, "date")
}

pub(super) const fn enumeration(
    name: &'static str,
    label: &'static str,
    options: &'static [(&'static str, &'static str)],
) -> PropertySpec {
    PropertySpec { options, ..spec(name, label, ValueType::Enumeration, "select") }
}

//! The property definitions of one object type, and their groups.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::record::Name;
use crate::clock::{Ms, stamp};

#[derive(Clone, Debug, Default)]
pub(crate) struct Schema {
    properties: BTreeMap<Name, Definition>,
    pub(crate) groups: BTreeMap<String, Group>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Definition {
    pub(crate) name: Name,
    pub(crate) label: String,
    pub(crate) value_type: ValueType,
    pub(crate) field_type: String,
    pub(crate) group: String,
    pub(crate) description: String,
    pub(crate) options: Vec<PropertyOption>,
    pub(crate) display_order: i64,
    pub(crate) read_only: bool,
    pub(crate) calculated: bool,
    /// The values are ids of owners, pipelines or stages, so `options` is empty.
    pub(crate) external_options: bool,
    pub(crate) unique: bool,
    /// A validation rule of the account requires a value in every new record.
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) hidden: bool,
    pub(crate) hubspot_defined: bool,
    pub(crate) form_field: bool,
    pub(crate) created_ms: Ms,
    pub(crate) updated_ms: Ms,
    pub(crate) archived_ms: Option<Ms>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ValueType {
    Bool,
    Date,
    Datetime,
    Enumeration,
    Number,
    PhoneNumber,
    String,
}

/// An option of an enumeration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PropertyOption {
    pub(crate) label: String,
    pub(crate) value: String,
    #[serde(default)]
    pub(crate) description: Option<String>,
    #[serde(default)]
    pub(crate) display_order: i64,
    #[serde(default)]
    pub(crate) hidden: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) label: String,
    pub(crate) display_order: i64,
    pub(crate) archived: bool,
}

impl Schema {
    pub(crate) fn put(&mut self, definition: Definition) {
        self.properties.insert(Arc::clone(&definition.name), definition);
    }

    /// Finds a property that is not archived.
    pub(crate) fn get(&self, name: &str) -> Option<&Definition> {
        self.properties.get(name).filter(|definition| definition.archived_ms.is_none())
    }

    /// Finds a property, archived or not.
    pub(crate) fn with_archived(&self, name: &str) -> Option<&Definition> {
        self.properties.get(name)
    }

    /// Finds a property that is not archived.
    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Definition> {
        self.properties.get_mut(name).filter(|definition| definition.archived_ms.is_none())
    }

    /// Returns all properties by name, archived ones included.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Definition> {
        self.properties.values()
    }
}

impl Definition {
    pub(crate) fn has_option(&self, value: &str) -> bool {
        self.options.iter().any(|option| option.value == value)
    }

    /// Renders the definition as the properties API does.
    pub(crate) fn to_json(&self) -> Value {
        let mut shown = json!({
            "updatedAt": stamp(self.updated_ms), "createdAt": stamp(self.created_ms), "name": &*self.name,
            "label": self.label, "type": self.value_type, "fieldType": self.field_type,
            "description": self.description, "groupName": self.group, "options": self.options,
            "displayOrder": self.display_order, "calculated": self.calculated,
            "externalOptions": self.external_options, "hasUniqueValue": self.unique, "hidden": self.hidden,
            "hubspotDefined": self.hubspot_defined,
            "modificationMetadata": {
                "archivable": !self.hubspot_defined, "readOnlyDefinition": self.hubspot_defined,
                "readOnlyValue": self.read_only
            },
            "formField": self.form_field, "archived": self.archived_ms.is_some(), "dataSensitivity": "non_sensitive"
        });
        if let Some(at) = self.archived_ms {
            shown["archivedAt"] = stamp(at).into();
        }
        shown
    }
}

//! Association labels that users of the account created.

use serde::{Deserialize, Serialize};

use crate::model::object_type::ObjectType;

/// A label with its id and its text in each direction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CustomLabel {
    pub(crate) name: String,
    pub(crate) from: ObjectType,
    pub(crate) to: ObjectType,
    pub(crate) type_id: u32,
    pub(crate) back_type_id: u32,
    pub(crate) label: String,
    pub(crate) back_label: String,
}

impl CustomLabel {
    /// Says that `type_id` is this label in the direction that starts at `object_type`.
    pub(crate) fn starts_at(&self, object_type: ObjectType, type_id: u32) -> bool {
        self.from == object_type && self.type_id == type_id || self.to == object_type && self.back_type_id == type_id
    }

    /// Returns the object type at the other end.
    pub(crate) fn other(&self, object_type: ObjectType) -> ObjectType {
        if self.from == object_type { self.to } else { self.from }
    }

    /// Returns the id of the other direction.
    pub(crate) fn inverse_id(&self, type_id: u32) -> u32 {
        if self.type_id == type_id { self.back_type_id } else { self.type_id }
    }

    /// Returns the text of the direction that `type_id` names.
    pub(crate) fn text(&self, type_id: u32) -> &str {
        if self.type_id == type_id { &self.label } else { &self.back_label }
    }

    /// Says that `id` is one of the two ids of this label.
    pub(crate) fn has_id(&self, id: u32) -> bool {
        self.type_id == id || self.back_type_id == id
    }
}

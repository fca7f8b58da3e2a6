//! Association labels that the account's users made.

use serde::{Deserialize, Serialize};

use super::kind::Kind;

/// One label, with its id in each direction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnLabel {
    pub(crate) name: String,
    pub(crate) from: Kind,
    pub(crate) to: Kind,
    pub(crate) type_id: u32,
    pub(crate) back_type_id: u32,
    pub(crate) label: String,
    pub(crate) back_label: String,
}

impl OwnLabel {
    /// Whether `type_id` is this label starting at `kind`.
    pub(crate) fn leads(&self, kind: Kind, type_id: u32) -> bool {
        self.from == kind && self.type_id == type_id || self.to == kind && self.back_type_id == type_id
    }

    pub(crate) fn other(&self, kind: Kind) -> Kind {
        if self.from == kind { self.to } else { self.from }
    }

    pub(crate) fn back_id(&self, type_id: u32) -> u32 {
        if self.type_id == type_id { self.back_type_id } else { self.type_id }
    }

    /// The text in the direction that `type_id` names.
    pub(crate) fn text(&self, type_id: u32) -> &str {
        if self.type_id == type_id { &self.label } else { &self.back_label }
    }
}

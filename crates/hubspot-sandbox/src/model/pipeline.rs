//! Pipelines and their stages.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::object_type::ObjectType;
use crate::clock::{Ms, stamp};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Pipeline {
    pub(crate) id: String,
    pub(crate) label: String,
    #[serde(default)]
    pub(crate) display_order: i64,
    pub(crate) stages: Vec<Stage>,
    #[serde(default)]
    pub(crate) created_ms: Ms,
    #[serde(default)]
    pub(crate) updated_ms: Ms,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Stage {
    pub(crate) id: String,
    pub(crate) label: String,
    #[serde(default)]
    pub(crate) display_order: i64,
    /// `isClosed`, and `ticketState` or `probability`.
    #[serde(default)]
    pub(crate) metadata: Map<String, Value>,
    #[serde(default)]
    pub(crate) created_ms: Ms,
    #[serde(default)]
    pub(crate) updated_ms: Ms,
}

/// Returns the names of the properties that hold the pipeline and the stage of an object, or `None` when objects of the
/// type have no pipelines.
pub(crate) fn property_names(object_type: ObjectType) -> Option<(&'static str, &'static str)> {
    match object_type {
        ObjectType::Tickets => Some(("hs_pipeline", "hs_pipeline_stage")),
        ObjectType::Deals => Some(("pipeline", "dealstage")),
        _ => None,
    }
}

impl Pipeline {
    /// Renders the pipeline as the pipelines API does.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "label": self.label, "displayOrder": self.display_order, "id": self.id,
            "stages": self.stages.iter().map(Stage::to_json).collect::<Vec<_>>(),
            "createdAt": stamp(self.created_ms), "updatedAt": stamp(self.updated_ms), "archived": false
        })
    }
}

impl Stage {
    /// Renders the stage as the pipelines API does.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "label": self.label, "displayOrder": self.display_order, "metadata": self.metadata, "id": self.id,
            "createdAt": stamp(self.created_ms), "updatedAt": stamp(self.updated_ms),
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT", "archived": false
        })
    }

    /// Says that objects in this stage are closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.metadata.get("isClosed") == Some(&"true".into())
    }
}

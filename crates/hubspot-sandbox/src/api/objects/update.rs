//! Updating a record: a change is checked completely before it is made.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::create::automatic_values;
use super::property_input::{PropertyValues, parse_properties, text_of};
use super::write_error::WriteError;
use super::{stage, unique};
use crate::api::api_error::ApiError;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::record::{Name, Record, Source};

/// The body of an update.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Input {
    pub(crate) properties: Map<String, Value>,
}

/// A checked change that can be made.
#[derive(Clone, Debug)]
pub(crate) struct CheckedUpdate {
    pub(crate) id: u64,
    pub(crate) values: PropertyValues,
}

/// Checks a change of a record. The portal stays unchanged.
pub(crate) fn draft(
    portal: &Portal,
    object_type: ObjectType,
    record: &Record,
    properties: &Map<String, Value>,
) -> Result<CheckedUpdate, WriteError> {
    if properties.is_empty() {
        let message = "No properties found to update, please provide at least one.";
        return Err(WriteError::Other(ApiError::invalid(message)));
    }
    let mut values = parse_properties(portal, object_type, properties, Some(record))?;
    stage::check(portal, object_type, &values, Some(record)).map_err(WriteError::invalid)?;
    unique::check_conflicts(portal, object_type, &values, Some(record.id))?;
    values.extend(swapped_email(portal, object_type, record, &values));
    values.retain(|(name, text)| &**name != "lifecyclestage" || moves_forward(portal, object_type, record, text));
    Ok(CheckedUpdate { id: record.id, values })
}

/// Makes the change.
pub(crate) fn commit(portal: &mut Portal, object_type: ObjectType, change: CheckedUpdate, source: Source) {
    let now_ms = portal.now_ms();
    let automatic = automatic_values(portal, object_type, &change.values, now_ms);
    portal.change(object_type, change.id, |record| {
        for (name, text) in change.values.iter().chain(&automatic) {
            record.set(name, text, now_ms, source);
        }
    });
}

/// Returns the new secondary addresses if a secondary address becomes the primary one: the two change places.
fn swapped_email(
    portal: &Portal,
    object_type: ObjectType,
    record: &Record,
    values: &[(Name, String)],
) -> Option<(Name, String)> {
    let primary = text_of(values, "email").filter(|_| object_type == ObjectType::Contacts)?;
    let others = record.get("hs_additional_emails")?;
    let is_set = values.iter().any(|(name, _)| &**name == "hs_additional_emails");
    if is_set || !others.split(';').any(|other| other == primary) {
        return None;
    }
    let before = record.get("email").unwrap_or_default();
    let others = others.split(';').map(|other| if other == primary { before } else { other });
    let others: Vec<&str> = others.filter(|other| !other.is_empty()).collect();
    Some((portal.name(object_type, "hs_additional_emails")?, others.join(";")))
}

/// Says that a lifecycle stage may be set. HubSpot ignores one that lies before the present one, unless that was
/// cleared.
fn moves_forward(portal: &Portal, object_type: ObjectType, record: &Record, text: &str) -> bool {
    let position = |value: &str| {
        let options = &portal.schema(object_type).get("lifecyclestage")?.options;
        options.iter().position(|option| option.value == value)
    };
    text.is_empty() || position(text) >= record.get("lifecyclestage").and_then(position)
}

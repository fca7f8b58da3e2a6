//! Property values as clients send them, parsed and checked.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::write_error::WriteError;
use crate::api::api_error::ApiError;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::property_value;
use crate::model::record::{Name, Record};

/// Parsed values by property. An empty text clears the property.
pub(crate) type PropertyValues = Vec<(Name, String)>;

/// Parses every value. The error lists all values that are invalid. `before` is the record to be updated.
pub(crate) fn parse_properties(
    portal: &Portal,
    object_type: ObjectType,
    properties: &Map<String, Value>,
    before: Option<&Record>,
) -> Result<PropertyValues, WriteError> {
    let (mut values, mut invalid) = (Vec::new(), Vec::new());
    for (name, raw) in properties.iter().filter(|(name, _)| !is_left_out(portal, object_type, name)) {
        match parse(portal, object_type, name, raw, before) {
            Ok(value) => values.push(value),
            Err(WriteError::InvalidValues(more)) => invalid.extend(more),
            Err(other) => return Err(other),
        }
    }
    if invalid.is_empty() { Ok(values) } else { Err(WriteError::InvalidValues(invalid)) }
}

/// Returns the value that is about to be set, unless it is empty.
pub(crate) fn text_of<'a>(values: &'a [(Name, String)], name: &str) -> Option<&'a str> {
    values.iter().find(|(known, text)| &**known == name && !text.is_empty()).map(|(_, text)| text.as_str())
}

fn is_left_out(portal: &Portal, object_type: ObjectType, name: &str) -> bool {
    portal.assumptions.activities_leave_out_unwritable
        && matches!(object_type, ObjectType::Communications | ObjectType::Notes)
        && portal.schema(object_type).get(name).is_none_or(|definition| definition.read_only)
}

fn parse(
    portal: &Portal,
    object_type: ObjectType,
    name: &str,
    raw: &Value,
    before: Option<&Record>,
) -> Result<(Name, String), WriteError> {
    if raw.is_object() || raw.is_array() {
        return Err(WriteError::Other(not_a_scalar(raw)));
    }
    let definition = portal.schema(object_type).get(name);
    let definition = definition.ok_or_else(|| WriteError::invalid(property_value::unknown_property(name)))?;
    if definition.read_only {
        return Err(WriteError::invalid(property_value::read_only(name)));
    }
    let before = before.and_then(|record| record.get(name));
    let text = property_value::parse(definition, raw, before).map_err(WriteError::invalid)?;
    if name == "hubspot_owner_id" && !text.is_empty() && portal.owner(&text).is_none() {
        let active = portal.owners.iter().filter(|owner| !owner.archived);
        let allowed: Vec<&str> = active.map(|owner| owner.id.as_str()).collect();
        return Err(WriteError::invalid(property_value::not_an_option(name, &text, &allowed)));
    }
    Ok((Arc::clone(&definition.name), text))
}

fn not_a_scalar(raw: &Value) -> ApiError {
    let token = if raw.is_object() { "START_OBJECT" } else { "START_ARRAY" };
    ApiError::invalid(format!(
        "Invalid input JSON on line 1, column 1: Cannot deserialize value of type `java.lang.String` from token \
         `JsonToken.{token}`"
    ))
}

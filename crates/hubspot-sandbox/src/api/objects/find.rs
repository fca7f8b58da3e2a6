//! Finding the record that a client names: by id, or by the value of a unique property.

use crate::api::api_error::{ApiError, object_not_found};
use crate::api::call::ApiCall;
use crate::model::associations::RecordKey;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::record::Record;

/// Finds a record, archived or not. `id` is as the client sent it.
pub(crate) fn record<'a>(
    portal: &'a Portal,
    object_type: ObjectType,
    id: &str,
    id_property: Option<&str>,
) -> Result<Option<&'a Record>, ApiError> {
    let table = portal.table(object_type);
    match id_property.unwrap_or("hs_object_id") {
        "" | "hs_object_id" => Ok(id.trim().parse().ok().and_then(|id| table.get(id))),
        "email" if object_type == ObjectType::Contacts => Ok(table.by_email(id)),
        name => {
            check_unique(portal, object_type, name)?;
            Ok(portal.record_with_value(object_type, name, id))
        }
    }
}

fn check_unique(portal: &Portal, object_type: ObjectType, name: &str) -> Result<(), ApiError> {
    match portal.schema(object_type).get(name) {
        Some(definition) if definition.unique => Ok(()),
        Some(_) => Err(ApiError::invalid(format!("Property \"{name}\" does not have unique values"))),
        None => Err(ApiError::invalid(format!("Property \"{name}\" does not exist"))),
    }
}

/// Finds the record in the path: an archived one if the query asks for archived ones, else one that is not.
pub(crate) fn in_path<'a>(portal: &'a Portal, object_type: ObjectType, call: &ApiCall) -> Result<&'a Record, ApiError> {
    let id = call.param("id");
    let found = record(portal, object_type, id, call.query("idProperty"))?;
    found.filter(|record| record.is_archived() == call.flag("archived")).ok_or_else(|| object_not_found(id))
}

/// Finds a record that is not archived, by id.
pub(crate) fn live(portal: &Portal, object_type: ObjectType, id: &str) -> Option<RecordKey> {
    portal.table(object_type).live(id.trim().parse().ok()?).map(|record| (object_type, record.id))
}

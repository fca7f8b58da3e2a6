//! The reasons why a record cannot be created or updated.

use crate::api::api_error::{self, ApiError};
use crate::assumptions::TakenValue;
use crate::model::portal::Portal;
use crate::model::property_value::{self, InvalidValue};

#[derive(Clone, Debug)]
pub(crate) enum WriteError {
    InvalidValues(Vec<InvalidValue>),
    /// The contact with this id has the e-mail address.
    ContactExists(u64),
    Other(ApiError),
}

impl WriteError {
    pub(crate) fn invalid(value: InvalidValue) -> WriteError {
        WriteError::InvalidValues(vec![value])
    }

    pub(crate) fn into_api_error(self, portal: &Portal) -> ApiError {
        match self {
            WriteError::InvalidValues(invalid) => refused_values(portal, &invalid),
            WriteError::ContactExists(id) => api_error::contact_exists(id),
            WriteError::Other(error) => error,
        }
    }
}

/// Returns all values of a batch, or its error: one that lists every invalid value, or the first error of another kind.
pub(crate) fn collect_or_first_error<T>(
    portal: &Portal,
    outcomes: Vec<Result<T, WriteError>>,
) -> Result<Vec<T>, ApiError> {
    let (mut values, mut invalid) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        match outcome {
            Ok(value) => values.push(value),
            Err(WriteError::InvalidValues(more)) => invalid.extend(more),
            Err(WriteError::ContactExists(_)) => return Err(contact_exists_in_batch()),
            Err(WriteError::Other(error)) => return Err(error),
        }
    }
    match invalid.is_empty() {
        true => Ok(values),
        false => Err(refused_values(portal, &invalid)),
    }
}

/// The error of refused values: their list, or the text that HubSpot has for a taken value alone.
fn refused_values(portal: &Portal, invalid: &[InvalidValue]) -> ApiError {
    let portal_id = portal.identity.portal_id;
    match invalid {
        [taken] if taken.code == property_value::TAKEN && portal.assumptions.taken_value == TakenValue::Text => {
            ApiError::invalid(taken_text(taken, portal_id))
        }
        _ => api_error::property_values(invalid, portal_id),
    }
}

/// `Cannot set PropertyValueCoordinates{…, propertyName=x, value=y} on 1. 2 already has that value.` The first number
/// is a record that HubSpot does not keep.
fn taken_text(taken: &InvalidValue, portal_id: u64) -> String {
    let (value, holder) = taken.message.rsplit_once(". ").unwrap_or((&taken.message, ""));
    let value = value.trim_start_matches("Cannot set ");
    format!("Cannot set PropertyValueCoordinates{{portalId={portal_id}, {value}}} on {portal_id}. {holder}")
}

/// 409 of a whole batch, which does not name the address.
pub(crate) fn contact_exists_in_batch() -> ApiError {
    ApiError::new(409, "Contact already exists").category("CONFLICT")
}

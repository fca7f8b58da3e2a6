//! The reasons why a record cannot be created or updated.

use crate::api::api_error::{self, ApiError};
use crate::model::portal::Portal;
use crate::model::property_value::InvalidValue;

#[derive(Clone, Debug)]
pub(crate) enum WriteError {
    InvalidValues(Vec<InvalidValue>),
    /// The contact with this id has the e-mail address
    ContactExists(u64),
    Other(ApiError),
}

impl WriteError {
    pub(crate) fn invalid(value: InvalidValue) -> WriteError {
        WriteError::InvalidValues(vec![value])
    }

    pub(crate) fn into_api_error(self, portal: &Portal) -> ApiError {
        match self {
            WriteError::InvalidValues(invalid) => api_error::property_values(&invalid, portal.identity.portal_id),
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
        false => Err(api_error::property_values(&invalid, portal.identity.portal_id)),
    }
}

/// 409 of a whole batch, which does not name the address.
pub(crate) fn contact_exists_in_batch() -> ApiError {
    ApiError::new(409, "Contact already exists").category("CONFLICT")
}

//! The errors of the conversations API. HubSpot's own messages are not known; the statuses and the envelope are.

use crate::api::api_error::ApiError;
use crate::api::call::{ApiCall, unreadable_param};

/// Reads a numeric path parameter.
pub(crate) fn id(call: &ApiCall, name: &str) -> Result<u64, ApiError> {
    call.param(name).parse().map_err(|_| unreadable_param(name))
}

/// 404 for a thing of this kind
pub(crate) fn not_found(kind: &str, id: impl std::fmt::Display) -> ApiError {
    ApiError::new(404, format!("{kind} with id {id} was not found")).category("OBJECT_NOT_FOUND")
}

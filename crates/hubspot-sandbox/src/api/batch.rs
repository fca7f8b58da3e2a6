//! The shape of HubSpot's batch endpoints: lists of inputs, and responses that hold results next to errors.

use serde::Deserialize;
use serde_json::{Value, json};

use super::api_error::ApiError;
use super::call::ApiCall;
use super::response::ApiResponse;
use crate::clock::stamp;
use crate::model::portal::Portal;

/// Inputs of one batch of objects or properties.
pub(crate) const INPUTS_MAX: usize = 100;

#[derive(Deserialize)]
struct Inputs<T> {
    inputs: Vec<T>,
}

/// Reads the inputs of a batch: at least one, at most `max`.
pub(crate) fn inputs<T: for<'de> Deserialize<'de>>(call: &ApiCall, max: usize) -> Result<Vec<T>, ApiError> {
    let Inputs { inputs } = call.json()?;
    check_count(inputs.len(), max)?;
    Ok(inputs)
}

/// Checks that a batch has 1 to `max` inputs.
pub(crate) fn check_count(inputs: usize, max: usize) -> Result<(), ApiError> {
    match inputs {
        0 => Err(ApiError::invalid("Batch input provided should have at least one object.")),
        inputs if inputs > max => {
            Err(ApiError::invalid(format!("The maximum number of inputs supported in a batch request is {max}")))
        }
        _ => Ok(()),
    }
}

/// Renders a batch response: `success` without errors, 207 with any (see HubSpot's page "Batch endpoints").
pub(crate) fn batch_response(
    portal: &Portal,
    call: &ApiCall,
    success: u16,
    results: Vec<Value>,
    errors: Vec<Value>,
) -> ApiResponse {
    let now = stamp(portal.now_ms());
    let mut body = json!({"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now});
    if errors.is_empty() {
        return ApiResponse::with_status(success, body);
    }
    let is_partial = portal.assumptions.newest_batches_are_partial || !call.is_newest();
    body["numErrors"] = errors.len().into();
    body["errors"] = errors.into();
    ApiResponse::with_status(if is_partial { 207 } else { success }, body)
}

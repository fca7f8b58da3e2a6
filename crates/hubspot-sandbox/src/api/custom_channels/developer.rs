//! The developer key of a call: `?hapikey=..&appId=..` (HubSpot, custom channels).

use crate::api::api_error::ApiError;
use crate::api::call::{ApiCall, unreadable_query};
use crate::model::portal::Portal;

/// Returns the app that the call configures.
pub(super) fn app(portal: &Portal, call: &ApiCall) -> Result<u64, ApiError> {
    let key = call.query("hapikey").filter(|key| !key.is_empty()).ok_or_else(no_key)?;
    let app_id = call.query("appId").ok_or_else(|| ApiError::invalid("Some required fields were not set: [appId]"))?;
    let app_id = app_id.parse().map_err(|_| unreadable_query("appId"))?;
    portal.apps.of_developer(key, app_id).map(|app| app.app_id).ok_or_else(no_key)
}

/// HubSpot's error for a key that does not exist, or is another developer's. Its own words are those of older APIs.
fn no_key() -> ApiError {
    ApiError::new(401, "The API key used to make this call is invalid.").category("INVALID_AUTHENTICATION")
}

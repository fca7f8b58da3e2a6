//! The end of tokens.

use super::form::Form;
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::model::portal::Portal;

/// Ends a token of the app that asks (RFC 7009). An unknown token, and one of another app, gets the same answer.
pub(super) fn revoke(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let form = Form::of_body(call);
    let app_id = form.app(portal)?.app_id;
    let (name, now_ms) = (form.get("token").unwrap_or_default(), portal.now_ms());
    if portal.grants.get(name).is_some_and(|grant| grant.app_id == app_id) {
        portal.grants.revoke(name);
    }
    let own = portal.tokens.get_mut(name).filter(|token| token.app_id == app_id && token.is_from_oauth);
    if let Some(token) = own {
        token.end(now_ms);
    }
    Ok(ApiResponse::no_content())
}

/// Ends a refresh token by its text alone, as the first version of the API does.
pub(super) fn legacy_refresh_token(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    match portal.grants.revoke(call.param("token")) {
        true => Ok(ApiResponse::no_content()),
        false => Err(ApiError::new(404, "refresh token not found")),
    }
}

//! The token endpoint: a code becomes a refresh token and an access token, and a refresh token another access token.

use std::collections::BTreeSet;

use serde_json::json;

use super::error;
use super::form::Form;
use super::pkce;
use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::clock::Ms;
use crate::model::app::App;
use crate::model::grants::{self, ACCESS_LIFETIME_MS, Code, Grant};
use crate::model::portal::Portal;

pub(super) fn exchange(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let form = Form::of_body(call);
    let app = form.app(portal)?.clone();
    match form.get("grant_type") {
        Some("authorization_code") => by_code(portal, &app, &form),
        Some("refresh_token") => by_refresh_token(portal, &app, &form),
        _ => Err(error::unknown_grant_type()),
    }
}

/// A code is good for one refresh token.
fn by_code(portal: &mut Portal, app: &App, form: &Form) -> Result<ApiResponse, ApiError> {
    let name = form.get("code").unwrap_or_default();
    let code = portal.grants.code(name).filter(|code| code.grant.app_id == app.app_id);
    let code = code.cloned().ok_or_else(error::unknown_code)?;
    check(&code, form, portal.now_ms())?;
    if !portal.grants.has_room() {
        return Err(error::too_many_grants());
    }
    portal.grants.take_code(name);
    let refresh_token = portal.grants.add(code.grant.clone());
    let scopes = code.grant.scopes.clone();
    Ok(issued(portal, &refresh_token, &code.grant, scopes))
}

fn check(code: &Code, form: &Form, now_ms: Ms) -> Result<(), ApiError> {
    if code.expires_at_ms <= now_ms {
        return Err(error::expired_code());
    }
    if form.get("redirect_uri") != Some(code.redirect_uri.as_str()) {
        return Err(error::other_redirect_uri());
    }
    match pkce::fits(code.challenge.as_deref(), form.get("code_verifier")) {
        true => Ok(()),
        false => Err(error::wrong_verifier()),
    }
}

fn by_refresh_token(portal: &mut Portal, app: &App, form: &Form) -> Result<ApiResponse, ApiError> {
    let name = form.get("refresh_token").unwrap_or_default();
    let own = portal.grants.get(name).filter(|grant| grant.app_id == app.app_id);
    let grant = own.cloned().ok_or_else(error::unknown_refresh_token)?;
    let asked: BTreeSet<String> = form.names("scope").map(str::to_owned).collect();
    if !asked.is_subset(&grant.scopes) {
        return Err(error::scope_not_granted());
    }
    let scopes = if asked.is_empty() { grant.scopes.clone() } else { asked };
    Ok(issued(portal, name, &grant, scopes))
}

fn issued(portal: &mut Portal, refresh_token: &str, grant: &Grant, scopes: BTreeSet<String>) -> ApiResponse {
    let now_ms = portal.now_ms();
    let shown = json!(scopes);
    let access_token = grants::issue(&mut portal.tokens, grant, scopes, now_ms);
    ApiResponse::ok(json!({
        "token_type": "bearer", "refresh_token": refresh_token, "access_token": access_token,
        "hub_id": portal.identity.portal_id, "scopes": shown, "expires_in": ACCESS_LIFETIME_MS / 1_000
    }))
}

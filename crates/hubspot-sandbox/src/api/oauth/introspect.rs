//! The introspection of tokens.

use serde::Deserialize;
use serde_json::{Value, json};

use super::form::Form;
use crate::api::api_error::{self, ApiError};
use crate::api::call::ApiCall;
use crate::api::response::ApiResponse;
use crate::model::grants::{ACCESS_LIFETIME_MS, Grant};
use crate::model::portal::Portal;
use crate::model::token::Token;
use crate::rules::access;

#[derive(Deserialize)]
struct TokenKey {
    #[serde(rename = "tokenKey")]
    token_key: String,
}

/// Answers for the tokens of private apps and for service keys, and not for those of OAuth.
pub(super) fn private_app_token(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let body: TokenKey = call.json()?;
    let token = access::authenticate(&portal.tokens, Some(&body.token_key), portal.now_ms())?;
    if token.is_from_oauth {
        return Err(api_error::resource_not_found());
    }
    Ok(ApiResponse::ok(json!({
        "userId": token.user_id, "hubId": portal.identity.portal_id, "appId": token.app_id, "scopes": token.scopes
    })))
}

/// Introspects a token as RFC 7662 defines it: a form is sent, and a token that is not valid gets `active: false`.
pub(super) fn introspect(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let form = Form::of_body(call);
    let client_id = form.app(portal)?.client_id.clone();
    let key = form.get("token").unwrap_or_default();
    let (mut info, token_use) =
        match (access::authenticate(&portal.tokens, Some(key), portal.now_ms()), portal.grants.get(key)) {
            (Ok(token), _) => (describe(portal, key, token), "access_token"),
            (Err(_), Some(grant)) => (describe_grant(portal, key, grant), "refresh_token"),
            (Err(_), None) => return Ok(ApiResponse::ok(json!({"active": false}))),
        };
    info["active"] = true.into();
    info["client_id"] = client_id.into();
    info["token_use"] = token_use.into();
    Ok(ApiResponse::ok(info))
}

pub(super) fn legacy_access_token(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let key = call.param("token");
    let token = access::authenticate(&portal.tokens, Some(key), portal.now_ms());
    let token = token.map_err(|_| ApiError::new(404, "access token not found"))?;
    Ok(ApiResponse::ok(describe(portal, key, token)))
}

pub(super) fn legacy_refresh_token(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let key = call.param("token");
    let grant = portal.grants.get(key).ok_or_else(|| ApiError::new(404, "refresh token not found"))?;
    let mut info = describe_grant(portal, key, grant);
    info["client_id"] = portal.apps.by_id(grant.app_id).map(|app| app.client_id.as_str()).into();
    info["token_type"] = "refresh".into();
    Ok(ApiResponse::ok(info))
}

/// Renders a token. One that does not expire is given the lifetime of an OAuth token.
fn describe(portal: &Portal, key: &str, token: &Token) -> Value {
    let left_ms = token.expires_at_ms.map_or(ACCESS_LIFETIME_MS, |at| at - portal.now_ms());
    let mut info = person(portal, key, token.user_id, token.app_id);
    info["scopes"] = json!(token.scopes);
    info["expires_in"] = (left_ms / 1_000).into();
    info["token_type"] = "Bearer".into();
    info
}

fn describe_grant(portal: &Portal, key: &str, grant: &Grant) -> Value {
    let mut info = person(portal, key, grant.user_id, grant.app_id);
    info["scopes"] = json!(grant.scopes);
    info
}

fn person(portal: &Portal, key: &str, user_id: u64, app_id: u64) -> Value {
    let user = portal.owners.iter().find(|owner| owner.user_id == user_id).map(|owner| owner.email.as_str());
    let domain = user.and_then(|email| email.split_once('@')).map(|(_, domain)| domain.to_owned());
    let domain = domain.unwrap_or_else(|| format!("{}.hs-sites.com", portal.identity.portal_id));
    json!({
        "token": key, "hub_id": portal.identity.portal_id, "user_id": user_id, "app_id": app_id, "user": user,
        "hub_domain": domain
    })
}

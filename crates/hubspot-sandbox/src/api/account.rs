//! The account-info API, and the introspection of tokens.

use axum::Router;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::endpoint::{GET, POST, endpoint, requires, requires_in_bucket};
use crate::api::response::ApiResponse;
use crate::clock::Ms;
use crate::model::portal::Portal;
use crate::model::token::Token;
use crate::rules::access::{self, Scopes};
use crate::rules::limits::Bucket;
use crate::sandbox::Sandbox;

/// Lifetime of HubSpot's OAuth tokens
const OAUTH_LIFETIME_MS: Ms = 1_800_000;

const SECONDS_PER_MINUTE: i32 = 60;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/details", endpoint(GET, requires(Scopes::Any), details))
}

/// Builds the routes of token introspection, where the token is in the body or in the path.
pub(crate) fn token_routes() -> Router<Sandbox> {
    let open = requires_in_bucket(Scopes::Open, Bucket::Free);
    let dated = ["/2026-09", "/2026-03", "/v3"].map(|version| format!("{version}/token/introspect"));
    let routes = Router::new()
        .route("/v2/private-apps/get/access-token-info", endpoint(POST, open, private_app_token))
        .route("/v1/access-tokens/{token}", endpoint(GET, open, legacy_token_info));
    dated.iter().fold(routes, |routes, path| routes.route(path, endpoint(POST, open, introspect)))
}

fn details(portal: &mut Portal, _: &ApiCall) -> Result<ApiResponse, ApiError> {
    let identity = &portal.identity;
    let offset_seconds = identity.time_zone.offset_seconds(portal.now_ms());
    let minutes = offset_seconds / SECONDS_PER_MINUTE;
    let sign = if minutes < 0 { '-' } else { '+' };
    let utc_offset = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
    Ok(ApiResponse::ok(json!({
        "portalId": identity.portal_id, "accountType": identity.account_type, "timeZone": identity.time_zone.name(),
        "companyCurrency": identity.currency, "additionalCurrencies": [], "utcOffset": utc_offset,
        "utcOffsetMilliseconds": offset_seconds * 1000, "uiDomain": identity.ui_domain,
        "dataHostingLocation": "na1"
    })))
}

#[derive(Deserialize)]
struct TokenKey {
    #[serde(rename = "tokenKey")]
    token_key: String,
}

fn private_app_token(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let body: TokenKey = call.json()?;
    let token = access::authenticate(&portal.tokens, Some(&body.token_key), portal.now_ms())?;
    Ok(ApiResponse::ok(json!({
        "userId": token.user_id, "hubId": portal.identity.portal_id, "appId": token.app_id, "scopes": token.scopes
    })))
}

/// Introspects a token as RFC 7662 defines it: a form is sent, and a token that is not valid gets `active: false`.
fn introspect(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let form: Vec<(String, String)> = serde_urlencoded::from_bytes(call.body()).unwrap_or_default();
    let field = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    if field("client_id").is_none() || field("client_secret").is_none() {
        return Err(ApiError::new(400, "missing or unknown client credentials").with("error", "invalid_client"));
    }
    let key = field("token").unwrap_or_default();
    let Ok(token) = access::authenticate(&portal.tokens, Some(key), portal.now_ms()) else {
        return Ok(ApiResponse::ok(json!({"active": false})));
    };
    let mut info = describe(portal, key, token);
    info["active"] = true.into();
    info["client_id"] = field("client_id").into();
    info["token_use"] = "access_token".into();
    Ok(ApiResponse::ok(info))
}

fn legacy_token_info(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let key = call.param("token");
    let token = access::authenticate(&portal.tokens, Some(key), portal.now_ms());
    let token = token.map_err(|_| ApiError::new(404, "access token not found"))?;
    Ok(ApiResponse::ok(describe(portal, key, token)))
}

/// Renders a token. One that does not expire is given the lifetime of an OAuth token.
fn describe(portal: &Portal, key: &str, token: &Token) -> Value {
    let left_ms = token.expires_at_ms.map_or(OAUTH_LIFETIME_MS, |at| at - portal.now_ms());
    let user = portal.owners.iter().find(|owner| owner.user_id == token.user_id).map(|owner| owner.email.as_str());
    let domain = user.and_then(|email| email.split_once('@')).map(|(_, domain)| domain.to_owned());
    let domain = domain.unwrap_or_else(|| format!("{}.hs-sites.com", portal.identity.portal_id));
    json!({
        "token": key, "hub_id": portal.identity.portal_id, "user_id": token.user_id, "app_id": token.app_id,
        "user": user, "hub_domain": domain, "scopes": token.scopes, "expires_in": left_ms / 1000,
        "token_type": "Bearer"
    })
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::json;

    use crate::test_client::client;

    #[tokio::test(start_paused = true)]
    async fn account_info_has_the_portal_id_and_the_utc_offset() {
        let details = client().get("/account-info/2026-09/details").await.expect(200);
        assert_eq!((&details["portalId"], &details["utcOffset"]), (&json!(44_237_313), &json!("-05:00")));
        assert_eq!(details["utcOffsetMilliseconds"], -18_000_000);
    }

    #[tokio::test(start_paused = true)]
    async fn the_info_on_a_token_lists_its_scopes() {
        let client = client().with_token("");
        let path = "/oauth/v2/private-apps/get/access-token-info";
        let info = client.post(path, json!({"tokenKey": "pat-na1-sandbox"})).await.expect(200);
        assert_eq!((&info["hubId"], &info["appId"]), (&json!(44_237_313), &json!(8_190_657)));
        assert!(info["scopes"].as_array().unwrap().contains(&json!("tickets")));
        client.post(path, json!({"tokenKey": "pat-na1-other"})).await.expect(401);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_introspected_with_a_form() {
        let client = client().with_token("");
        for (token, active) in [("pat-na1-sandbox", true), ("other", false)] {
            let form = format!("client_id=a&client_secret=b&token={token}&token_type_hint=access_token");
            let info = client.send(Method::POST, "/oauth/2026-09/token/introspect", form).await.expect(200);
            assert_eq!(info["active"], active);
            assert_eq!(info["hub_id"].is_number(), active);
        }
        client.send(Method::POST, "/oauth/2026-09/token/introspect", "token=x").await.expect(400);
        let info = client.get("/oauth/v1/access-tokens/pat-na1-sandbox").await.expect(200);
        assert_eq!(info["user"], "veronica.chen@richtech.example");
        assert_eq!(info["hub_domain"], "richtech.example");
        client.get("/oauth/v1/access-tokens/other").await.expect(404);
    }
}

//! account-info, and what a token may do.

use axum::Router;
use chrono::Offset;
use serde::Deserialize;
use serde_json::json;

use super::Sandbox;
use super::access::{self, Scopes};
use super::answer::Answer;
use super::call::Call;
use super::limits::Bucket;
use super::portal::Portal;
use super::refusal::Refusal;
use super::router::{GET, POST, answers, counts, needs};

/// Hours in front of UTC are written `+05:00`, behind it `-05:00`.
const SECONDS_PER_MINUTE: i32 = 60;

pub(super) fn routes() -> Router<Sandbox> {
    Router::new().route("/details", answers(GET, needs(Scopes::Any), details))
}

/// The token is in the body.
pub(super) fn token_routes() -> Router<Sandbox> {
    let open = counts(Scopes::Open, Bucket::Free);
    Router::new().route("/v2/private-apps/get/access-token-info", answers(POST, open, private_app_token))
}

fn details(portal: &mut Portal, _: &Call) -> Result<Answer, Refusal> {
    let identity = &portal.identity;
    let offset = portal.clock.now().with_timezone(&identity.time_zone).offset().fix();
    let minutes = offset.local_minus_utc() / SECONDS_PER_MINUTE;
    let sign = if minutes < 0 { '-' } else { '+' };
    let utc_offset = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
    Ok(Answer::ok(json!({
        "portalId": identity.portal_id, "accountType": identity.account_type, "timeZone": identity.time_zone.name(),
        "companyCurrency": identity.currency, "additionalCurrencies": [], "utcOffset": utc_offset,
        "utcOffsetMilliseconds": offset.local_minus_utc() * 1000, "uiDomain": identity.ui_domain,
        "dataHostingLocation": "na1"
    })))
}

#[derive(Deserialize)]
struct TokenKey {
    #[serde(rename = "tokenKey")]
    token_key: String,
}

fn private_app_token(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let asked: TokenKey = call.json()?;
    let token = access::authenticate(&portal.tokens, Some(&asked.token_key), portal.now_ms())?;
    Ok(Answer::ok(json!({
        "userId": token.user_id, "hubId": portal.identity.portal_id, "appId": token.app_id, "scopes": token.scopes
    })))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sandbox::testing::client;

    #[tokio::test(start_paused = true)]
    async fn the_account_says_where_it_is() {
        let details = client().get("/account-info/2026-09/details").await.expect(200);
        assert_eq!((&details["portalId"], &details["utcOffset"]), (&json!(44_237_313), &json!("-05:00")));
        assert_eq!(details["utcOffsetMilliseconds"], -18_000_000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_says_what_it_may_do() {
        let client = client().with_token("");
        let path = "/oauth/v2/private-apps/get/access-token-info";
        let info = client.post(path, json!({"tokenKey": "pat-na1-sandbox"})).await.expect(200);
        assert_eq!((&info["hubId"], &info["appId"]), (&json!(44_237_313), &json!(8_190_657)));
        assert!(info["scopes"].as_array().unwrap().contains(&json!("tickets")));
        client.post(path, json!({"tokenKey": "pat-na1-other"})).await.expect(401);
    }
}

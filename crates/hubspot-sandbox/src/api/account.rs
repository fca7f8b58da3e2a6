//! The account-info API.

use axum::Router;
use serde_json::json;

use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::endpoint::{GET, endpoint, requires};
use crate::api::response::ApiResponse;
use crate::model::portal::Portal;
use crate::rules::access::Scopes;
use crate::sandbox::Sandbox;

const SECONDS_PER_MINUTE: i32 = 60;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/details", endpoint(GET, requires(Scopes::Any), details))
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::test_client::client;

    #[tokio::test(start_paused = true)]
    async fn account_info_has_the_portal_id_and_the_utc_offset() {
        let details = client().get("/account-info/2026-09/details").await.expect(200);
        assert_eq!((&details["portalId"], &details["utcOffset"]), (&json!(44_237_313), &json!("-05:00")));
        assert_eq!(details["utcOffsetMilliseconds"], -18_000_000);
    }
}

//! Tokens that identify a visitor of the live chat.

use axum::Router;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;

use crate::api::api_error::ApiError;
use crate::api::call::ApiCall;
use crate::api::endpoint::{POST, endpoint, requires};
use crate::api::response::ApiResponse;
use crate::model::conversations::address::is_address;
use crate::model::conversations::hex_id::hex_id;
use crate::model::portal::Portal;
use crate::rules::access::{Scopes, VISITOR_TOKENS};
use crate::sandbox::Sandbox;

/// Lifetime of a token.
const LIFETIME_SECONDS: i64 = 12 * 3_600;
/// Kind of the signatures of tokens.
const SIGNATURE_KIND: u64 = 5;

pub(crate) fn routes() -> Router<Sandbox> {
    // It makes a token and changes nothing.
    let rules = requires(Scopes::OneOf(&[VISITOR_TOKENS])).reading();
    Router::new().route("/tokens/create", endpoint(POST, rules, create))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VisitorInput {
    email: String,
    #[serde(default)]
    first_name: Option<String>,
    #[serde(default)]
    last_name: Option<String>,
}

/// Makes a token in the form of HubSpot's, a JSON Web Token that is another one each time. Nobody but the chat of
/// HubSpot's own reads it.
fn create(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let visitor: VisitorInput = call.json()?;
    if !is_address(&visitor.email) {
        return Err(ApiError::invalid(format!("{} is not a valid email address", visitor.email)));
    }
    let issued = portal.now_ms() / 1_000;
    let claims = json!({
        "email": visitor.email, "firstName": visitor.first_name, "lastName": visitor.last_name,
        "portalId": portal.identity.portal_id, "iat": issued, "exp": issued + LIFETIME_SECONDS,
        "jti": &*call.correlation_id
    });
    let signature = hex_id(SIGNATURE_KIND, issued.unsigned_abs());
    let parts = [json!({"alg": "HS256", "typ": "JWT"}).to_string(), claims.to_string(), signature];
    let token = parts.map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    Ok(ApiResponse::ok(json!({"token": token})))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_client::client;

    #[tokio::test(start_paused = true)]
    async fn a_token_names_the_visitor_for_twelve_hours() {
        let client = client();
        let visitor = json!({"email": "visitor@x.com", "firstName": "Gob", "lastName": "Bluth"});
        for base in [
            "/visitor-identification/2026-09",
            "/visitor-identification/v3",
            "/conversations/v3/visitor-identification",
        ] {
            let made = client.post(&format!("{base}/tokens/create"), visitor.clone()).await.expect(200);
            assert_eq!(made.as_object().unwrap().len(), 1);
            assert_ne!(client.post(&format!("{base}/tokens/create"), visitor.clone()).await.expect(200), made);
            let claims = URL_SAFE_NO_PAD.decode(made["token"].as_str().unwrap().split('.').nth(1).unwrap()).unwrap();
            let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
            assert_eq!((&claims["email"], &claims["firstName"]), (&json!("visitor@x.com"), &json!("Gob")));
            assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), LIFETIME_SECONDS);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_needs_an_address_and_a_scope() {
        let client = client();
        let path = "/visitor-identification/v3/tokens/create";
        for wrong in [json!({}), json!({"email": "nobody"}), json!({"email": null}), json!({"email": "a@b"})] {
            client.post(path, wrong).await.expect(400);
        }
        client.sandbox.set_scopes("pat-na1-few", &["conversations.read", "conversations.write"]);
        let refused = client.with_token("pat-na1-few").post(path, json!({"email": "a@b.co"})).await.expect(403);
        let needed = &refused["errors"][0]["context"]["requiredGranularScopes"];
        assert_eq!(*needed, json!(["conversations.visitor_identification.tokens.create"]));
    }
}

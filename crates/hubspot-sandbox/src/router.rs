//! HubSpot's paths in all their versions, and the family that answers each of them.

use std::sync::LazyLock;

use axum::Router;

use crate::admin;
use crate::api::{
    account, associations, conversations, custom_channels, engagements, files, meetings, oauth, objects, owners,
    pipelines, properties, response, visitor_identification,
};
use crate::sandbox::Sandbox;

/// The routes of every account: built once, since there are hundreds of them.
static ROUTES: LazyLock<Router<Sandbox>> = LazyLock::new(build);

/// The routes of an account.
pub(crate) fn routes(sandbox: &Sandbox) -> Router {
    ROUTES.clone().with_state(sandbox.clone())
}

/// Builds the routes. A family answers at its dated paths and at its older ones alike.
fn build() -> Router<Sandbox> {
    let families: [(&[&str], Router<Sandbox>); 18] = [
        (OBJECTS, objects::routes()),
        (ASSOCIATIONS, associations::routes()),
        (ENGAGEMENTS, engagements::routes()),
        (SCHEMAS, properties::custom_object_routes()),
        (OWNERS, owners::routes()),
        (PIPELINES, pipelines::routes()),
        (PROPERTIES, properties::routes()),
        (MEETINGS, meetings::routes()),
        (CONVERSATIONS, conversations::dated_routes()),
        (CONVERSATIONS_V3, conversations::routes()),
        (CONVERSATIONS_V3_ASSIGNEE, conversations::assignee_routes()),
        (CUSTOM_CHANNELS, custom_channels::routes()),
        (VISITOR_IDENTIFICATION, visitor_identification::routes()),
        (FILES, files::routes()),
        (FILE_REDIRECTS, files::redirect_routes()),
        (FILE_CONTENT, files::content_routes()),
        (ACCOUNT, account::routes()),
        (OAUTH, oauth::routes()),
    ];
    let nested =
        families.into_iter().flat_map(|(prefixes, routes)| prefixes.iter().map(move |at| (at, routes.clone())));
    nested
        .fold(Router::new(), |all, (prefix, routes)| all.nest(prefix, routes))
        .merge(admin::routes())
        .fallback(async || response::html(404))
        .method_not_allowed_fallback(async || response::html(405))
}

/// `/crm/2026-09/objects` and `/crm/objects/v3` are not documented, but HubSpot answers there.
const OBJECTS: &[&str] = &[
    "/crm/objects/2026-09",
    "/crm/objects/2026-03",
    "/crm/objects/v3",
    "/crm/objects/v4",
    "/crm/v3/objects",
    "/crm/v4/objects",
    "/crm/2026-09/objects",
    "/crm/2026-03/objects",
];
const ASSOCIATIONS: &[&str] =
    &["/crm/associations/2026-09", "/crm/associations/2026-03", "/crm/associations/v4", "/crm/v4/associations"];
/// The first API of activities, which some of HubSpot's own clients still call.
const ENGAGEMENTS: &[&str] = &["/engagements/v1"];
const SCHEMAS: &[&str] = &["/crm-object-schemas/v3", "/crm-object-schemas/2026-09", "/crm-object-schemas/2026-03"];
const OWNERS: &[&str] = &["/crm/owners/2026-09", "/crm/owners/2026-03", "/crm/owners/v3", "/crm/v3/owners"];
const PIPELINES: &[&str] =
    &["/crm/pipelines/2026-09", "/crm/pipelines/2026-03", "/crm/pipelines/v3", "/crm/v3/pipelines"];
const PROPERTIES: &[&str] =
    &["/crm/properties/2026-09", "/crm/properties/2026-03", "/crm/properties/v3", "/crm/v3/properties"];
const MEETINGS: &[&str] = &["/scheduler/2026-09/meetings", "/scheduler/2026-03/meetings", "/scheduler/v3/meetings"];
/// There is no `2026-03` of this family.
const CONVERSATIONS: &[&str] = &["/conversations/conversations/2026-09", "/conversations/conversations/2026-09-beta"];
const CONVERSATIONS_V3: &[&str] = &["/conversations/v3/conversations"];
/// The base of the assignee alone, which is not that of the threads.
const CONVERSATIONS_V3_ASSIGNEE: &[&str] = &["/conversations/conversations/v3"];
const CUSTOM_CHANNELS: &[&str] = &["/conversations/custom-channels/2026-09", "/conversations/v3/custom-channels"];
/// The last one is that of older pages.
const VISITOR_IDENTIFICATION: &[&str] = &[
    "/visitor-identification/2026-09",
    "/visitor-identification/2026-03",
    "/visitor-identification/v3",
    "/conversations/v3/visitor-identification",
];
const FILES: &[&str] = &["/files/2026-09/files", "/files/2026-03/files", "/files/v3/files"];
/// The address of attachments in messages.
const FILE_REDIRECTS: &[&str] = &["/filemanager/api/v2/files"];
const FILE_CONTENT: &[&str] = &["/hubfs"];
const ACCOUNT: &[&str] = &["/account-info/2026-09", "/account-info/2026-03", "/account-info/v3"];
const OAUTH: &[&str] = &["/oauth"];

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::json;

    use crate::rules::limits::Tier;
    use crate::settings::Settings;
    use crate::test_client::{SARAH, client, client_with};

    #[tokio::test(start_paused = true)]
    async fn an_unknown_route_is_a_web_page_and_a_wrong_method_is_405() {
        let client = client();
        let unknown = client.get("/crm/v9/objects/contacts").await;
        assert_eq!(unknown.status, 404);
        assert!(unknown.text.contains("<title>Error 404 Not Found</title>"));
        assert_eq!(unknown.header("content-type"), Some("text/html;charset=utf-8"));
        assert_eq!(client.put("/crm/v3/objects/contacts", json!({})).await.status, 405);
    }

    #[tokio::test(start_paused = true)]
    async fn an_unknown_object_type_cannot_be_inferred() {
        let refused = client().get("/crm/v3/objects/butterflies").await.expect(400);
        assert_eq!(refused["message"], "Unable to infer object type from: butterflies");
        assert_eq!(refused.get("category"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_correlation_id_is_in_the_header_and_in_the_body() {
        let refused = client().get("/crm/v3/objects/contacts/1").await;
        assert_eq!(refused.header("x-hubspot-correlation-id"), refused.body["correlationId"].as_str());
        assert!(refused.body["correlationId"].as_str().unwrap().starts_with("01a"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_needs_a_token_that_is_known_and_not_expired() {
        let client = client();
        for token in ["", "pat-na1-other"] {
            let refused = client.with_token(token).get("/crm/v3/owners").await.expect(401);
            assert_eq!(refused["category"], "INVALID_AUTHENTICATION");
        }
        client.sandbox.expire_token("pat-na1-sandbox", "2026-11-13T15:00:00Z".parse().unwrap());
        let refused = client.get("/crm/v3/owners").await.expect(401);
        assert_eq!(refused["category"], "EXPIRED_AUTHENTICATION");
        assert_eq!(refused["errors"][0]["message"], "The OAuth token used to make this call expired 9 day(s) ago.");
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_is_limited_to_its_scopes() {
        let client = client().with_token("pat-na1-few");
        client.sandbox.set_scopes("pat-na1-few", &["crm.objects.contacts.read"]);
        client.get("/crm/v3/objects/contacts").await.expect(200);
        client.get("/account-info/v3/details").await.expect(200);
        let cases = [
            (Method::POST, "/crm/v3/objects/contacts", "crm.objects.contacts.write"),
            (Method::GET, "/crm/v3/objects/tickets", "tickets"),
            (Method::GET, "/crm/v3/objects/emails", "sales-email-read"),
            (Method::GET, "/crm/v3/owners", "crm.objects.owners.read"),
            (Method::GET, "/scheduler/v3/meetings/meeting-links", "scheduler.meetings.meeting-link.read"),
        ];
        for (method, path, scope) in cases {
            let refused = client.send(method, path, "{}").await.expect(403);
            assert_eq!(refused["category"], "MISSING_SCOPES");
            assert_eq!(refused["errors"][0]["context"]["requiredGranularScopes"], json!([scope]));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn limits_hold_when_there_is_a_tier() {
        let client = client_with(Settings { tier: Some(Tier::Free), ..Settings::default() });
        let path = format!("/crm/v3/objects/contacts/{SARAH}");
        for left in (0..100).rev() {
            let answer = client.get(&path).await;
            assert_eq!(answer.header("x-hubspot-ratelimit-remaining"), Some(left.to_string().as_str()));
        }
        let refused = client.get(&path).await;
        assert_eq!(refused.header("retry-after"), None);
        assert_eq!(refused.header("x-hubspot-ratelimit-remaining"), Some("0"));
        assert_eq!(refused.header("x-hubspot-ratelimit-daily-remaining"), Some("249899"));
        assert_eq!(refused.expect(429)["policyName"], "TEN_SECONDLY_ROLLING");
        tokio::time::advance(std::time::Duration::from_secs(10)).await;
        client.get(&path).await.expect(200);
        assert_eq!(client.sandbox.peaks().ten_seconds, 101);
        for _ in 0..5 {
            client.post("/crm/v3/objects/contacts/search", json!({})).await.expect(200);
        }
        let refused = client.post("/crm/v3/objects/contacts/search", json!({})).await;
        let limits = refused.headers.keys().filter(|name| name.as_str().contains("ratelimit"));
        assert_eq!((refused.status, limits.count()), (429, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn an_unreadable_body_gets_hubspots_error() {
        let client = client();
        for (body, message) in [
            ("", "Invalid JSON input: a request body was expected, but none found"),
            ("{", "Invalid input JSON on line 1, column 1"),
            ("{}", "Invalid input JSON on line 1, column 2. Some required fields were not set: [properties]"),
            (r#"{"properties": 5}"#, "Invalid input JSON on line 1, column 16"),
            (r#"{"properties": {"email": []}}"#, "Invalid input JSON"),
        ] {
            let refused = client.send(Method::POST, "/crm/v3/objects/contacts", body).await.expect(400);
            assert!(refused["message"].as_str().unwrap().starts_with(message), "{refused}");
            assert_eq!(refused["category"], "VALIDATION_ERROR");
        }
    }
}

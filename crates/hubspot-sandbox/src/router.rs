//! HubSpot's paths in all their versions, and which handler answers them.

use axum::Router;
use axum::routing::{MethodFilter, MethodRouter, on};

use super::access::{self, Scopes};
use super::answer::{self, Answer};
use super::call::Call;
use super::crm::kind::Kind;
use super::limits::{Admission, Bucket};
use super::portal::Portal;
use super::refusal::Refusal;
use super::{Sandbox, account, admin, crm, scheduler};

const ADMIN: &str = "/__sandbox";

pub(crate) type Handler = fn(&mut Portal, &Call) -> Result<Answer, Refusal>;

/// A family answers at its dated paths and at the older ones alike.
pub(super) fn routes(sandbox: &Sandbox) -> Router {
    let families: [(&[&str], Router<Sandbox>); 10] = [
        (OBJECTS, crm::objects::routes()),
        (ASSOCIATIONS, crm::association_batches::routes()),
        (ENGAGEMENTS, crm::engagements::routes()),
        (SCHEMAS, crm::properties::custom_objects()),
        (OWNERS, crm::owners::routes()),
        (PIPELINES, crm::pipelines::routes()),
        (PROPERTIES, crm::properties::routes()),
        (MEETINGS, scheduler::routes()),
        (ACCOUNT, account::routes()),
        (OAUTH, account::token_routes()),
    ];
    let nested =
        families.into_iter().flat_map(|(prefixes, routes)| prefixes.iter().map(move |at| (at, routes.clone())));
    nested
        .fold(Router::new(), |all, (prefix, routes)| all.nest(prefix, routes))
        .merge(admin::routes())
        .fallback(async || answer::html(404))
        .method_not_allowed_fallback(async || answer::html(405))
        .with_state(sandbox.clone())
}

pub(super) fn is_admin(path: &str) -> bool {
    path.strip_prefix(ADMIN).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Besides the documented paths, `/crm/2026-09/objects` and `/crm/objects/v3` were seen to answer.
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
/// Older than the dated versions, and still what some clients of HubSpot's own call.
const ENGAGEMENTS: &[&str] = &["/engagements/v1"];
const SCHEMAS: &[&str] = &["/crm-object-schemas/v3", "/crm-object-schemas/2026-09", "/crm-object-schemas/2026-03"];
const OWNERS: &[&str] = &["/crm/owners/2026-09", "/crm/owners/2026-03", "/crm/owners/v3", "/crm/v3/owners"];
const PIPELINES: &[&str] =
    &["/crm/pipelines/2026-09", "/crm/pipelines/2026-03", "/crm/pipelines/v3", "/crm/v3/pipelines"];
const PROPERTIES: &[&str] =
    &["/crm/properties/2026-09", "/crm/properties/2026-03", "/crm/properties/v3", "/crm/v3/properties"];
const MEETINGS: &[&str] = &["/scheduler/2026-09/meetings", "/scheduler/2026-03/meetings", "/scheduler/v3/meetings"];
const ACCOUNT: &[&str] = &["/account-info/2026-09", "/account-info/2026-03", "/account-info/v3"];
const OAUTH: &[&str] = &["/oauth"];

pub(crate) const GET: MethodFilter = MethodFilter::GET;
pub(crate) const POST: MethodFilter = MethodFilter::POST;
pub(crate) const PATCH: MethodFilter = MethodFilter::PATCH;
pub(crate) const PUT: MethodFilter = MethodFilter::PUT;
pub(crate) const DELETE: MethodFilter = MethodFilter::DELETE;

/// What an endpoint demands: scopes, and the rate window it counts in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand {
    pub(crate) scopes: Scopes,
    pub(crate) bucket: Bucket,
    effect: Effect,
}

/// Whether a request may leave something changed. Its method does not say: HubSpot searches with POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    Reads,
    Writes,
}

pub(crate) const fn needs(scopes: Scopes) -> Demand {
    counts(scopes, Bucket::General)
}

pub(crate) const fn counts(scopes: Scopes, bucket: Bucket) -> Demand {
    let effect = match scopes {
        Scopes::Read | Scopes::Open => Effect::Reads,
        _ => Effect::Writes,
    };
    Demand { scopes, bucket, effect }
}

impl Demand {
    /// Reads, although its scopes would let it write.
    pub(crate) const fn reading(self) -> Demand {
        Demand { effect: Effect::Reads, ..self }
    }
}

/// A handler for one method, behind the token, the limits and the scopes.
pub(crate) fn answers(method: MethodFilter, demand: Demand, handler: Handler) -> MethodRouter<Sandbox> {
    let serve = move |sandbox: axum::extract::State<Sandbox>, call: Call| async move {
        let mut portal = sandbox.0.portal();
        portal.changes += u64::from(method != GET && demand.effect == Effect::Writes);
        serve(&mut portal, demand, handler, &call)
    };
    on(method, serve)
}

fn serve(portal: &mut Portal, demand: Demand, handler: Handler, call: &Call) -> axum::response::Response {
    let (headers, outcome) = admitted(portal, demand, call);
    let mut response = match outcome.and_then(|()| handler(portal, call)) {
        Ok(Answer { status, body: Some(body) }) => answer::json(status, &body),
        Ok(Answer { status, body: None }) => answer::empty(status),
        Err(refusal) => answer::json(refusal.status, &refusal.body(&call.correlation_id)),
    };
    headers.iter().for_each(|(name, value)| answer::set_header(&mut response, name, value));
    response
}

/// First the token, then the windows, then the scopes.
fn admitted(portal: &mut Portal, demand: Demand, call: &Call) -> Admission {
    if let Scopes::Open = demand.scopes {
        return (Vec::new(), Ok(()));
    }
    let (now_ms, when, tier) = (portal.now_ms(), portal.when(), portal.settings.tier);
    let token = match access::authenticate(&portal.tokens, call.bearer.as_deref(), now_ms) {
        Ok(token) => token,
        Err(refusal) => return (Vec::new(), Err(refusal)),
    };
    let name = call.bearer.as_deref().unwrap_or_default();
    let (headers, room) = portal.limits.count(tier, demand.bucket, name, when);
    (headers, room.and_then(|()| access::authorize(token, demand.scopes, Kind::named(call.param("type")))))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;
    use serde_json::json;

    use crate::testing::{SARAH, client, client_of};
    use crate::{Settings, limits::Tier};

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
    async fn an_unknown_kind_of_object_cannot_be_inferred() {
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
    async fn a_call_needs_a_token_that_is_known_and_young_enough() {
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
    async fn a_token_may_do_what_its_scopes_say() {
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
        let client = client_of(Settings { tier: Some(Tier::Free), ..Settings::default() });
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
    async fn bodies_that_cannot_be_read_are_refused_in_hubspots_words() {
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

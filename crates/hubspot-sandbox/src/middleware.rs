//! The steps before and after routing, which every request takes: correlation id, log, delay, injected faults.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::http::{Response, Uri};
use bytes::Bytes;
use futures::stream;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::json;
use tower::ServiceExt;

use crate::admin::access::{self, Denied};
use crate::admin::endpoint::is_admin;
use crate::api::api_error::{self, ApiError};
use crate::api::call::ReceivedRequest;
use crate::api::response;
use crate::router;
use crate::rules::fault::{self, Effect, Policy};
use crate::rules::limits::RateLimited;
use crate::rules::request_log::EntryId;
use crate::sandbox::{Account, Sandbox};

/// Bytes of the largest body.
const BODY_BYTES_MAX: usize = 10 << 20;
/// Bytes of the largest body to the admin plane: a snapshot with some hundred thousand contacts.
const SNAPSHOT_BYTES_MAX: usize = 256 << 20;

#[derive(Clone, Debug)]
struct Middleware {
    sandbox: Sandbox,
    routes: Router,
}

impl Sandbox {
    /// Returns a router with HubSpot's paths, and the admin plane under `/__sandbox`.
    ///
    /// It answers a path that HubSpot does not have with 404 in HTML, as HubSpot does.
    pub fn router(&self) -> Router {
        let middleware = Middleware { sandbox: self.clone(), routes: router::routes(self) };
        Router::new().fallback(handle).with_state(middleware)
    }
}

async fn handle(State(middleware): State<Middleware>, request: Request) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let admin = is_admin(parts.uri.path());
    if let Err(denied) = middleware.admit(&parts, admin) {
        return response::json(denied.status(), &json!({"error": denied.to_string()}));
    }
    let max = if admin { SNAPSHOT_BYTES_MAX } else { BODY_BYTES_MAX };
    let body = Limited::new(body, max).collect().await.map(|body| body.to_bytes());
    let unread = body.as_ref().err().map(|error| unreadable(error.is::<LengthLimitError>()));
    let body = body.unwrap_or_default();
    let plan = middleware.plan(&parts.method, &parts.uri, &body, admin);
    let id = Arc::clone(&plan.correlation_id);
    parts.uri = without_last_slash(parts.uri);
    parts.extensions.insert(ReceivedRequest { correlation_id: Arc::clone(&id), uri: parts.uri.clone(), body });
    let request = Request::from_parts(parts, Body::empty());
    let mut response = match unread {
        Some(error) => response::json(error.status, &error.body(&id)),
        None => middleware.respond(plan.effect, plan.delay_ms, request, &id).await,
    };
    response::set_header(&mut response, "x-hubspot-correlation-id", &id);
    if let Some(entry) = plan.entry {
        middleware.sandbox.lock().traffic.log.set_status(entry, response.status().as_u16());
    }
    response
}

/// The decisions on a request before it is routed.
struct RequestPlan {
    correlation_id: Arc<str>,
    /// `None` for the admin plane.
    entry: Option<EntryId>,
    effect: Option<Effect>,
    delay_ms: u64,
}

impl Middleware {
    fn admit(&self, parts: &Parts, admin: bool) -> Result<(), Denied> {
        let account = self.sandbox.lock();
        match (admin, &account.admin_token) {
            (true, token) => access::admit(&parts.headers, &parts.uri, token.as_ref()),
            (false, None) => access::admit_to_hubspot(&parts.headers, &parts.uri),
            // One that other machines reach has a token, and a name of the operator's choice.
            (false, Some(_)) => Ok(()),
        }
    }

    fn plan(&self, method: &http::Method, uri: &Uri, body: &Bytes, admin: bool) -> RequestPlan {
        let mut account = self.sandbox.lock();
        let Account { portal, traffic, .. } = &mut *account;
        let correlation_id = traffic.next_correlation_id(portal.now_ms());
        if admin {
            return RequestPlan { correlation_id, entry: None, effect: None, delay_ms: 0 };
        }
        let entry = Some(traffic.log.add(method, uri, body.clone(), portal.clock.now(), &correlation_id));
        let effect = fault::next(&mut traffic.faults, method, uri.path());
        RequestPlan { correlation_id, entry, effect, delay_ms: traffic.delay_ms }
    }

    async fn respond(&self, effect: Option<Effect>, delay_ms: u64, request: Request, id: &str) -> Response<Body> {
        if delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
        }
        match effect {
            None => self.route(request).await,
            Some(Effect::DelayMs(ms)) => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                self.route(request).await
            }
            Some(Effect::Late(ms)) => {
                self.execute_later(Duration::from_millis(ms), request).await;
                response::html(504)
            }
            Some(Effect::Silence) => std::future::pending().await,
            Some(Effect::Status { status, body, headers }) => status_response(status, body, &headers, id),
            Some(Effect::RateLimited { policy }) => rate_limited_response(policy, id),
            Some(Effect::Html) => response::html(200),
            Some(after) => corrupt(&after, self.route(request).await).await,
        }
    }

    /// Executes the request after this time, unless the account has ended or started over by then. If too many wait, it
    /// is executed at once.
    async fn execute_later(&self, pause: Duration, request: Request) {
        if self.sandbox.lock().traffic.late.is_full() {
            self.route(request).await;
            return;
        }
        let sandbox = self.sandbox.downgrade();
        self.sandbox.lock().traffic.late.spawn(async move {
            tokio::time::sleep(pause).await;
            let Some(sandbox) = sandbox.upgrade() else { return };
            let Ok(_) = router::routes(&sandbox).oneshot(request).await;
        });
    }

    async fn route(&self, request: Request) -> Response<Body> {
        let Ok(response) = self.routes.clone().oneshot(request).await;
        response
    }
}

fn unreadable(too_long: bool) -> ApiError {
    match too_long {
        true => ApiError::new(413, "Request entity too large"),
        false => ApiError::new(400, "Unable to read the request body"),
    }
}

fn status_response(
    status: u16,
    body: Option<serde_json::Value>,
    headers: &[(String, String)],
    id: &str,
) -> Response<Body> {
    let body = body.unwrap_or_else(|| api_error::of_status(status).body(id));
    let mut response = response::json(status, &body);
    headers.iter().for_each(|(name, value)| response::set_header(&mut response, name, value));
    response
}

fn rate_limited_response(policy: Policy, id: &str) -> Response<Body> {
    let error = ApiError::from(RateLimited(policy));
    response::json(error.status, &error.body(id))
}

/// Applies the effects on the response to a request that was executed.
async fn corrupt(effect: &Effect, response: Response<Body>) -> Response<Body> {
    match effect {
        Effect::SilenceAfter => std::future::pending().await,
        Effect::LostAnswer => response::html(502),
        Effect::CutBody => truncate(response, true).await,
        Effect::BrokenJson => truncate(response, false).await,
        _ => response,
    }
}

/// Cuts the body in half. The connection breaks there, or the body ends.
async fn truncate(response: Response<Body>, breaks: bool) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let bytes = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let half = bytes.slice(..bytes.len() / 2);
    parts.headers.remove(CONTENT_LENGTH);
    let body = match breaks {
        true => Body::from_stream(stream::iter([Ok(half), Err(std::io::Error::other("cut by a fault"))])),
        false => Body::from(half),
    };
    Response::from_parts(parts, body)
}

/// Removes a slash at the end of the path: HubSpot takes `/crm/v3/owners/` and `/crm/v3/owners` alike, and clients send
/// both.
fn without_last_slash(uri: Uri) -> Uri {
    let path = uri.path();
    if path.len() < 2 || !path.ends_with('/') {
        return uri;
    }
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    format!("{}{query}", path.trim_end_matches('/')).parse().unwrap_or(uri)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::Method;
    use serde_json::json;
    use tokio::time::{Instant, timeout};

    use super::*;
    use crate::rules::fault::Fault;
    use crate::settings::Settings;
    use crate::test_client::{SARAH, client, client_with};

    const NOTES: &str = "/crm/v3/objects/notes";

    fn note() -> serde_json::Value {
        json!({"properties": {"hs_timestamp": "2026-11-22T15:00:00Z", "hs_note_body": "Called back"}})
    }

    #[tokio::test(start_paused = true)]
    async fn some_faults_prevent_the_execution_and_some_follow_it() {
        for (effect, status, is_made) in [
            (Effect::status(503), 503, false),
            (Effect::RateLimited { policy: Policy::Daily }, 429, false),
            (Effect::Html, 200, false),
            (Effect::LostAnswer, 502, true),
            (Effect::BrokenJson, 201, true),
            (Effect::CutBody, 201, true),
            (Effect::DelayMs(5_000), 201, true),
        ] {
            let client = client();
            client.sandbox.inject_fault(Fault::once(effect.clone()).on(&Method::POST, "/notes"));
            let answer = client.post(NOTES, note()).await;
            assert_eq!(
                (answer.status, client.sandbox.records("notes").len()),
                (status, usize::from(is_made)),
                "{effect:?}"
            );
            let is_json = matches!(effect, Effect::Status { .. } | Effect::RateLimited { .. } | Effect::DelayMs(_));
            assert_eq!(answer.body.is_object(), is_json, "{effect:?}");
            client.post(NOTES, note()).await.expect(201);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_comes_before_or_after_the_execution() {
        for (effect, made) in [(Effect::Silence, 0), (Effect::SilenceAfter, 1)] {
            let client = client();
            client.sandbox.inject_fault(Fault::once(effect));
            assert!(timeout(Duration::from_secs(600), client.post(NOTES, note())).await.is_err());
            assert_eq!(client.sandbox.records("notes").len(), made);
            assert_eq!(client.sandbox.requests()[0].status, None);
        }
    }

    /// Lets an hour pass, with time for what is due in it.
    async fn an_hour() {
        tokio::time::sleep(Duration::from_secs(3_600)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_request_is_executed_after_its_answer_unless_the_account_starts_over() {
        for (starts_over, made) in [(false, 1), (true, 0)] {
            let client = client();
            client.sandbox.inject_fault(Fault::once(Effect::Late(60_000)));
            assert_eq!(client.post(NOTES, note()).await.status, 504);
            assert_eq!(client.sandbox.records("notes").len(), 0);
            if starts_over {
                client.sandbox.reset();
            }
            an_hour().await;
            assert_eq!(client.sandbox.records("notes").len(), made);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn late_requests_end_with_the_account() {
        let client = client();
        let account = client.sandbox.downgrade();
        client.sandbox.inject_fault(Fault::once(Effect::Late(60_000)));
        assert_eq!(client.post(NOTES, note()).await.status, 504);
        let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
        assert_eq!(tasks(), 1);
        drop(client);
        tokio::task::yield_now().await;
        assert!(account.upgrade().is_none(), "what waits keeps no account");
        assert_eq!(tasks(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn every_response_can_be_delayed() {
        let client = client_with(Settings { delay_ms: 250, ..Settings::default() });
        let start = Instant::now();
        client.get("/crm/v3/owners").await.expect(200);
        assert_eq!(start.elapsed(), Duration::from_millis(250));
    }

    #[tokio::test(start_paused = true)]
    async fn requests_are_logged_in_order_as_they_were_sent() {
        let client = client();
        client.get(&format!("/crm/v3/objects/contacts/{SARAH}?properties=email")).await.expect(200);
        client.post(NOTES, note()).await.expect(201);
        let log = client.sandbox.requests();
        assert_eq!((log[0].query.as_str(), log[0].status), ("properties=email", Some(200)));
        assert_eq!((log[1].method.as_str(), log[1].path.as_str()), ("POST", NOTES));
        assert_eq!(log[1].body, note().to_string());
        client.sandbox.clear_requests();
        assert!(client.sandbox.requests().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_too_long_is_rejected() {
        let client = client();
        let answer = client.send(Method::POST, NOTES, vec![b' '; BODY_BYTES_MAX + 1]).await;
        assert_eq!(answer.status, 413);
        assert_eq!(answer.header("x-hubspot-correlation-id"), answer.body["correlationId"].as_str());
        assert_eq!(client.sandbox.requests()[0].status, Some(413));
        let mut state = client.sandbox.snapshot();
        state += &" ".repeat(BODY_BYTES_MAX);
        client.send(Method::PUT, "/__sandbox/state", state).await.expect(200);
    }
}

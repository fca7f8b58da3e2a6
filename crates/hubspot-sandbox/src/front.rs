//! What happens to every request before and after it is routed: correlation id, delay, faults, log.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{Response, Uri};
use bytes::Bytes;
use futures::stream;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tower::ServiceExt;

use super::call::Arrived;
use super::fault::{self, Effect, Policy};
use super::limits::{self, Bucket};
use super::log::Place;
use super::refusal::{self, Refusal};
use super::{Sandbox, answer, router};

/// A body beyond this is refused unread.
const BODY_BYTES_MAX: usize = 10 << 20;
/// The same for the admin plane: an account with some hundred thousand contacts.
const STATE_BYTES_MAX: usize = 256 << 20;

#[derive(Clone, Debug)]
struct Front {
    sandbox: Sandbox,
    routes: Router,
}

/// The sandbox as one service: everything goes through [`receive`].
pub(super) fn router(sandbox: &Sandbox) -> Router {
    let front = Front { sandbox: sandbox.clone(), routes: router::routes(sandbox) };
    Router::new().fallback(receive).with_state(front)
}

async fn receive(State(front): State<Front>, request: Request) -> Response<Body> {
    let (mut parts, body) = request.into_parts();
    let admin = router::is_admin(parts.uri.path());
    let max = if admin { STATE_BYTES_MAX } else { BODY_BYTES_MAX };
    let body = Limited::new(body, max).collect().await.map(|body| body.to_bytes());
    let unread = body.as_ref().err().map(|error| unread(error.is::<LengthLimitError>()));
    let body = body.unwrap_or_default();
    let plan = front.plan(&parts.method, &parts.uri, &body, admin);
    let id = Arc::clone(&plan.correlation_id);
    parts.uri = without_last_slash(parts.uri);
    parts.extensions.insert(Arrived { correlation_id: Arc::clone(&id), uri: parts.uri.clone(), body });
    let request = Request::from_parts(parts, Body::empty());
    let mut response = match unread {
        Some(refusal) => answer::json(refusal.status, &refusal.body(&id)),
        None => front.follow(plan.effect, plan.delay_ms, request, &id).await,
    };
    answer::set_header(&mut response, "x-hubspot-correlation-id", &id);
    if let Some(place) = plan.place {
        front.sandbox.portal().log.answered(place, response.status().as_u16());
    }
    response
}

struct Plan {
    correlation_id: Arc<str>,
    place: Option<Place>,
    effect: Option<Effect>,
    delay_ms: u64,
}

impl Front {
    fn plan(&self, method: &http::Method, uri: &Uri, body: &Bytes, admin: bool) -> Plan {
        let mut portal = self.sandbox.portal();
        let correlation_id = portal.next_correlation_id();
        if admin {
            return Plan { correlation_id, place: None, effect: None, delay_ms: 0 };
        }
        let now = portal.clock.now();
        let place = Some(portal.log.arrived(method, uri, body.clone(), now, &correlation_id));
        let effect = fault::next(&mut portal.faults, method, uri.path());
        Plan { correlation_id, place, effect, delay_ms: portal.settings.delay_ms }
    }

    async fn follow(&self, effect: Option<Effect>, delay_ms: u64, request: Request, id: &str) -> Response<Body> {
        if delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
        }
        match effect {
            None => self.route(request).await,
            Some(Effect::DelayMs(ms)) => {
                tokio::time::sleep(Duration::from_millis(ms)).await;
                self.route(request).await
            }
            Some(Effect::Silence) => std::future::pending().await,
            Some(Effect::Status { status, body, headers }) => stated(status, body, &headers, id),
            Some(Effect::RateLimited { policy }) => limited(policy, id),
            Some(Effect::Html) => answer::html(200),
            Some(after) => spoil(&after, self.route(request).await).await,
        }
    }

    async fn route(&self, request: Request) -> Response<Body> {
        let Ok(response) = self.routes.clone().oneshot(request).await;
        response
    }
}

fn unread(too_long: bool) -> Refusal {
    match too_long {
        true => Refusal::new(413, "Request entity too large"),
        false => Refusal::new(400, "Unable to read the request body"),
    }
}

fn stated(status: u16, body: Option<serde_json::Value>, headers: &[(String, String)], id: &str) -> Response<Body> {
    let body = body.unwrap_or_else(|| refusal::of_status(status).body(id));
    let mut response = answer::json(status, &body);
    headers.iter().for_each(|(name, value)| answer::set_header(&mut response, name, value));
    response
}

fn limited(policy: Policy, id: &str) -> Response<Body> {
    let refusal = limits::refusal(policy, Bucket::General);
    answer::json(refusal.status, &refusal.body(id))
}

/// The effects that come after the request was carried out.
async fn spoil(effect: &Effect, response: Response<Body>) -> Response<Body> {
    match effect {
        Effect::SilenceAfter => std::future::pending().await,
        Effect::LostAnswer => answer::html(502),
        Effect::CutBody => cut(response, true).await,
        Effect::BrokenJson => cut(response, false).await,
        _ => response,
    }
}

/// Keeps the first half of the body; the connection breaks there, or the body just ends.
async fn cut(response: Response<Body>, breaks: bool) -> Response<Body> {
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

/// HubSpot takes `/crm/v3/owners/` and `/crm/v3/owners` alike, and its clients send both.
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
    use crate::Settings;
    use crate::fault::Fault;
    use crate::testing::{SARAH, client, client_of};

    const MADE: &str = "/crm/v3/objects/notes";

    fn note() -> serde_json::Value {
        json!({"properties": {"hs_timestamp": "2026-11-22T15:00:00Z", "hs_note_body": "Called back"}})
    }

    #[tokio::test(start_paused = true)]
    async fn some_faults_happen_before_the_request_and_some_after_it() {
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
            let answer = client.post(MADE, note()).await;
            assert_eq!(
                (answer.status, client.sandbox.records("notes").len()),
                (status, usize::from(is_made)),
                "{effect:?}"
            );
            let is_json = matches!(effect, Effect::Status { .. } | Effect::RateLimited { .. } | Effect::DelayMs(_));
            assert_eq!(answer.body.is_object(), is_json, "{effect:?}");
            client.post(MADE, note()).await.expect(201);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn silence_comes_before_or_after_the_deed() {
        for (effect, made) in [(Effect::Silence, 0), (Effect::SilenceAfter, 1)] {
            let client = client();
            client.sandbox.inject_fault(Fault::once(effect));
            assert!(timeout(Duration::from_secs(600), client.post(MADE, note())).await.is_err());
            assert_eq!(client.sandbox.records("notes").len(), made);
            assert_eq!(client.sandbox.requests()[0].status, None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn every_answer_can_be_late() {
        let client = client_of(Settings { delay_ms: 250, ..Settings::default() });
        let start = Instant::now();
        client.get("/crm/v3/owners").await.expect(200);
        assert_eq!(start.elapsed(), Duration::from_millis(250));
    }

    #[tokio::test(start_paused = true)]
    async fn requests_are_logged_in_order_as_they_were_sent() {
        let client = client();
        client.get(&format!("/crm/v3/objects/contacts/{SARAH}?properties=email")).await.expect(200);
        client.post(MADE, note()).await.expect(201);
        let log = client.sandbox.requests();
        assert_eq!((log[0].query.as_str(), log[0].status), ("properties=email", Some(200)));
        assert_eq!((log[1].method.as_str(), log[1].path.as_str()), ("POST", MADE));
        assert_eq!(log[1].body, note().to_string());
        client.sandbox.clear_requests();
        assert!(client.sandbox.requests().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_is_too_long_is_refused_unread() {
        let client = client();
        let answer = client.send(Method::POST, MADE, vec![b' '; BODY_BYTES_MAX + 1]).await;
        assert_eq!(answer.status, 413);
        assert_eq!(answer.header("x-hubspot-correlation-id"), answer.body["correlationId"].as_str());
        assert_eq!(client.sandbox.requests()[0].status, Some(413));
        let mut state = client.sandbox.snapshot();
        state += &" ".repeat(BODY_BYTES_MAX);
        client.send(Method::PUT, "/__sandbox/state", state).await.expect(200);
    }
}

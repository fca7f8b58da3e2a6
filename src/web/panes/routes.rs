//! The page with the three sides, its files and its interface. It is served on this machine alone, beside the embedded
//! HubSpot; its scripts ask with a token that only the page has.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::header::{self, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use http_client::InProcess;
use hubspot_sandbox::Sandbox;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::account_snapshot::AccountSnapshot;
use super::colleague::{self, ColleagueAct, PlannedRequest};
use super::customer::{self, CustomerMessage};
use crate::mcp::http::VisitorRoutes;
use crate::web::api::answer::{self, ApiError};
use crate::web::api::input;
use crate::web::rates::Rates;
use crate::web::visit::decisions::Decisions;

/// The page, with a name in double braces.
const PAGE: &str = include_str!("panes.html");
/// Its style sheet.
pub const STYLE: &str = include_str!("panes.css");
/// Its script.
pub const SCRIPT: &str = include_str!("panes.js");

const API: &str = "/sandbox/api/";
/// The longest body.
const BODY_BYTES_MAX: usize = 32 * 1024;
/// Requests of one address in a minute: several pages that look twice a second.
const REQUESTS_PER_MINUTE: u32 = 1_200;
/// The requests to HubSpot that are listed.
const REQUESTS_SHOWN: usize = 40;
/// The page's own requests by whose ids they are told from the desk's; more than are listed.
const OWN_MAX: usize = 200;
/// The header with the page's token.
const TOKEN: HeaderName = HeaderName::from_static("x-page-token");

/// The three sides.
#[derive(Debug)]
pub struct Panes {
    sandbox: Sandbox,
    http: InProcess,
    decisions: Decisions,
    mark: String,
    /// An autopilot answers in the account's inbox.
    is_answered: bool,
    token: String,
    rates: Rates,
    own: Mutex<OwnRequests>,
}

/// The requests that the page itself has sent, which the desk has not spent.
#[derive(Debug, Default)]
struct OwnRequests {
    number: u64,
    newest: VecDeque<String>,
}

/// The embedded HubSpot refused the page's own token.
#[derive(Debug, thiserror::Error)]
#[error("the embedded HubSpot gave the page no token: {0}")]
pub struct NoToken(String);

impl Panes {
    /// The three sides of this account. `mark` begins a note that is for the customer.
    ///
    /// # Errors
    /// [`NoToken`].
    pub async fn open(sandbox: Sandbox, decisions: Decisions, mark: String) -> Result<Panes, NoToken> {
        let random = [(); 3].map(|()| Uuid::new_v4().into_bytes()).concat();
        let token = format!("page-{}", URL_SAFE_NO_PAD.encode(Sha256::digest(random)));
        let http = InProcess(sandbox.router());
        let (path, body) =
            (format!("/__sandbox/tokens/{token}"), json!({"scopes": SCOPES, "userId": USER, "appId": 1}));
        let made = colleague::send(&http, &token, PlannedRequest { method: Method::PUT, path, body }).await;
        let made = made.map_err(|error| NoToken(error.to_string()))?;
        if !made.status().is_success() {
            return Err(NoToken(String::from_utf8_lossy(made.body()).into_owned()));
        }
        let rates = Rates::per_minute(REQUESTS_PER_MINUTE);
        Ok(Panes { sandbox, http, decisions, mark, is_answered: false, token, rates, own: Mutex::default() })
    }

    /// The same where an autopilot answers in the account's inbox: the customer can write there too.
    #[must_use]
    pub fn with_autopilot(self) -> Panes {
        Panes { is_answered: true, ..self }
    }

    async fn answer(&self, head: Parts, body: Bytes, address: IpAddr) -> Response {
        if let Err(wait) = self.rates.count(address) {
            return ApiError::too_often(wait).into_response();
        }
        match head.uri.path().strip_prefix(API) {
            Some(name) => self.interface(name, &head, &body).await.unwrap_or_else(IntoResponse::into_response),
            None => self.file(&head),
        }
    }

    fn file(&self, head: &Parts) -> Response {
        let settings = json!({ "token": self.token }).to_string();
        let (kind, content) = match head.uri.path() {
            "/" => ("text/html; charset=utf-8", PAGE.replace("{{settings}}", &settings)),
            "/sandbox/page.css" => ("text/css; charset=utf-8", STYLE.to_owned()),
            "/sandbox/page.js" => ("text/javascript; charset=utf-8", SCRIPT.to_owned()),
            _ => return unknown().into_response(),
        };
        if !matches!(head.method, Method::GET | Method::HEAD) {
            return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
        }
        let mut response = ([(header::CONTENT_TYPE, kind)], content).into_response();
        protect(response.headers_mut());
        response
    }

    async fn interface(&self, name: &str, head: &Parts, body: &[u8]) -> Result<Response, ApiError> {
        let given = head.headers.get(TOKEN).map(HeaderValue::as_bytes).unwrap_or_default();
        // Equal digests: the time of the comparison tells nothing of the token.
        if Sha256::digest(given) != Sha256::digest(&self.token) {
            let hint = "load the page again: each start of the server has a token of its own";
            return Err(ApiError::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "that is not this page's token", hint));
        }
        match (&head.method, name) {
            (&Method::GET, "view") => Ok(self.view(head.uri.query().unwrap_or_default())),
            (&Method::POST, "act") => self.act(&input::read(body)?).await,
            (&Method::POST, "write") if self.is_answered => self.write(&input::read(body)?).await,
            _ => Err(unknown()),
        }
    }

    /// All that is shown; nothing if it is what the page has already.
    fn view(&self, query: &str) -> Response {
        let (requests, newest) = self.sandbox.newest_requests(REQUESTS_SHOWN);
        let (turns, decided) = self.decisions.newest();
        let version = format!("{}-{requests}-{turns}", self.sandbox.changes());
        let known = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "known");
        if known.is_some_and(|(_, known)| known == version) {
            return StatusCode::NO_CONTENT.into_response();
        }
        let snapshot: Value = serde_json::from_str(&self.sandbox.snapshot()).unwrap_or_default();
        let account = AccountSnapshot::of(&snapshot);
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let spent = newest.iter().filter(|request| !own.newest.contains(&request.correlation_id));
        let spent: Vec<_> = spent
            .map(|one| json!({"method": one.method, "path": one.path, "status": one.status, "at": one.at}))
            .collect();
        answer::json(json!({
            "version": version,
            "autopilot": self.is_answered,
            "colleagues": account.colleagues(),
            "inbox": account.inbox(&self.mark),
            "feed": account.feed(),
            "counts": account.counts(),
            "requests": {"spent": requests.saturating_sub(own.number), "newest": spent},
            "decisions": decided,
        }))
    }

    /// Writes as the customer into the account's own inbox; the answer names the conversation.
    async fn write(&self, message: &CustomerMessage) -> Result<Response, ApiError> {
        let planned = customer::plan(message).map_err(|why| refused(why.to_owned()))?;
        let sent =
            colleague::send(&self.http, &self.token, planned).await.map_err(|error| refused(error.to_string()))?;
        let written: Value = serde_json::from_slice(sent.body()).unwrap_or_default();
        match sent.status().is_success() {
            true => Ok(answer::json(json!({ "id": id_of(&written["thread_id"]) }))),
            false => Err(refused("there is no such conversation".to_owned())),
        }
    }

    async fn act(&self, act: &ColleagueAct) -> Result<Response, ApiError> {
        let snapshot: Value = serde_json::from_str(&self.sandbox.snapshot()).unwrap_or_default();
        let now = self.sandbox.now().to_rfc3339();
        let planned = colleague::plan(act, &AccountSnapshot::of(&snapshot), &self.mark, &now);
        let planned = planned.map_err(|why| refused(why.to_owned()))?;
        let is_logged = !planned.path.starts_with("/__sandbox");
        let sent =
            colleague::send(&self.http, &self.token, planned).await.map_err(|error| refused(error.to_string()))?;
        if is_logged {
            self.note_own(sent.headers());
        }
        match sent.status().is_success() {
            true => Ok(answer::json(json!({ "done": true }))),
            false => Err(refused(format!("the embedded HubSpot answered with {}", sent.status()))),
        }
    }

    fn note_own(&self, headers: &HeaderMap) {
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.number += 1;
        let id = headers.get("x-hubspot-correlation-id").and_then(|id| id.to_str().ok());
        own.newest.extend(id.map(str::to_owned));
        if own.newest.len() > OWN_MAX {
            own.newest.pop_front();
        }
    }
}

/// The user whom the page's token belongs to, and its scopes: those of a colleague who answers.
const USER: u64 = 9_586_504;
const SCOPES: [&str; 3] = ["tickets", "crm.objects.contacts.read", "crm.objects.contacts.write"];

impl VisitorRoutes for Panes {
    fn takes(&self, path: &str) -> bool {
        path == "/" || path.strip_prefix("/sandbox").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn address_header(&self) -> Option<&HeaderName> {
        None
    }

    fn body_bytes_max(&self, _head: &Parts) -> usize {
        BODY_BYTES_MAX
    }

    fn respond(&self, head: Parts, body: Bytes, address: IpAddr) -> BoxFuture<'_, Response> {
        self.answer(head, body, address).boxed()
    }

    fn run(self: Arc<Self>, _stop: CancellationToken) -> BoxFuture<'static, ()> {
        // Nothing goes on beside the requests.
        futures::future::ready(()).boxed()
    }
}

fn refused(why: String) -> ApiError {
    let hint = "choose a colleague and an open ticket or conversation of the list";
    ApiError::new(StatusCode::CONFLICT, "NOT_DONE", why, hint)
}

/// An id, which is a number or a text.
fn id_of(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn unknown() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "NOT_FOUND", "there is no such page", "the page is at `/`")
}

/// The page loads and calls this server alone, shows its chat in a frame, and is shown by no page.
fn protect(headers: &mut HeaderMap) {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; \
                  img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let shared = HeaderValue::from_static("same-origin");
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), shared);
}

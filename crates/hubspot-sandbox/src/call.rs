//! One request as a handler reads it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::Uri;
use axum::http::header::{AUTHORIZATION, HOST};
use axum::http::request::Parts;
use axum::response::Response;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::{Value, json};

use super::Sandbox;
use super::answer;
use super::crm::kind::Kind;
use super::refusal::Refusal;

/// Where HubSpot answers.
const HUBSPOT: &str = "https://api.hubapi.com";

const NEWEST: &str = "2026-09";

/// What the front door learnt of a request before it was routed.
#[derive(Clone, Debug)]
pub(super) struct Arrived {
    pub(super) correlation_id: Arc<str>,
    /// As it was sent: the routes see only the end of the path
    pub(super) uri: Uri,
    pub(super) body: Bytes,
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) correlation_id: Arc<str>,
    pub(crate) bearer: Option<String>,
    uri: Uri,
    /// Where the client sent it; HubSpot's own address when it does not say
    host: String,
    params: Vec<(String, String)>,
    query: Vec<(String, String)>,
    body: Bytes,
}

impl Call {
    /// A segment of the path, decoded; the route says that it is there.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The first value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a list: repeated, separated by commas, or both.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let values = self.query.iter().filter(|(known, _)| known == name).flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.query(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A page size: `default` when missing, refused when it is no number or beyond `max`.
    pub(crate) fn limit(&self, default: usize, max: usize) -> Result<usize, Refusal> {
        let Some(text) = self.query("limit") else { return Ok(default) };
        let limit: usize = text.parse().map_err(|_| unreadable_query("limit"))?;
        match limit {
            0 => Err(Refusal::invalid("limit must be positive.")),
            limit if limit > max => Err(Refusal::invalid(format!("limit must not exceed {max}."))),
            limit => Ok(limit),
        }
    }

    /// The id that a page begins with, which is the cursor of most lists.
    pub(crate) fn first_id(&self) -> Result<u64, Refusal> {
        let Some(after) = self.query("after") else { return Ok(0) };
        after.parse().map_err(|_| Refusal::invalid(format!("Invalid paging cursor: {after}")))
    }

    /// `paging` of a page that another one follows: its cursor, and this request with that cursor. `after` is as it
    /// stands in a query.
    pub(crate) fn paging(&self, after: &str) -> Value {
        let kept = self.uri.query().unwrap_or_default().split('&');
        let kept = kept.filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("after"));
        let query: Vec<String> = kept.map(str::to_owned).chain([format!("after={after}")]).collect();
        let link = format!("{}{}?{}", self.host, self.uri.path(), query.join("&"));
        json!({"next": {"after": after, "link": link}})
    }

    /// Whether it was sent to HubSpot's newest version.
    pub(crate) fn is_newest(&self) -> bool {
        self.uri.path().split('/').any(|part| part == NEWEST)
    }

    pub(crate) fn kind(&self, name: &str) -> Result<Kind, Refusal> {
        let text = self.param(name);
        Kind::named(text).ok_or_else(|| unknown_kind(text))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Err(Refusal::invalid("Invalid JSON input: a request body was expected, but none found"));
        }
        serde_json::from_slice(&self.body).map_err(|error| unreadable_body(&error))
    }

    pub(crate) fn body(&self) -> &Bytes {
        &self.body
    }
}

pub(crate) fn unknown_kind(text: &str) -> Refusal {
    Refusal::new(400, format!("Unable to infer object type from: {text}"))
}

pub(crate) fn unreadable_param(name: &str) -> Refusal {
    Refusal::new(400, format!("Unable to parse value for path parameter: {name}"))
}

pub(crate) fn unreadable_query(name: &str) -> Refusal {
    Refusal::new(400, format!("Unable to parse value for query parameter: {name}"))
}

/// HubSpot's words for a body that is no JSON or not the JSON it needs.
fn unreadable_body(error: &serde_json::Error) -> Refusal {
    let place = format!("Invalid input JSON on line {}, column {}", error.line(), error.column());
    let text = error.to_string();
    let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match (error.classify(), missing) {
        (Category::Data, Some(name)) => {
            Refusal::invalid(format!("{place}. Some required fields were not set: [{name}]"))
        }
        (Category::Data, None) => Refusal::invalid(format!("{place}: Cannot deserialize value: {text}")),
        _ => Refusal::invalid(format!("{place}: {text}")),
    }
}

impl FromRequest<Sandbox> for Call {
    type Rejection = Response<Body>;

    async fn from_request(request: Request, sandbox: &Sandbox) -> Result<Call, Response<Body>> {
        let (mut parts, _) = request.into_parts();
        let arrived = parts.extensions.remove::<Arrived>();
        let arrived = arrived.unwrap_or_else(|| Arrived {
            correlation_id: "".into(),
            uri: parts.uri.clone(),
            body: Bytes::new(),
        });
        let refuse = |refusal: Refusal| answer::json(refusal.status, &refusal.body(&arrived.correlation_id));
        let params = params(&mut parts, sandbox).await.map_err(refuse)?;
        let query = Query::try_from_uri(&parts.uri).map_err(|_| refuse(unreadable_query("query")))?;
        Ok(Call {
            params,
            query: query.0,
            bearer: bearer(&parts),
            host: host(&parts),
            uri: arrived.uri,
            correlation_id: arrived.correlation_id,
            body: arrived.body,
        })
    }
}

async fn params(parts: &mut Parts, sandbox: &Sandbox) -> Result<Vec<(String, String)>, Refusal> {
    let params = RawPathParams::from_request_parts(parts, sandbox).await.map_err(|_| unreadable_param("path"))?;
    Ok(params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// A client that follows a link stays with whom it talks to.
fn host(parts: &Parts) -> String {
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    host.map_or_else(|| HUBSPOT.to_owned(), |host| format!("http://{host}"))
}

fn bearer(parts: &Parts) -> Option<String> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

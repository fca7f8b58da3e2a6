//! One API call: a request as a handler reads it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::Uri;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::request::Parts;
use axum::response::Response;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_json::{Value, json};

use crate::api::api_error::ApiError;
use crate::api::response;
use crate::model::object_type::ObjectType;

/// HubSpot's own address.
const HUBSPOT: &str = "https://api.hubapi.com";

/// HubSpot's newest version of its APIs.
const NEWEST: &str = "2026-09";

/// The parts of a request that the middleware has read before routing.
#[derive(Clone, Debug)]
pub(crate) struct ReceivedRequest {
    pub(crate) correlation_id: Arc<str>,
    /// The whole URI: nested routes see only the end of the path.
    pub(crate) uri: Uri,
    pub(crate) body: Bytes,
}

#[derive(Clone, Debug)]
pub(crate) struct ApiCall {
    pub(crate) correlation_id: Arc<str>,
    pub(crate) bearer: Option<String>,
    uri: Uri,
    /// Scheme and host of the request; HubSpot's own address without a `Host` header.
    host: String,
    params: Vec<(String, String)>,
    query: Vec<(String, String)>,
    content_type: String,
    body: Bytes,
}

impl ApiCall {
    /// Returns a decoded path parameter, or an empty text if the route has none of this name.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Returns the first value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns all query parameters, decoded.
    pub(crate) fn query_pairs(&self) -> &[(String, String)] {
        &self.query
    }

    /// Returns the values of a list parameter, which may be repeated, separated by commas, or both.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let values = self.query.iter().filter(|(known, _)| known == name).flat_map(|(_, value)| value.split(','));
        values.map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    /// Returns true if a query parameter is `true`, in any case.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.query(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Returns the page size: `default` when missing, an error when it is no number, zero, or beyond `max`.
    pub(crate) fn limit(&self, default: usize, max: usize) -> Result<usize, ApiError> {
        let Some(text) = self.query("limit") else { return Ok(default) };
        let limit: usize = text.parse().map_err(|_| unreadable_query("limit"))?;
        match limit {
            0 => Err(ApiError::invalid("limit must be positive.")),
            limit if limit > max => Err(ApiError::invalid(format!("limit must not exceed {max}."))),
            limit => Ok(limit),
        }
    }

    /// Returns the first id of the page, which is the cursor of most lists.
    pub(crate) fn first_id(&self) -> Result<u64, ApiError> {
        let Some(after) = self.query("after") else { return Ok(0) };
        after.parse().map_err(|_| ApiError::invalid(format!("Invalid paging cursor: {after}")))
    }

    /// Renders `paging` of a page that another one follows: the cursor, and a link that is this request with that
    /// cursor. `after` is percent-encoded as in a query.
    pub(crate) fn paging(&self, after: &str) -> Value {
        let pairs = self.uri.query().unwrap_or_default().split('&');
        let pairs = pairs.filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("after"));
        let query: Vec<String> = pairs.map(str::to_owned).chain([format!("after={after}")]).collect();
        let link = format!("{}{}?{}", self.host, self.uri.path(), query.join("&"));
        json!({"next": {"after": after, "link": link}})
    }

    /// Says that the call was sent to HubSpot's newest version.
    pub(crate) fn is_newest(&self) -> bool {
        self.uri.path().split('/').any(|part| part == NEWEST)
    }

    /// Reads the object type in a path parameter.
    pub(crate) fn object_type(&self, name: &str) -> Result<ObjectType, ApiError> {
        let text = self.param(name);
        ObjectType::named(text).ok_or_else(|| unknown_object_type(text))
    }

    /// Reads the body as JSON, or returns HubSpot's 400 for a body that cannot be read.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Err(ApiError::invalid("Invalid JSON input: a request body was expected, but none found"));
        }
        serde_json::from_slice(&self.body).map_err(|error| unreadable_body(&error))
    }

    /// Returns the scheme and host of links in the response.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Returns the address of something below the path of the call.
    pub(crate) fn address_below(&self, id: &str) -> String {
        format!("{}{}/{id}", self.host, self.uri.path())
    }

    /// Says that the call named no host, as calls inside the process do.
    pub(crate) fn is_to_hubspot(&self) -> bool {
        self.host == HUBSPOT
    }

    pub(crate) fn content_type(&self) -> &str {
        &self.content_type
    }

    pub(crate) fn body(&self) -> &Bytes {
        &self.body
    }
}

pub(crate) fn unknown_object_type(text: &str) -> ApiError {
    ApiError::new(400, format!("Unable to infer object type from: {text}"))
}

pub(crate) fn unreadable_param(name: &str) -> ApiError {
    ApiError::new(400, format!("Unable to parse value for path parameter: {name}"))
}

pub(crate) fn unreadable_query(name: &str) -> ApiError {
    ApiError::new(400, format!("Unable to parse value for query parameter: {name}"))
}

/// HubSpot's 400 for a body that is no JSON, or JSON of another shape.
fn unreadable_body(error: &serde_json::Error) -> ApiError {
    let place = format!("Invalid input JSON on line {}, column {}", error.line(), error.column());
    let text = error.to_string();
    let missing = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    match (error.classify(), missing) {
        (Category::Data, Some(name)) => {
            ApiError::invalid(format!("{place}. Some required fields were not set: [{name}]"))
        }
        (Category::Data, None) => ApiError::invalid(format!("{place}: Cannot deserialize value: {text}")),
        _ => ApiError::invalid(format!("{place}: {text}")),
    }
}

impl<S: Send + Sync> FromRequest<S> for ApiCall {
    type Rejection = Response<Body>;

    async fn from_request(request: Request, state: &S) -> Result<ApiCall, Response<Body>> {
        let (mut parts, _) = request.into_parts();
        let received = parts.extensions.remove::<ReceivedRequest>();
        let received = received.unwrap_or_else(|| ReceivedRequest {
            correlation_id: "".into(),
            uri: parts.uri.clone(),
            body: Bytes::new(),
        });
        let reject = |error: ApiError| response::json(error.status, &error.body(&received.correlation_id));
        let params = params(&mut parts, state).await.map_err(reject)?;
        let query = Query::try_from_uri(&parts.uri).map_err(|_| reject(unreadable_query("query")))?;
        Ok(ApiCall {
            params,
            query: query.0,
            bearer: bearer(&parts),
            host: host(&parts),
            content_type: content_type(&parts),
            uri: received.uri,
            correlation_id: received.correlation_id,
            body: received.body,
        })
    }
}

async fn params<S: Send + Sync>(parts: &mut Parts, state: &S) -> Result<Vec<(String, String)>, ApiError> {
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| unreadable_param("path"))?;
    Ok(params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// Returns the base of links in responses: a client that follows one stays with the server it talks to.
fn host(parts: &Parts) -> String {
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
    host.map_or_else(|| HUBSPOT.to_owned(), |host| format!("http://{host}"))
}

fn content_type(parts: &Parts) -> String {
    let header = parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    header.unwrap_or_default().to_owned()
}

fn bearer(parts: &Parts) -> Option<String> {
    let header = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

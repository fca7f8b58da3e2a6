//! The success that a handler returns, and the HTTP responses.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{Response, StatusCode};
use serde_json::Value;

/// Successful response: its status and JSON body.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApiResponse {
    pub(crate) status: u16,
    /// `None` for 204 and 302.
    pub(crate) body: Option<Value>,
    /// Address of what was created, or of where the client is sent.
    pub(crate) location: Option<String>,
}

impl ApiResponse {
    pub(crate) fn ok(body: Value) -> ApiResponse {
        ApiResponse::with_status(200, body)
    }

    pub(crate) fn created(body: Value) -> ApiResponse {
        ApiResponse::with_status(201, body)
    }

    pub(crate) fn with_status(status: u16, body: Value) -> ApiResponse {
        ApiResponse { status, body: Some(body), location: None }
    }

    pub(crate) fn no_content() -> ApiResponse {
        ApiResponse { status: 204, body: None, location: None }
    }

    /// Sends the client to another address.
    pub(crate) fn found(location: String) -> ApiResponse {
        ApiResponse { status: 302, body: None, location: Some(location) }
    }

    /// Names the address of what was created.
    pub(crate) fn at(self, location: String) -> ApiResponse {
        ApiResponse { location: Some(location), ..self }
    }
}

/// Builds a JSON response. HubSpot names the charset.
pub(crate) fn json(status: u16, body: &Value) -> Response<Body> {
    json_text(status, body.to_string())
}

/// Builds a JSON response from the text of the body.
pub(crate) fn json_text(status: u16, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = code(status);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=utf-8"));
    response
}

/// Builds a response without a body.
pub(crate) fn empty(status: u16) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = code(status);
    response
}

/// Builds the HTML page of HubSpot's web server, which answers where there is no API.
pub(crate) fn html(status: u16) -> Response<Body> {
    let status = code(status);
    let title = format!("Error {} {}", status.as_u16(), status.canonical_reason().unwrap_or("Unknown"));
    let page = format!(
        "<html>\n<head>\n<meta http-equiv=\"Content-Type\" content=\"text/html;charset=utf-8\"/>\n\
         <title>{title}</title>\n</head>\n<body><h2>HTTP {title}</h2>\n</body>\n</html>\n"
    );
    let mut response = Response::new(Body::from(page));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html;charset=utf-8"));
    response
}

/// Sets a header. A name or value that no header can have is left out.
pub(crate) fn set_header(response: &mut Response<Body>, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
        response.headers_mut().insert(name, value);
    }
}

/// Returns a status, or 500 for a number that is none.
pub(crate) fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

//! The page, its files, and the script for other pages, with the headers that keep them apart from everybody else's.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use sha2::{Digest, Sha256};

use super::html::{self, PageKind};
use crate::web::settings::Settings;
use crate::web::texts;

/// The style sheet.
pub const STYLE: &str = include_str!("chat.css");
/// The script of the page: its parts in one function, so that a browser asks for one file and no other script sees its names.
pub const SCRIPT: &str = concat!(
    "(() => {\n'use strict';\n",
    include_str!("script/settings.js"),
    include_str!("script/storage.js"),
    include_str!("script/log.js"),
    include_str!("script/server.js"),
    include_str!("script/outbox.js"),
    include_str!("script/conversation.js"),
    include_str!("script/sending.js"),
    include_str!("script/claim.js"),
    include_str!("script/events.js"),
    include_str!("script/start.js"),
    "})();\n",
);
/// The script that other pages include.
pub const EMBED: &str = include_str!("embed.js");

/// The digits of a digest that tell one version from another.
const VERSION_DIGITS: usize = 12;

/// The page.
#[derive(Debug)]
pub struct Page {
    kind: PageKind,
    settings: Arc<Settings>,
    version: String,
}

impl Page {
    /// The page with these settings.
    pub fn new(settings: Arc<Settings>, kind: PageKind) -> Page {
        let all = [STYLE, SCRIPT, &html::brand_css(&settings)].concat();
        let digest: String = Sha256::digest(all).iter().map(|byte| format!("{byte:02x}")).collect();
        Page { kind, settings, version: digest[..VERSION_DIGITS].to_owned() }
    }

    /// Answers a request to one of its paths; `None` for another path.
    pub fn respond(&self, head: &Parts) -> Option<Response> {
        let response = match head.uri.path().strip_prefix(self.kind.path())? {
            "" => self.page(head),
            ".js" if self.kind == PageKind::Customers => asset("text/javascript; charset=utf-8", EMBED.to_owned()),
            "/page.js" => asset("text/javascript; charset=utf-8", SCRIPT.to_owned()),
            "/page.css" => asset("text/css; charset=utf-8", STYLE.to_owned()),
            "/brand.css" => asset("text/css; charset=utf-8", html::brand_css(&self.settings)),
            _ => return None,
        };
        if !matches!(head.method, Method::GET | Method::HEAD) {
            let allowed = [(header::ALLOW, "GET, HEAD")];
            return Some((StatusCode::METHOD_NOT_ALLOWED, allowed).into_response());
        }
        Some(response)
    }

    fn page(&self, head: &Parts) -> Response {
        let query = head.uri.query().unwrap_or_default();
        let accepted = head.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = html::asked_language(query).or_else(|| accepted.and_then(texts::wanted)).unwrap_or_default();
        let is_embedded = url::form_urlencoded::parse(query.as_bytes()).any(|(key, _)| key == "embed");
        let page = html::page(&self.settings, self.kind, language, &self.version, is_embedded);
        let mut response = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
        if let Ok(policy) = HeaderValue::from_str(&self.policy()) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        protect(headers);
        response
    }

    /// The page loads and calls this server alone, and only pages of configured origins show it.
    fn policy(&self) -> String {
        let others: &[String] = if self.kind == PageKind::Customers { &self.settings.origins } else { &[] };
        let frames: String = others.iter().map(|origin| format!(" {origin}")).collect();
        format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
             base-uri 'none'; form-action 'none'; frame-ancestors 'self'{frames}"
        )
    }
}

fn asset(kind: &'static str, content: String) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=300")];
    let mut response = (headers, content).into_response();
    // A page of another site includes the script, so that it is nobody's alone.
    let shared = HeaderValue::from_static("cross-origin");
    response.headers_mut().insert(HeaderName::from_static("cross-origin-resource-policy"), shared);
    protect(response.headers_mut());
    response
}

fn protect(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

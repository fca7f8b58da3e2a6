//! The files of the page: their size, their headers, and what they say without a script.

use frontdesk::web::page::routes::{EMBED, SCRIPT, STYLE};
use frontdesk::web::settings::{Brand, Settings};
use http::{Method, Request, StatusCode};
use serde_json::Value;

use super::site::{ADDRESS, Site};

/// All that a customer's browser loads.
const BYTES_MAX: usize = 60_000;

async fn load(site: &Site, path: &str) -> (StatusCode, http::HeaderMap, String) {
    let request = Request::builder().method(Method::GET).uri(path).body(Value::Null).unwrap();
    let response = site.respond(request, ADDRESS.parse().unwrap()).await;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn the_page_is_small_and_names_no_other_host() {
    let site = Site::open().await;
    let mut bytes = 0;
    for path in ["/chat", "/chat/page.css", "/chat/brand.css", "/chat/page.js", "/chat.js"] {
        let (status, headers, body) = load(&site, path).await;
        assert_eq!(
            (status, &headers["x-content-type-options"]),
            (StatusCode::OK, &"nosniff".parse().unwrap()),
            "{path}"
        );
        bytes += body.len();
        let foreign = body
            .match_indices("://")
            .filter(|(at, _)| !body[..*at].ends_with("https?") && !body[at + 3..].starts_with("desk.example.com"));
        let foreign: Vec<_> = foreign
            .map(|(at, _)| &body[at.saturating_sub(8)..at + 20])
            .filter(|text| !text.contains("www.w3.org"))
            .collect();
        assert!(foreign.is_empty(), "{path}: {foreign:?}");
    }
    assert!(bytes < BYTES_MAX, "{bytes}");
    for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "srcdoc"] {
        assert!(![SCRIPT, EMBED].iter().any(|script| script.contains(sink)), "{sink}");
    }
    assert!(!STYLE.contains("@import"));
}

#[tokio::test(start_paused = true)]
async fn the_page_runs_no_script_but_its_own_and_is_shown_by_configured_pages_alone() {
    let origins = vec!["https://shop.example.com".to_owned()];
    let site = Site::with(Settings { origins, ..Settings::default() }).await;
    let (_, headers, body) = load(&site, "/chat").await;
    let policy = headers["content-security-policy"].to_str().unwrap();
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'self' https://shop.example.com",
    ] {
        assert!(policy.contains(part), "{policy}");
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!body.contains(" style=") && !body.contains(" onclick"), "the policy allows neither");
    let (status, ..) = load(&site, "/chat/secrets").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test(start_paused = true)]
async fn the_page_speaks_the_browsers_language_and_says_another_way_without_a_script() {
    let brand = Brand { name: "Richtech".into(), address: Some("support@richtech.example".into()), ..Brand::default() };
    let site = Site::with(Settings { brand, ..Settings::default() }).await;
    for (language, words) in [
        ("en", "This chat needs JavaScript."),
        ("da", "Denne chat kræver JavaScript."),
        ("fr", "Ce chat a besoin de JavaScript."),
        ("it", "Questa chat richiede JavaScript."),
        ("de", "Dieser Chat benötigt JavaScript."),
    ] {
        let (_, _, body) = load(&site, &format!("/chat?language={language}")).await;
        let no_script = body.split("<noscript>").nth(1).unwrap().split("</noscript>").next().unwrap();
        assert!(no_script.contains(words) && no_script.contains("mailto:support@richtech.example"), "{no_script}");
        assert!(body.contains(&format!("lang=\"{language}\"")));
    }
}

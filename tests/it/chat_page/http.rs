//! The chat page on the HTTP server: its hosts, its bodies, and the routes beside it.

use frontdesk::web::chat_page::ChatPage;
use frontdesk::web::settings::Settings;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

use super::site::chat_desk;
use crate::handoff::desk::House;
use crate::http::{ALL, TestServer};

struct Open {
    server: TestServer,
    _house: House,
}

/// A server that is reached from outside, and whose other routes need a token.
async fn open() -> Open {
    let house = House::new();
    let desk = house.open_with_graphs().await;
    let settings = Settings { own_origin: Some("https://desk.example.com".into()), ..Settings::default() };
    let page = Arc::new(ChatPage::new(chat_desk(&desk).await, settings, house.clock, None));
    let server = TestServer::serving(desk.server.clone(), |settings| {
        settings.auth_token = Some(ALL.into());
        settings.public_host = Some("desk.example.com".into());
        settings.visitor_routes = vec![page];
    })
    .await;
    Open { server, _house: house }
}

impl Open {
    fn post(&self, path: &str, host: &str) -> reqwest::RequestBuilder {
        self.server.client.post(self.server.url(path)).header("host", host)
    }

    async fn start(&self) -> String {
        let started = self.post("/chat/api/start", "desk.example.com").json(&json!({})).send().await.unwrap();
        assert_eq!(started.status(), StatusCode::OK);
        started.json::<Value>().await.unwrap()["session"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn visitors_need_no_token_and_get_nothing_else() {
    let open = open().await;
    for (path, host, status) in [
        ("/chat", "desk.example.com", 200),
        ("/chat", "localhost", 200),
        ("/chat.js", "desk.example.com", 200),
        ("/chat/page.js", "desk.example.com", 200),
        ("/chat", "evil.example", 403),
        ("/mcp", "desk.example.com", 403),
        ("/mcp", "localhost", 401),
        ("/metrics", "localhost", 401),
    ] {
        let got = open.server.client.get(open.server.url(path)).header("host", host).send().await.unwrap();
        assert_eq!(got.status().as_u16(), status, "{path} {host}");
    }
    let without = TestServer::open(|_| {}).await;
    let got = without.client.get(without.url("/chat")).send().await.unwrap();
    assert_eq!(got.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_conversation_is_read_as_a_stream_over_the_network() {
    let open = open().await;
    let session = open.start().await;
    let send = open.post("/chat/api/send", "desk.example.com").bearer_auth(&session);
    let sent = send.json(&json!({"id": "1", "text": "How much is the Adam?"})).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::OK);
    let stream = open.server.client.get(open.server.url("/chat/api/events")).header("accept", "text/event-stream");
    let mut stream = stream.bearer_auth(&session).send().await.unwrap();
    let mut text = String::new();
    while !text.contains("id: 3\n") {
        let part = tokio::time::timeout(crate::http::PATIENCE, stream.chunk()).await.unwrap().unwrap().unwrap();
        text += std::str::from_utf8(&part).unwrap();
    }
    assert!(text.find("id: 1\n") < text.find("id: 2\n"), "{text}");
}

#[tokio::test]
async fn huge_bodies_are_refused_before_they_are_sent() {
    let open = open().await;
    let session = open.start().await;
    let send = |bytes: usize| {
        let body = json!({"id": "1", "text": "x".repeat(bytes)});
        open.post("/chat/api/send", "desk.example.com").bearer_auth(&session).json(&body).send()
    };
    let refused = send(2_000_000).await.unwrap();
    assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let refused: Value = refused.json().await.unwrap();
    assert_eq!(refused["code"], "TOO_LARGE");
    let hint = refused["hint"].as_str().unwrap();
    assert!(hint.contains("4,000 characters") && !hint.contains("--body-max"), "{hint}");
    assert_eq!(send(40_000).await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE, "nobody has it who reads files");
    assert_eq!(send(3_000).await.unwrap().status(), StatusCode::OK);
}

/// Behind a proxy the page's own origin is that of the proxy.
#[tokio::test]
async fn pages_of_other_origins_are_refused() {
    let open = open().await;
    for (host, origin, status) in [
        ("desk.example.com", "https://desk.example.com", 200),
        ("localhost:1", "http://localhost:1", 200),
        ("localhost:1", "http://localhost:2", 403),
        ("desk.example.com", "https://evil.example", 403),
    ] {
        let asked = open.post("/chat/api/start", host).header("origin", origin).json(&json!({}));
        assert_eq!(asked.send().await.unwrap().status().as_u16(), status, "{host} {origin}");
    }
}

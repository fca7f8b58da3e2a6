//! The three sides at once: a customer's chat, the help desk, and the account as it changes.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use frontdesk::mcp::http::VisitorRoutes;
use frontdesk::web::chat_page::ChatPage;
use frontdesk::web::panes::routes::{Panes, SCRIPT, STYLE};
use frontdesk::web::settings::Settings;
use frontdesk::web::visit::decisions::Decisions;
use http::{Method, Request, StatusCode};
use hubspot_sandbox::conversing::VisitorMessage;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::site::{ADDRESS, Site, chat_desk, told};
use crate::handoff::desk::House;
use crate::http::TestServer;

/// All that the page loads, beside the chat in its frame.
const BYTES_MAX: usize = 30_000;
const MEI: &str = "117003";

struct ThreeSides {
    site: Site,
    panes: Panes,
    token: String,
}

async fn three_sides() -> ThreeSides {
    let (house, decisions) = (House::new(), Decisions::default());
    let desk = house.open_with_graphs().await;
    let panes = Panes::open(house.sandbox.clone(), decisions.clone(), "@customer".to_owned()).await.unwrap();
    let page = ChatPage::telling(chat_desk(&desk).await, Settings::default(), house.clock, None, Some(decisions));
    let page = Arc::new(page);
    let stop = CancellationToken::new();
    let running = tokio::spawn(page.clone().run(stop.clone()));
    let site = Site { house, page, stop, running, _desk: desk };
    let (_, body) = get(&panes, "/", None).await;
    let token = body.split("{\"token\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    ThreeSides { site, panes, token }
}

async fn send(panes: &Panes, request: http::request::Builder, body: &Value) -> (StatusCode, String) {
    let (head, ()) = request.body(()).unwrap().into_parts();
    let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
    let response = panes.respond(head, body, ADDRESS.parse().unwrap()).await;
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn get(panes: &Panes, path: &str, token: Option<&str>) -> (StatusCode, String) {
    let request = Request::builder().method(Method::GET).uri(path);
    let request = token.into_iter().fold(request, |request, token| request.header("x-page-token", token));
    send(panes, request, &Value::Null).await
}

impl ThreeSides {
    async fn view(&self) -> Value {
        let (status, body) = get(&self.panes, "/sandbox/api/view", Some(&self.token)).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The first of the inbox, once it has these words.
    async fn inbox_with(&self, words: &str) -> Value {
        let seen = async {
            loop {
                let item = self.view().await["inbox"][0].clone();
                if item["messages"].to_string().contains(words) {
                    return item;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), seen).await.unwrap()
    }

    async fn act(&self, act: &str, item: &Value, text: &str) -> (StatusCode, Value) {
        let request =
            Request::builder().method(Method::POST).uri("/sandbox/api/act").header("x-page-token", &self.token);
        let body = json!({"act": act, "kind": item["kind"], "id": item["id"], "owner": MEI, "text": text});
        let (status, body) = send(&self.panes, request, &body).await;
        (status, serde_json::from_str(&body).unwrap())
    }
}

fn spent(view: &Value) -> u64 {
    view["requests"]["spent"].as_u64().unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_newcomer_sees_one_conversation_from_its_three_sides() {
    let sides = three_sides().await;
    let before = sides.view().await;
    let visitor = sides.site.visitor().await;
    visitor.say("p", "My robot has lost a wheel").await;
    let view = sides.view().await;
    let turn = &view["decisions"][0];
    assert_eq!((&turn["said"], &turn["brain"]), (&json!("My robot has lost a wheel"), &json!("lexical")));
    let calls = turn["calls"].to_string();
    assert!(calls.contains("the customer wants") && calls.contains("so it needs"), "what was decided and why: {calls}");
    visitor.ask_for_person().await;
    let view = sides.view().await;
    let item = view["inbox"][0].clone();
    assert_eq!(
        (&item["customer"], &item["hand_off"], &item["open"]),
        (&json!("Sarah Mark"), &json!(true), &json!(true))
    );
    let messages = item["messages"].to_string();
    assert!(messages.contains("My robot has lost a wheel") && messages.contains("assistant"), "{messages}");
    assert!(spent(&view) > spent(&before), "requests are counted");
    let kinds: Vec<_> = view["feed"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert!(kinds[..4].contains(&"tickets") && kinds[..4].contains(&"tasks"), "the newest first: {kinds:?}");
    assert_eq!(sides.act("take", &item, "").await.0, StatusCode::OK);
    assert_eq!(sides.act("answer", &item, "Is it the <b>left</b> one?").await.0, StatusCode::OK);
    let events = visitor.until("the colleague's words", |_, state| state["person"] == "Mei Tanaka").await;
    assert_eq!(told(&events).last().unwrap(), "person: Is it the <b>left</b> one?");
    visitor.send("left", "Yes, on the left").await;
    let item = sides.inbox_with("Yes, on the left").await;
    let last: Vec<_> = item["messages"].as_array().unwrap().iter().rev().take(2).cloned().collect();
    assert_eq!(last[0], json!({"from": "customer", "by": "", "text": "Yes, on the left"}));
    assert_eq!(last[1], json!({"from": "colleague", "by": "Mei Tanaka", "text": "Is it the <b>left</b> one?"}));
    assert_eq!(item["owner"], "Mei Tanaka");
    assert_eq!(sides.act("close", &item, "").await.0, StatusCode::OK);
    visitor.until("the desk again", |_, state| state["with"] == "desk").await;
    let view = sides.view().await;
    let item = view["inbox"].as_array().unwrap().iter().find(|one| one["id"] == item["id"]).unwrap();
    assert_eq!((&item["stage"], &item["open"]), (&json!("Closed"), &json!(false)));
}

/// A conversation of HubSpot's own inbox, as its chat or a mail begins it.
#[tokio::test(start_paused = true)]
async fn conversations_of_hubspots_inbox_are_answered_too() {
    let sides = three_sides().await;
    sides.site.house.sandbox.visitor_writes(VisitorMessage::chat("Is anybody there?")).unwrap();
    let view = sides.view().await;
    let item = view["inbox"].as_array().unwrap().iter().find(|one| one["kind"] == "thread").unwrap().clone();
    assert_eq!(item["title"], "Is anybody there?");
    assert_eq!(sides.act("answer", &item, "Yes, Mei.").await.0, StatusCode::OK);
    let view = sides.view().await;
    let item = view["inbox"].as_array().unwrap().iter().find(|one| one["kind"] == "thread").unwrap().clone();
    let last = item["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["from"], &last["text"], &item["owner"]),
        (&json!("colleague"), &json!("Yes, Mei."), &json!("Mei Tanaka"))
    );
    assert_eq!(sides.act("close", &item, "").await.0, StatusCode::OK);
    let (status, refused) = sides.act("answer", &json!({"kind": "thread", "id": "1"}), "Hello?").await;
    assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!("NOT_DONE")));
}

#[tokio::test(start_paused = true)]
async fn what_the_page_does_is_not_spent_by_the_desk_and_nothing_new_is_not_sent_again() {
    let sides = three_sides().await;
    let before = sides.view().await;
    let ticket = before["inbox"].as_array().unwrap().iter().find(|one| one["kind"] == "ticket").unwrap();
    assert_eq!(sides.act("take", ticket, "").await.0, StatusCode::OK);
    let after = sides.view().await;
    assert_eq!(spent(&after), spent(&before));
    assert!(!after["requests"]["newest"].to_string().contains("PATCH"), "{}", after["requests"]);
    let path = format!("/sandbox/api/view?known={}", after["version"].as_str().unwrap());
    assert_eq!(get(&sides.panes, &path, Some(&sides.token)).await.0, StatusCode::NO_CONTENT);
}

#[tokio::test(start_paused = true)]
async fn the_interface_needs_the_pages_own_token_and_the_page_shows_nothing_without_it() {
    let sides = three_sides().await;
    for token in [None, Some(""), Some("pat-na1-sandbox"), Some(&sides.token[1..])] {
        assert_eq!(get(&sides.panes, "/sandbox/api/view", token).await.0, StatusCode::UNAUTHORIZED, "{token:?}");
        let request = Request::builder().method(Method::POST).uri("/sandbox/api/act");
        let request = token.into_iter().fold(request, |request, token| request.header("x-page-token", token));
        assert_eq!(send(&sides.panes, request, &json!({})).await.0, StatusCode::UNAUTHORIZED, "{token:?}");
    }
    assert_eq!(get(&sides.panes, "/sandbox/secrets", Some(&sides.token)).await.0, StatusCode::NOT_FOUND);
    let other = three_sides().await;
    assert!(other.token != sides.token && sides.token.len() > 40, "each start has another one");
}

#[tokio::test(start_paused = true)]
async fn the_page_is_small_and_names_no_other_host() {
    let sides = three_sides().await;
    let mut bytes = 0;
    for path in ["/", "/sandbox/page.css", "/sandbox/page.js"] {
        let (status, body) = get(&sides.panes, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(!body.contains("://") && !body.contains(" style=") && !body.contains(" onclick"), "{path}");
        bytes += body.len();
    }
    assert!(bytes < BYTES_MAX, "{bytes}");
    for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "srcdoc"] {
        assert!(!SCRIPT.contains(sink), "{sink}");
    }
    assert!(!STYLE.contains("@import"));
}

/// A name that a page of another site has bound to this machine, and that page itself.
#[tokio::test]
async fn the_page_is_called_by_names_of_this_machine_alone() {
    let (house, decisions) = (House::new(), Decisions::default());
    let desk = house.open_with_graphs().await;
    let panes = Panes::open(house.sandbox.clone(), decisions, "@customer".to_owned()).await.unwrap();
    let panes = Arc::new(panes);
    let server = TestServer::serving(desk.server.clone(), |settings| settings.visitor_routes = vec![panes]).await;
    for (host, header, value, status) in [
        ("localhost", "accept", "*/*", 200),
        ("rebind.evil.example", "accept", "*/*", 403),
        ("localhost", "origin", "https://evil.example", 403),
        ("localhost", "sec-fetch-site", "cross-site", 403),
    ] {
        for path in ["/", "/sandbox/page.js"] {
            let got =
                server.client.get(server.url(path)).header("host", host).header(header, value).send().await.unwrap();
            assert_eq!(got.status().as_u16(), status, "{path} {host} {header}: {value}");
        }
    }
    let without = TestServer::open(|_| {}).await;
    assert_eq!(without.client.get(without.url("/")).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

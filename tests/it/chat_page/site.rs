//! The chat page of a desk, asked in this process on a stopped clock, and the visitors who use it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::BodyDataStream;
use axum::response::Response;
use bytes::Bytes;
use frontdesk::chat::desk::{ChatDesk, DeskSettings};
use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::visitor::Trust;
use frontdesk::mcp::http::VisitorRoutes;
use frontdesk::web::chat_page::ChatPage;
use frontdesk::web::settings::Settings;
use futures::StreamExt;
use http::{Method, Request, StatusCode};
use http_client::{HttpClient, InProcess};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::handoff::desk::{Desk, House};

/// Where visitors come from unless a test says it.
pub(crate) const ADDRESS: &str = "10.0.0.7";
/// The longest wait for something that is on its way.
const PATIENCE: Duration = Duration::from_secs(120);

/// A page, its desk, and the account behind it.
pub(crate) struct Site {
    pub(crate) house: House,
    pub(crate) page: Arc<ChatPage>,
    pub(crate) stop: CancellationToken,
    pub(crate) running: JoinHandle<()>,
    pub(crate) _desk: Desk,
}

/// One conversation, as a program or a screen has it.
pub(crate) struct Visitor<'a> {
    pub(crate) site: &'a Site,
    pub(crate) session: String,
    pub(crate) started: Value,
    pub(crate) address: IpAddr,
}

impl Site {
    pub(crate) async fn open() -> Site {
        Site::with(Settings::default()).await
    }

    pub(crate) async fn with(settings: Settings) -> Site {
        Site::of(House::new(), settings, None).await
    }

    pub(crate) async fn of(house: House, settings: Settings, receiver: Option<Arc<dyn HttpClient>>) -> Site {
        let transport = InProcess(house.sandbox.router());
        Site::of_over(house, settings, receiver, transport).await
    }

    /// The same over this transport to HubSpot.
    pub(crate) async fn of_over(
        house: House,
        settings: Settings,
        receiver: Option<Arc<dyn HttpClient>>,
        transport: impl HttpClient,
    ) -> Site {
        let desk = house.open_with_graphs_over(transport).await;
        let settings = Settings { hours: Arc::new(house.hours.clone()), ..settings };
        let chat = chat_desk(&desk).await;
        let page = Arc::new(ChatPage::new(chat, settings, house.clock, receiver));
        let stop = CancellationToken::new();
        let running = tokio::spawn(page.clone().run(stop.clone()));
        Site { house, page, stop, running, _desk: desk }
    }

    /// Sends a request; the answer's status and JSON.
    pub(crate) async fn ask(&self, request: Request<Value>, address: IpAddr) -> (StatusCode, Value) {
        let response = self.respond(request, address).await;
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    pub(crate) async fn respond(&self, request: Request<Value>, address: IpAddr) -> Response {
        let (head, body) = request.into_parts();
        let body = if body.is_null() { Bytes::new() } else { Bytes::from(body.to_string()) };
        self.page.respond(head, body, address).await
    }

    pub(crate) async fn visitor(&self) -> Visitor<'_> {
        self.visitor_with(json!({}), ADDRESS).await
    }

    pub(crate) async fn visitor_with(&self, start: Value, address: &str) -> Visitor<'_> {
        let address = address.parse().unwrap();
        let (status, started) = self.ask(post("start", None, start), address).await;
        assert_eq!(status, StatusCode::OK, "{started}");
        let session = started["session"].as_str().unwrap().to_owned();
        Visitor { site: self, session, started, address }
    }
}

/// A desk at which visitors are nobody, who meet Mei Tanaka.
pub(crate) async fn chat_desk(desk: &Desk) -> ChatDesk {
    let settings = DeskSettings {
        graph: None,
        persona: Persona::default(),
        limits: TurnLimits::default(),
        trust: Trust::Claimed,
        representative: Some("mei.tanaka@richtech.example".to_owned()),
    };
    ChatDesk::new(desk.server.clone(), settings).await.unwrap()
}

/// A request to the interface.
pub(crate) fn request(method: Method, path: &str, session: Option<&str>) -> http::request::Builder {
    let request = Request::builder().method(method).uri(format!("/chat/api/{path}")).header("host", "localhost");
    match session {
        Some(session) => request.header("authorization", format!("Bearer {session}")),
        None => request,
    }
}

pub(crate) fn post(path: &str, session: Option<&str>, body: Value) -> Request<Value> {
    request(Method::POST, path, session).header("content-type", "application/json").body(body).unwrap()
}

pub(crate) fn get(path: &str, session: &str) -> Request<Value> {
    request(Method::GET, path, Some(session)).body(Value::Null).unwrap()
}

impl<'a> Visitor<'a> {
    /// The same visitor, whose requests are led to another site.
    pub(crate) fn led_to(&self, site: &'a Site) -> Visitor<'a> {
        Visitor { site, session: self.session.clone(), started: self.started.clone(), address: self.address }
    }

    /// Sends a message under this id; the status and the answer.
    pub(crate) async fn post(&self, body: Value) -> (StatusCode, Value) {
        self.site.ask(post("send", Some(&self.session), body), self.address).await
    }

    /// Sends a message, which must be taken; its number.
    pub(crate) async fn send(&self, id: &str, text: &str) -> u64 {
        self.take(json!({"id": id, "text": text})).await
    }

    pub(crate) async fn take(&self, body: Value) -> u64 {
        let (status, sent) = self.post(body).await;
        assert_eq!(status, StatusCode::OK, "{sent}");
        sent["number"].as_u64().unwrap()
    }

    /// The messages and the state after a number; waits for the first one.
    pub(crate) async fn events(&self, after: u64) -> Value {
        let path = format!("events?after={after}&wait=25");
        let (status, events) = self.site.ask(get(&path, &self.session), self.address).await;
        assert_eq!(status, StatusCode::OK, "{events}");
        events
    }

    /// Sends a message and waits for the desk's answer to it.
    pub(crate) async fn say(&self, id: &str, text: &str) -> Value {
        let number = self.send(id, text).await;
        let answer = timeout(PATIENCE, async {
            loop {
                let events = self.events(number).await;
                if let Some(answer) =
                    events["events"].as_array().unwrap().iter().find(|event| event["from"] != "visitor")
                {
                    return answer.clone();
                }
            }
        });
        answer.await.unwrap()
    }

    /// Waits until the conversation has come to this, by its messages and its state.
    pub(crate) async fn until(&self, what: &str, is_so: impl Fn(&[Value], &Value) -> bool) -> Vec<Value> {
        let waiting = timeout(PATIENCE, async {
            loop {
                let now = self.events(0).await;
                let events = now["events"].as_array().unwrap();
                if is_so(events, &now["state"]) {
                    return events.clone();
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        waiting.await.unwrap_or_else(|_| panic!("never came: {what}"))
    }

    /// Asks for a person, and says how to be reached.
    pub(crate) async fn ask_for_person(&self) {
        self.take(json!({"id": "person", "action": "person"})).await;
        self.until("a question", |events, _| events.iter().any(|event| text(event).contains("e-mail"))).await;
        self.send("address", "sarah@gmail.com").await;
        self.until("a confirmation", |events, _| events.last().is_some_and(|last| !last["choices"].is_null())).await;
        self.send("yes", "Yes").await;
        self.until("a person waited for", |_, state| state["with"] == "waiting").await;
    }

    /// A screen that reads the stream from a number on.
    pub(crate) async fn screen(&self, after: u64) -> Screen {
        let stream = request(Method::GET, "events", Some(&self.session));
        let stream = stream.header("accept", "text/event-stream").header("last-event-id", after.to_string());
        let response = self.site.respond(stream.body(Value::Null).unwrap(), self.address).await;
        assert_eq!(response.headers()["content-type"], "text/event-stream; charset=utf-8");
        Screen { stream: response.into_body().into_data_stream(), text: String::new() }
    }
}

/// A reader of a stream.
pub(crate) struct Screen {
    stream: BodyDataStream,
    text: String,
}

impl Screen {
    /// The next event: its kind and data; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let read = field("event: ").zip(field("data: "));
                let id = field("id: ");
                self.text = rest.to_owned();
                let Some((kind, data)) = read else { continue };
                let data: Value = serde_json::from_str(&data).unwrap();
                assert_eq!(id, (kind == "message").then(|| data["number"].to_string()));
                return Some((kind, data));
            }
            let part = timeout(PATIENCE, self.stream.next()).await.expect("nothing came")?;
            self.text += std::str::from_utf8(&part.unwrap()).unwrap();
        }
    }

    /// The next message.
    pub(crate) async fn message(&mut self) -> Value {
        loop {
            let (kind, data) = self.next().await.expect("the stream ended");
            if kind == "message" {
                return data;
            }
        }
    }
}

pub(crate) fn text(event: &Value) -> &str {
    event["text"].as_str().unwrap()
}

/// The messages in short: author and words.
pub(crate) fn told(events: &[Value]) -> Vec<String> {
    events.iter().map(|event| format!("{}: {}", event["from"].as_str().unwrap(), text(event))).collect()
}

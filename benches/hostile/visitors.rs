//! The worst body for each route of the chat page and of the contact assistant. A message counts until it is answered.

use reqwest::Method;
use serde_json::{Value, json};

use crate::bodies::{self, Body};
use crate::cost::Cost;
use crate::server::{HONEST, Server};
use crate::{Error, Row, client, cost};

/// The longest message, in characters.
const MESSAGE_MAX: usize = 4_000;

/// A page of the server: the paths of its interface, and how its requests say whose they are.
struct Page {
    api: &'static str,
    token: Option<&'static str>,
    session: String,
}

pub(crate) async fn run() -> Result<Vec<Row>, Error> {
    let client = client::client()?;
    let mut rows = vec![];
    for (api, token) in [("/chat/api", None), ("/assistant/api", Some(HONEST))] {
        let server = Server::start_with_pages().await?;
        let page = Page::open(&client, &server, api, token).await?;
        for (name, all) in [("start", bodies::all()), ("send", bodies::all()), ("send", messages())] {
            let mut worst = (Cost::default(), "");
            for Body { kind, text } in all {
                let (_, cost) = cost::of(server.pid(), page.ask(&client, &server, name, text)).await;
                if (cost.processor, cost.memory) >= (worst.0.processor, worst.0.memory) {
                    worst = (cost, kind);
                }
            }
            rows.push(Row {
                what: format!("POST `{api}/{name}`, worst body: {} ({})", worst.1, cost::TARGET),
                measured: worst.0.text(),
                missed: worst.0.misses(),
            });
        }
    }
    Ok(rows)
}

/// The longest messages, of each text.
fn messages() -> Vec<Body> {
    let message = |(at, (kind, fill)): (usize, (&'static str, &str))| {
        let text: String = fill.repeat(MESSAGE_MAX).chars().take(MESSAGE_MAX).collect();
        Body { kind, text: json!({"id": format!("m{at}"), "text": text}).to_string() }
    };
    let fills = [
        ("a message of times", "5 pm "),
        ("a message of words", "in lorem ipsum dolor "),
        ("a message of noes", "no, "),
        ("a message of addresses", "a@b.co "),
        ("a message of lines", "a\n"),
        ("a message of long signs", "長"),
    ];
    fills.into_iter().enumerate().map(message).collect()
}

impl Page {
    async fn open(
        client: &reqwest::Client,
        server: &Server,
        api: &'static str,
        token: Option<&'static str>,
    ) -> Result<Page, Error> {
        let request = client.post(server.url(&format!("{api}/start"))).json(&json!({}));
        let request = token.iter().fold(request, |request, token| request.bearer_auth(token));
        let started: Value = request.send().await?.json().await?;
        let session =
            started["session"].as_str().ok_or_else(|| format!("no conversation began: {started}"))?.to_owned();
        let page = Page { api, token, session };
        // What the first message of any kind brings in is not the cost of the others.
        page.ask(client, server, "send", json!({"id": "first", "text": "hello"}).to_string()).await;
        Ok(page)
    }

    fn signed(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match self.token {
            Some(token) => request.bearer_auth(token).header("x-chat-session", &self.session),
            None => request.bearer_auth(&self.session),
        }
    }

    /// Posts a body; a message that was taken is waited for until it is answered.
    async fn ask(&self, client: &reqwest::Client, server: &Server, name: &str, body: String) -> Option<()> {
        let request = client.request(Method::POST, server.url(&format!("{}/{name}", self.api))).body(body);
        let answer = self.signed(request.header("content-type", "application/json")).send().await.ok()?;
        let taken: Value = answer.json().await.ok()?;
        let number = taken["number"].as_u64()?;
        let path = format!("{}/events?after={number}&wait=25", self.api);
        let events = self.signed(client.get(server.url(&path))).send().await.ok()?;
        let _ = events.bytes().await;
        Some(())
    }
}

//! Conversations that share one session over HTTP, reuse ids, lose their connections and come back: each hears its own
//! answers, and every ticket that was opened is told to the conversation that asked for it.
//!
//! The seed decides the customers' requests and which connections break; the network decides the order.

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use futures::future::join_all;
use hubspot_sandbox::Settings;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::http::{Events, PATIENCE, TestServer, call};
use crate::thundering_herd::{create_customers, email};
use crate::world::{sandbox_and_client, server};

const SEEDS: u64 = 8;
const CONVERSATIONS: usize = 30;
const CALLS_EACH: usize = 4;
/// Ids that the conversations have among them.
const IDS: i64 = 2;

struct Conversation<'a> {
    server: &'a TestServer,
    session: &'a str,
    customer: usize,
    contact: &'a str,
    rng: Rng,
}

impl Conversation<'_> {
    /// Makes its calls one by one, and returns the tickets that it was told of, by their words.
    async fn talk(&mut self) -> BTreeMap<String, String> {
        let mut tickets = BTreeMap::new();
        for number in 0..CALLS_EACH {
            let words = format!("customer {} says {number}", self.customer);
            if self.rng.bool() {
                let opened = self.ask("create_ticket", json!({"cus_cid": self.contact, "issue": words})).await;
                let id = opened["ticket_id"].as_str().unwrap_or_else(|| panic!("{opened}"));
                tickets.insert(words, id.to_owned());
            } else {
                let found = self.ask("find_contact_by_email", json!({"email": email(self.customer)})).await;
                assert_eq!(found["contact_id"], self.contact, "another customer's record");
            }
        }
        tickets
    }

    async fn ask(&mut self, tool: &str, arguments: Value) -> Value {
        let mut message = call(tool, arguments);
        let id = self.rng.i64(0..IDS);
        message["id"] = id.into();
        let mut stream = Events(self.server.post("", Some(self.session), &message).await, String::new());
        let mut last = String::new();
        loop {
            // Some connections break before the answer comes, some after, and some several times.
            if !last.is_empty() && self.rng.u8(..3) == 0 {
                stream = Events(self.resume(&last).await, String::new());
            }
            let Some((event, data)) = timeout(PATIENCE, stream.with_id()).await.expect("no answer") else {
                panic!("the stream of {message} ended without an answer");
            };
            if data.is_empty() {
                last = event;
                if self.rng.bool() {
                    tokio::time::sleep(Duration::from_millis(self.rng.u64(..20))).await;
                }
                continue;
            }
            let answer: Value = serde_json::from_str(&data).unwrap();
            assert_eq!(answer["id"], id);
            return answer["result"]["structuredContent"].clone();
        }
    }

    async fn resume(&self, last: &str) -> reqwest::Response {
        let request = self.server.client.get(self.server.url("/mcp")).header("accept", "text/event-stream");
        request.header("mcp-session-id", self.session).header("last-event-id", last).send().await.unwrap()
    }
}

async fn run(seed: u64) {
    println!("SEED={seed}");
    let mut rng = Rng::with_seed(seed);
    let settings = Settings { delay_ms: rng.u64(..10), ..Settings::default() };
    let (sandbox, hubspot, clock) = sandbox_and_client(settings, hubspot_client::Settings::default());
    let contacts = create_customers(&sandbox, CONVERSATIONS).await;
    let http = TestServer::serving(server(hubspot, clock), |_| {}).await;
    let session = http.session("").await;
    let conversations = contacts.iter().enumerate().map(|(customer, contact)| {
        let rng = Rng::with_seed(rng.u64(..));
        let (server, session) = (&http, session.as_str());
        async move { Conversation { server, session, customer, contact, rng }.talk().await }
    });
    let told: BTreeMap<_, _> = join_all(conversations).await.into_iter().flatten().collect();
    let tickets = sandbox.records("tickets").into_iter().filter_map(|ticket| {
        let words = ticket["properties"]["content"].as_str()?.to_owned();
        words.starts_with("customer ").then(|| (words, ticket["id"].as_str().unwrap().to_owned()))
    });
    let made: Vec<_> = tickets.collect();
    assert_eq!(made.len(), told.len(), "SEED={seed}: each ticket was opened once");
    for (words, id) in made {
        assert_eq!(told.get(&words), Some(&id), "SEED={seed}: the ticket `{words}`");
    }
}

#[tokio::test]
async fn simulation_of_shared_sessions_and_broken_connections() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    match number("SEED") {
        Some(seed) => run(seed).await,
        None => {
            for seed in 0..number("HTTP_SEEDS").unwrap_or(SEEDS) {
                run(seed).await;
            }
        }
    }
}

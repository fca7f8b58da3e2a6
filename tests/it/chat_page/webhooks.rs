//! Webhooks of the chat, as a plain program receives them: signed, in order, and again until they are taken.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use frontdesk::web::settings::{Settings, WebhookTarget};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, StatusCode};
use http_client::InProcess;
use serde_json::{Value, json};
use sha2::Sha256;

use super::site::{ADDRESS, Site, Visitor};
use crate::handoff::MEI;
use crate::handoff::desk::{House, change, note};

const SECRET: &str = "the secret that n8n and the desk share";

/// The program of a bot builder: it checks each signature, and now and then it is down.
#[derive(Clone, Default)]
struct Receiver {
    taken: Arc<Mutex<Vec<Value>>>,
    ids: Arc<Mutex<Vec<String>>>,
    /// The requests that it still fails.
    failing: Arc<Mutex<u32>>,
}

impl Receiver {
    fn router(&self) -> Router {
        let receiver = self.clone();
        Router::new().route(
            "/webhook/desk",
            axum::routing::post(async move |headers: HeaderMap, body: Bytes| receiver.receive(&headers, &body)),
        )
    }

    fn receive(&self, headers: &HeaderMap, body: &Bytes) -> StatusCode {
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{}.", header("x-frontdesk-timestamp")).as_bytes());
        mac.update(body);
        let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(header("x-frontdesk-signature"), format!("sha256={digits}"));
        let mut failing = self.failing.lock().unwrap();
        if *failing > 0 {
            *failing -= 1;
            return StatusCode::INTERNAL_SERVER_ERROR;
        }
        self.ids.lock().unwrap().push(header("x-frontdesk-delivery"));
        self.taken.lock().unwrap().push(serde_json::from_slice(body).unwrap());
        StatusCode::NO_CONTENT
    }

    /// What came, in short.
    fn told(&self) -> Vec<String> {
        let taken = self.taken.lock().unwrap();
        let line = |event: &Value| match event["type"].as_str().unwrap() {
            "assigned" => format!("assigned to {}", event["person"]),
            "closed" => format!("closed by {}", event["by"]),
            _ => format!(
                "{}: {}",
                event["message"]["from"].as_str().unwrap(),
                event["message"]["text"].as_str().unwrap()
            ),
        };
        taken.iter().map(line).collect()
    }
}

async fn site(receiver: &Receiver) -> Site {
    let url = "https://n8n.example.com/webhook/desk".parse().unwrap();
    let webhook = Some(WebhookTarget { url, secret: SECRET.into() });
    let settings = Settings { webhook, ..Settings::default() };
    Site::of(House::new(), settings, Some(Arc::new(InProcess(receiver.router())))).await
}

async fn begin(site: &Site) -> Visitor<'_> {
    site.visitor_with(json!({"reference": "wa-4917"}), ADDRESS).await
}

#[tokio::test(start_paused = true)]
async fn a_bot_of_another_maker_uses_desk_and_hand_off() {
    let receiver = Receiver::default();
    let site = site(&receiver).await;
    let visitor = begin(&site).await;
    visitor.ask_for_person().await;
    let ids = site.house.sandbox.records("tickets").into_iter();
    let ticket = ids.map(|one| one["id"].as_str().unwrap().parse::<u64>().unwrap()).max().unwrap().to_string();
    note(&site.house.sandbox, &ticket, MEI, "@customer Turn it off, please.").await;
    visitor.until("the person", |_, state| state["with"] == "person").await;
    change(&site.house.sandbox, &ticket, json!({"hs_pipeline_stage": "4"})).await;
    visitor.until("the desk again", |_, state| state["with"] == "desk").await;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    let told = receiver.told();
    let after = told.iter().skip_while(|line| !line.contains("I have passed this on"));
    assert_eq!(
        after.map(String::as_str).collect::<Vec<_>>(),
        [
            "desk: I have passed this on to a colleague.",
            "person: Turn it off, please.",
            "assigned to \"Mei Tanaka\"",
            "desk: The conversation with our colleague has ended. I can go on helping you.",
            "closed by \"person\"",
        ],
        "{told:?}"
    );
    let taken = receiver.taken.lock().unwrap().clone();
    for event in &taken {
        assert_eq!(
            (&event["conversation"], &event["reference"]),
            (&visitor.started["conversation"], &json!("wa-4917"))
        );
        assert!(!event.to_string().contains(&visitor.session), "the token is nobody's business");
    }
    let ids = receiver.ids.lock().unwrap().clone();
    let named: Vec<_> = taken.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(ids, named);
}

#[tokio::test(start_paused = true)]
async fn an_event_comes_again_until_it_is_taken_and_the_others_wait() {
    let receiver = Receiver::default();
    *receiver.failing.lock().unwrap() = 3;
    let site = site(&receiver).await;
    let visitor = begin(&site).await;
    visitor.say("1", "How much is the Adam?").await;
    visitor.say("2", "What can DUST-E do?").await;
    assert!(receiver.told().len() < 2);
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    let events = visitor.events(0).await;
    let answers = events["events"].as_array().unwrap().iter().skip(1).filter(|event| event["from"] == "desk");
    let answers: Vec<_> = answers.map(|event| format!("desk: {}", event["text"].as_str().unwrap())).collect();
    assert_eq!(receiver.told(), answers, "all of them, each once, in their order");
}

#[tokio::test(start_paused = true)]
async fn the_end_is_told_by_whom_it_came() {
    let receiver = Receiver::default();
    let site = site(&receiver).await;
    let visitor = begin(&site).await;
    site.ask(super::site::post("end", Some(&visitor.session), json!({})), visitor.address).await;
    let idle = begin(&site).await;
    tokio::time::sleep(std::time::Duration::from_secs(62 * 60)).await;
    assert_eq!(receiver.told(), ["closed by \"visitor\"", "closed by \"expiry\""]);
    drop(idle);
}

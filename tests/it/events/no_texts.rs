//! The store holds ids, times, digests and outcomes of conversations, and nothing that anybody wrote or is called.

use std::time::Duration;

use frontdesk::events::poll::cadence::Duty;
use frontdesk::store::Location;
use http_client::InProcess;
use hubspot_sandbox::conversing::{AgentMessage, VisitorMessage};
use hubspot_sandbox::fault::{Effect, Fault, Match};
use hubspot_sandbox::webhooks::DeliveryFaults;
use serde_json::json;
use tokio::time::sleep;

use super::deliveries::{A_DAY, tell};
use super::desk::{Desk, Door};
use crate::handoff::desk::{House, note};
use crate::handoff::{MEI, SARAH};
use crate::inbox::{goes_on, sarah_writes};

const VERONICA: u64 = 9_586_504;
/// Words that stand nowhere else.
const MARKS: [&str; 12] = [
    "quagga-chat",
    "quagga-mail",
    "quagga-subject",
    "quagga-name",
    "quagga-address",
    "quagga-agent",
    "quagga-reply",
    "quagga-comment",
    "quagga-lost",
    "quagga-matter",
    "quagga-history",
    "quagga-sent",
];

/// The bytes of all files of the store.
fn bytes(location: &Location) -> Vec<u8> {
    let Location::File(file) = location else { panic!("{location:?}") };
    let files = std::fs::read_dir(file.parent().unwrap()).unwrap();
    files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}

#[tokio::test(start_paused = true)]
async fn nothing_that_anybody_wrote_is_in_the_store() {
    for by_channel in [false, true] {
        let house = if by_channel { House::new().with_channel().await } else { House::new() };
        let hubspot = house.hubspot(InProcess(house.sandbox.router()));
        let door = Door::default();
        let events = Desk::polling(house.location.clone(), house.clock, &hubspot, Duty::BesideWebhooks);
        door.lead_to(Some(&events));
        tell(&house.sandbox, &door, DeliveryFaults::default());
        let desk = house.open().await;
        sleep(Duration::from_secs(60)).await;
        // Customers and colleagues write; HubSpot tells of it, and it is asked for.
        let chat = sarah_writes(&house.sandbox, "quagga-chat").thread_id;
        let mail = VisitorMessage {
            name: Some("quagga-name".into()),
            ..VisitorMessage::email("quagga-address@example.com", "quagga-subject", "quagga-mail")
        };
        let mail = house.sandbox.visitor_writes(mail).unwrap().thread_id;
        house.sandbox.agent_writes(AgentMessage::reply(chat, VERONICA, "quagga-agent")).unwrap();
        sleep(A_DAY).await;
        // The desk answers, also where the end is unknown.
        let reply =
            |text: &str, internal| json!({"conversation_id": chat.to_string(), "text": text, "internal": internal});
        desk.call("reply_conversation", reply("quagga-reply", false)).await.unwrap();
        desk.call("reply_conversation", reply("quagga-comment", true)).await.unwrap();
        let matches =
            Match { method: Some("POST".into()), path_contains: Some("/messages".into()), ..Match::default() };
        house.sandbox.inject_fault(Fault { matches, ..Fault::once(Effect::Silence) });
        let _unclear = desk.call("reply_conversation", reply("quagga-lost", false)).await;
        // Conversations go to people and come back.
        let history = json!([{"from": "customer", "text": "quagga-history"}]);
        let wanted =
            json!({"contact": SARAH, "title": "quagga-matter", "description": "quagga-matter", "history": history});
        let started = desk.call("handoff_start", wanted).await.unwrap();
        let session = started["session"].as_str().unwrap();
        desk.send(session, "quagga-sent").await;
        match started["ticket_id"].as_str() {
            Some(ticket) => drop(note(&house.sandbox, ticket, MEI, "@customer quagga-agent").await),
            None => {
                let thread = started["conversation_id"].as_str().unwrap().parse().unwrap();
                house.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "quagga-agent")).unwrap();
            }
        }
        desk.events(session, 0).await;
        let inbox = json!({"conversation_id": mail.to_string(), "title": "quagga-matter"});
        desk.call("handoff_start", inbox).await.unwrap();
        goes_on(&house.sandbox, mail, "quagga-mail");
        sleep(A_DAY).await;
        let all = bytes(&house.location);
        for mark in MARKS {
            assert!(!holds(&all, mark), "{mark} is in the store (by channel: {by_channel})");
        }
        for id in [chat.to_string(), mail.to_string(), SARAH.to_owned()] {
            assert!(holds(&all, &id), "the files were read: {id} is an id of theirs");
        }
        desk.close().await;
        events.stop().await;
    }
}

//! The files that a person gives to a customer, named to the customer's side.

use bytes::Bytes;
use http_client::InProcess;
use hubspot_client::NewFile;
use hubspot_sandbox::conversing::{AgentMessage, AttachedFile};
use serde_json::{Value, json};

use super::desk::{House, ask, told};
use super::{MEI, SARAH};

const VERONICA: u64 = 9_586_504;

fn files(answer: &Value) -> Value {
    let events = answer["events"].as_array().unwrap();
    events.iter().find(|event| event["event"] == "message").unwrap()["files"].clone()
}

async fn note_with_file(house: &House, ticket: &str, ids: &str) {
    let properties = json!({"hs_note_body": "@customer Look at this", "hs_timestamp": "2026-11-22T15:00:00Z",
        "hubspot_owner_id": MEI, "hs_attachment_ids": ids});
    let types = [json!({"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 228})];
    let body = json!({"properties": properties, "associations": [{"to": {"id": ticket}, "types": types}]});
    ask(&house.sandbox, "POST", "/crm/v3/objects/notes", body).await;
}

#[tokio::test(start_paused = true)]
async fn files_on_a_marked_note_are_named() {
    let house = House::new();
    let desk = house.open().await;
    let (session, ticket) = desk.start("Broken wheel").await;
    let hubspot = house.hubspot(InProcess(house.sandbox.router()));
    let mut ids = vec![];
    for (name, mime) in [("plan.png", "image/png"), ("manual.pdf", "application/pdf")] {
        let file = NewFile { name: name.into(), mime: mime.into(), content: Bytes::from_static(b"hello") };
        ids.push(hubspot.conversations().upload(&file).await.unwrap());
    }
    // The last one was deleted.
    let ids = format!("{};999999", ids.join(";"));
    note_with_file(&house, &ticket, &ids).await;
    let heard = desk.events(&session, 0).await;
    assert_eq!(told(&heard)[1], "message: Mei Tanaka: Look at this");
    let named =
        json!([{"type": "image", "name": "plan.png"}, {"type": "document", "name": "manual.pdf"}, {"type": "file"}]);
    assert_eq!(files(&heard), named);
}

/// Without the scope the words come, and whoever runs the desk reads what is missing.
#[tokio::test(start_paused = true)]
async fn files_that_the_token_may_not_read_name_the_scope() {
    let house = House::new();
    let desk = house.open().await;
    let (session, ticket) = desk.start("Broken wheel").await;
    let hubspot = house.hubspot(InProcess(house.sandbox.router()));
    let file = NewFile { name: "plan.png".into(), mime: "image/png".into(), content: Bytes::from_static(b"hello") };
    let id = hubspot.conversations().upload(&file).await.unwrap();
    let state: Value = serde_json::from_str(&house.sandbox.snapshot()).unwrap();
    let scopes = state["tokens"][house.sandbox.token()]["scopes"].as_array().unwrap().clone();
    let all: Vec<_> = scopes.iter().map(|scope| scope.as_str().unwrap()).collect();
    assert!(all.contains(&"files"));
    let without: Vec<_> = all.iter().copied().filter(|scope| *scope != "files").collect();
    house.sandbox.set_scopes(house.sandbox.token(), &without);
    note_with_file(&house, &ticket, &id).await;
    let heard = desk.events(&session, 0).await;
    assert_eq!(told(&heard)[1], "message: Mei Tanaka: Look at this");
    assert_eq!((files(&heard), &heard["missing_scopes"]), (json!([{"type": "file"}]), &json!(["files"])));
    house.sandbox.set_scopes(house.sandbox.token(), &all);
    let named = desk.call("handoff_events", json!({"session": session})).await.unwrap();
    assert_eq!(
        (files(&named), &named["missing_scopes"]),
        (json!([{"type": "image", "name": "plan.png"}]), &Value::Null)
    );
}

#[tokio::test(start_paused = true)]
async fn files_of_a_message_in_the_channel_are_named() {
    let house = House::new().with_channel().await;
    let desk = house.open().await;
    let started = desk.call("handoff_start", json!({"contact": SARAH, "title": "Broken wheel"})).await.unwrap();
    let thread = started["conversation_id"].as_str().unwrap().parse().unwrap();
    let file = AttachedFile { name: "plan.png".into(), mime: "image/png".into(), bytes: Bytes::from_static(b"png") };
    let reply = AgentMessage::reply(thread, VERONICA, "Look at this");
    house.sandbox.agent_writes(AgentMessage { attachments: vec![file], ..reply }).unwrap();
    let heard = desk.events(started["session"].as_str().unwrap(), 0).await;
    assert_eq!(files(&heard), json!([{"type": "image", "name": "plan.png"}]));
}

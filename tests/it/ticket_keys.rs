//! Tickets that HubSpot creates once, however late it carries out a request whose answer was lost.

use std::time::Duration;

use futures::future::join;
use http::Method;
use hubspot_client::TicketKeys;
use hubspot_sandbox::assumptions::{Assumptions, TakenValue};
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::world::{World, ask_sandbox};

const SARAH: &str = "84246479604";
const KEY: &str = "hs_external_object_ids";
const MINUTES: u64 = 60_000;

async fn world(ticket_keys: TicketKeys, taken_value: TakenValue) -> World {
    let assumptions = Assumptions { taken_value, ..Assumptions::default() };
    let sandbox = hubspot_sandbox::Settings { assumptions, ..hubspot_sandbox::Settings::default() };
    World::with(sandbox, hubspot_client::Settings { ticket_keys, ..hubspot_client::Settings::default() }).await
}

/// The path of the creation, and not of the associations with tickets.
const CREATION: &str = "/objects/2026-09/tickets";

async fn open(world: &World, issue: &str) -> Result<Value, Value> {
    world.call("create_ticket", json!({"cus_cid": SARAH, "issue": issue})).await
}

fn kept(world: &World, issue: &str) -> Vec<Value> {
    let mut tickets = world.sandbox.records("tickets");
    tickets.retain(|ticket| ticket["properties"]["content"] == issue);
    tickets
}

fn late(milliseconds: u64) -> Fault {
    Fault::once(Effect::Late(milliseconds)).on(&Method::POST, CREATION)
}

#[tokio::test(start_paused = true)]
async fn a_creation_that_hubspot_carries_out_late_happens_once() {
    // Before the second send, between it and its answer, and long after it.
    for milliseconds in [200, 900, 5_000, 20_000, 10 * MINUTES] {
        for form in [TakenValue::Listed, TakenValue::Text] {
            let world = world(TicketKeys::Auto, form).await;
            world.sandbox.inject_fault(late(milliseconds));
            let start = Instant::now();
            let opened = open(&world, "It stops.").await.unwrap();
            assert!(start.elapsed() < Duration::from_secs(3), "{milliseconds}: {:?}", start.elapsed());
            sleep(Duration::from_millis(milliseconds + 1_000)).await;
            let tickets = kept(&world, "It stops.");
            assert_eq!(tickets.len(), 1, "{milliseconds} {form:?}");
            assert_eq!(tickets[0]["id"], opened["ticket_id"]);
            assert!(tickets[0]["properties"][KEY].as_str().unwrap().starts_with("fd-"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_batch_gives_each_caller_its_own_ticket() {
    let world = world(TicketKeys::Auto, TakenValue::Listed).await;
    open(&world, "The definitions are known then.").await.unwrap();
    world.sandbox.inject_fault(Fault::once(Effect::Late(1_500)).on(&Method::POST, "/tickets/batch/create"));
    let titled = async |subject: &str| {
        world.call("create_ticket", json!({"cus_cid": SARAH, "issue": "It stops.", "subject": subject})).await
    };
    let (first, second) = join(titled("Adam"), titled("Matradee")).await;
    let (first, second) = (first.unwrap(), second.unwrap());
    sleep(Duration::from_secs(60)).await;
    assert_ne!(first["ticket_id"], second["ticket_id"]);
    assert_eq!(kept(&world, "It stops.").len(), 2);
}

/// The refusal of the second send names the ticket, so nothing has to be read.
#[tokio::test(start_paused = true)]
async fn a_ticket_that_hubspot_names_is_known_to_be_created() {
    for form in [TakenValue::Listed, TakenValue::Text] {
        let world = world(TicketKeys::Auto, form).await;
        open(&world, "The definitions are known then.").await.unwrap();
        world.sandbox.inject_fault(Fault::once(Effect::LostAnswer).on(&Method::POST, CREATION));
        world.sandbox.inject_fault(Fault::once(Effect::status(500)).times(1_000).on(&Method::GET, "/tickets/fd-"));
        let opened = open(&world, "It stops.").await.unwrap();
        assert_eq!((&opened["recovered"], &opened["ticket_id"]), (&json!(true), &kept(&world, "It stops.")[0]["id"]));
    }
}

/// A refusal of the second send tells nothing of the first one, which HubSpot may still carry out.
#[tokio::test(start_paused = true)]
async fn a_refusal_after_a_lost_answer_says_what_is_refused_and_what_is_unknown() {
    let world = world(TicketKeys::Auto, TakenValue::Listed).await;
    let refused = json!([{"isValid": false, "message": "HIGHEST was not one of the allowed options",
        "error": "INVALID_OPTION", "name": "hs_ticket_priority"}]);
    let body = json!({"status": "error", "category": "VALIDATION_ERROR",
        "message": format!("Property values were not valid: {refused}")});
    world.sandbox.inject_fault(late(10 * MINUTES));
    let second = Effect::Status { status: 400, body: Some(body), headers: vec![] };
    world.sandbox.inject_fault(Fault::once(second).on(&Method::POST, CREATION));
    let error = open(&world, "It stops.").await.unwrap_err();
    assert_eq!(
        (&error["code"], &error["problems"][0]["property"]),
        (&json!("OUTCOME_UNKNOWN_ERROR"), &json!("hs_ticket_priority"))
    );
    let says = |field: &str, part: &str| assert!(error[field].as_str().unwrap().contains(part), "{part}: {error}");
    says("message", "it is not known whether HubSpot created the ticket");
    says("message", "the second one failed: HubSpot refused the value of `hs_ticket_priority`");
    says("hint", "look with `find_tickets` of the contact");
    says("hint", "correct the values named in `problems`");
    sleep(Duration::from_millis(11 * MINUTES)).await;
    assert_eq!(kept(&world, "It stops.").len(), 1, "the first one was carried out late");
}

/// The hole that keys close: without one, the second send is a second ticket.
#[tokio::test(start_paused = true)]
async fn without_keys_a_creation_that_is_minutes_late_happens_twice() {
    let world = world(TicketKeys::Off, TakenValue::Listed).await;
    world.sandbox.inject_fault(late(10 * MINUTES));
    open(&world, "It stops.").await.unwrap();
    sleep(Duration::from_millis(11 * MINUTES)).await;
    let tickets = kept(&world, "It stops.");
    assert_eq!(tickets.len(), 2);
    assert_eq!(tickets[0]["properties"].get(KEY), None);
}

/// A creation whose answer was lost is not carried out again while nothing can be looked up.
#[tokio::test(start_paused = true)]
async fn a_ticket_in_doubt_is_not_opened_again_without_a_look() {
    let world = world(TicketKeys::Off, TakenValue::Listed).await;
    open(&world, "The definitions are known then.").await.unwrap();
    world.sandbox.inject_fault(Fault::once(Effect::LostAnswer).on(&Method::POST, CREATION));
    for path in ["/associations/", "/tickets/"] {
        for method in [Method::GET, Method::POST] {
            world.sandbox.inject_fault(Fault::once(Effect::status(500)).times(60).on(&method, path));
        }
    }
    let mut unknown = 0;
    let found = loop {
        // A client may say it in other words of the same meaning.
        let issue = if unknown % 2 == 0 { "It stops." } else { "it  stops" };
        match open(&world, issue).await {
            Ok(found) => break found,
            Err(error) => assert_eq!(error["code"], "OUTCOME_UNKNOWN_ERROR", "{error}"),
        }
        unknown += 1;
        assert!(unknown < 100 && kept(&world, "it  stops").is_empty() && kept(&world, "It stops.").len() == 1);
    };
    assert!(unknown > 3 && found["already"] == true, "{unknown} {found}");
}

/// With a key, the repeated call is sent with the one of the call before, whose creation HubSpot carries out later.
#[tokio::test(start_paused = true)]
async fn a_repeated_call_has_the_key_of_the_call_in_doubt() {
    let world = world(TicketKeys::Auto, TakenValue::Listed).await;
    open(&world, "The definitions are known then.").await.unwrap();
    for _ in 0..2 {
        world.sandbox.inject_fault(late(5 * MINUTES));
    }
    let unknown = open(&world, "It stops.").await.unwrap_err();
    assert_eq!(unknown["code"], "OUTCOME_UNKNOWN_ERROR");
    let opened = open(&world, "It stops.").await.unwrap();
    sleep(Duration::from_millis(6 * MINUTES)).await;
    let tickets = kept(&world, "It stops.");
    assert_eq!((tickets.len(), &tickets[0]["id"]), (1, &opened["ticket_id"]));
}

#[tokio::test(start_paused = true)]
async fn only_a_unique_property_of_the_account_is_used() {
    let own = |name: &str| TicketKeys::Property(name.to_owned());
    for (keys, is_used) in [(own("request_key"), true), (own("no_such_property"), false), (own("subject"), false)] {
        let world = world(keys.clone(), TakenValue::Listed).await;
        let definition = json!({"name": "request_key", "label": "Request key", "groupName": "ticketinformation",
            "type": "string", "fieldType": "text", "hasUniqueValue": true});
        ask_sandbox(&world, "POST", "/crm/v3/properties/tickets", definition).await;
        open(&world, "It stops.").await.unwrap();
        let properties = &kept(&world, "It stops.")[0]["properties"];
        assert_eq!(properties["request_key"].as_str().is_some_and(|key| key.starts_with("fd-")), is_used, "{keys:?}");
        assert_eq!(properties["subject"], "It stops.");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticket_is_read_back_by_its_key() {
    let world = world(TicketKeys::Auto, TakenValue::Text).await;
    let opened = open(&world, "It stops.").await.unwrap();
    let key = kept(&world, "It stops.")[0]["properties"][KEY].as_str().unwrap().to_owned();
    let by_key = format!("/crm/v3/objects/tickets/{key}?idProperty={KEY}");
    assert_eq!(ask_sandbox(&world, "GET", &by_key, json!({})).await["id"], opened["ticket_id"]);
}

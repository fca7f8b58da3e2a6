//! A thousand concurrent customers, with HubSpot's smallest limits and 150 ms for every answer.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use futures::future::join_all;
use http_client::{HttpClient, InProcess};
use hubspot_sandbox::{self, Sandbox, limits::Tier};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::world::World;

pub(crate) const CUSTOMERS: usize = 1_000;
/// HubSpot requests that one operation of all of them may take.
pub(crate) const REQUESTS_MAX: usize = 40;
const ANSWER_MS: u64 = 150;
const SARAH: &str = "84246479604";

/// A free account with the latency of HubSpot and this number of customers; returns their ids in order.
pub(crate) async fn account_with_customers(customers: usize) -> (World, Vec<String>) {
    account_with_deadline(customers, hubspot_client::Settings::default().call_deadline).await
}

async fn account_with_deadline(customers: usize, call_deadline: Duration) -> (World, Vec<String>) {
    let sandbox = hubspot_sandbox::Settings {
        tier: Some(Tier::Free),
        delay_ms: ANSWER_MS,
        ..hubspot_sandbox::Settings::default()
    };
    let settings = hubspot_client::Settings { seed: Some(1), call_deadline, ..hubspot_client::Settings::default() };
    let world = World::with(sandbox, settings).await;
    let ids = create_customers(&world.sandbox, customers).await;
    tokio::time::sleep(Duration::from_secs(20)).await; // HubSpot's windows are empty again.
    world.sandbox.clear_requests();
    (world, ids)
}

pub(crate) fn email(customer: usize) -> String {
    format!("customer{customer}@crowd.example")
}

/// The number of the customer with this e-mail address.
pub(crate) fn number_of(email: &str) -> Option<usize> {
    email.strip_prefix("customer")?.strip_suffix("@crowd.example")?.parse().ok()
}

/// Creates contacts for this number of customers and returns their ids in order.
pub(crate) async fn create_customers(sandbox: &Sandbox, customers: usize) -> Vec<String> {
    let mut ids = vec![];
    let all: Vec<_> = (0..customers).collect();
    for some in all.chunks(100) {
        let input =
            |customer: &usize| json!({"properties": {"email": email(*customer), "firstname": format!("C{customer}")}});
        let body = json!({ "inputs": some.iter().map(input).collect::<Vec<_>>() });
        let request = http::Request::post("/crm/objects/2026-09/contacts/batch/create")
            .header("authorization", format!("Bearer {}", sandbox.token()))
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_string()))
            .unwrap();
        let answer = InProcess(sandbox.router()).send(request).await.unwrap();
        let answer: Value = serde_json::from_slice(answer.body()).unwrap();
        let made = answer["results"].as_array().unwrap().iter();
        let id_of: HashMap<_, _> =
            made.map(|one| (one["properties"]["email"].as_str().unwrap(), one["id"].as_str().unwrap())).collect();
        ids.extend(some.iter().map(|customer| id_of[email(*customer).as_str()].to_owned()));
    }
    ids
}

struct Cost {
    requests: usize,
    took: Duration,
}

/// Makes all calls at once and checks their cost against the promised limits.
async fn call_all(world: &World, tool: &'static str, arguments: impl Iterator<Item = Value>) -> (Vec<Value>, Cost) {
    let start = Instant::now();
    let answers = join_all(arguments.map(|arguments| world.call(tool, arguments))).await;
    let cost = Cost { requests: world.requests().len(), took: start.elapsed() };
    let answers = answers.into_iter().map(|answer| answer.unwrap()).collect();
    assert!(cost.took <= Duration::from_secs(3), "took {:?}", cost.took);
    assert!(cost.requests <= REQUESTS_MAX, "{} requests", cost.requests);
    assert_eq!(world.sandbox.peaks().refused, 0, "no 429");
    (answers, cost)
}

/// The id of the contact that a record belongs to.
fn contact_of(world: &World, object: &str, id: &Value) -> String {
    let records = world.sandbox.records(object);
    let record = records.iter().find(|record| record["id"] == *id).unwrap();
    let contacts = record["associations"]["contacts"]["results"].as_array().unwrap();
    assert_eq!(contacts.len(), 1);
    contacts[0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_thousand_customers_are_recognised_and_logged() {
    let (world, ids) = account_with_customers(CUSTOMERS).await;
    let before = world.sandbox.records("communications").len();
    let hello = |customer| json!({"email": email(customer), "chat": format!("Hello, I am customer {customer}.")});
    let (answers, cost) = call_all(&world, "find_contact_by_email", (0..CUSTOMERS).map(hello)).await;
    for (answer, id) in answers.iter().zip(&ids) {
        assert_eq!(answer["contact_id"], **id);
        assert_eq!(answer.get("warning"), None);
    }
    assert_eq!(world.sandbox.records("communications").len(), before + CUSTOMERS);
    let logged = &answers[417]["logged_communication_id"];
    assert_eq!(contact_of(&world, "communications", logged), ids[417]);
    println!("find_contact_by_email with chat: {} requests, {:?}", cost.requests, cost.took);
}

/// Records with the same words are matched by their contact.
#[tokio::test(start_paused = true)]
async fn a_thousand_customers_with_the_same_message_get_their_own_records() {
    let (world, ids) = account_with_customers(CUSTOMERS).await;
    let hello = |customer| json!({"email": email(customer), "chat": "Hello"});
    let (answers, cost) = call_all(&world, "find_contact_by_email", (0..CUSTOMERS).map(hello)).await;
    for customer in [0, 1, 500, 998, 999] {
        let logged = &answers[customer]["logged_communication_id"];
        assert_eq!(contact_of(&world, "communications", logged), ids[customer]);
    }
    println!("find_contact_by_email with the same chat: {} requests, {:?}", cost.requests, cost.took);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_tickets_are_opened() {
    let (world, ids) = account_with_customers(CUSTOMERS).await;
    let before = world.sandbox.records("tickets").len();
    let ticket = |id: &String| json!({"cus_cid": id, "issue": "The robot does not start."});
    let (answers, cost) = call_all(&world, "create_ticket", ids.iter().map(ticket)).await;
    for customer in [0, 1, 500, 998, 999] {
        assert_eq!(contact_of(&world, "tickets", &answers[customer]["ticket_id"]), ids[customer]);
    }
    assert_eq!(world.sandbox.records("tickets").len(), before + CUSTOMERS);
    println!("create_ticket: {} requests, {:?}", cost.requests, cost.took);
}

/// (tool, arguments, requests of the first call and of later calls, each with those that follow one another)
#[tokio::test(start_paused = true)]
async fn a_single_call_costs_few_requests_and_adds_no_wait() {
    let (world, _) = account_with_customers(0).await;
    let day = json!({"owner_id": "117001", "time_zone": "America/New_York", "meeting_date": "2026-11-24"});
    let cases = [
        ("find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": "Hello"}), (2, 2), (2, 2)),
        // The pipelines and the owner are read once; the contact and its tickets together. The second is `already` there.
        ("create_ticket", json!({"cus_cid": SARAH, "issue": "It beeps."}), (5, 4), (3, 2)),
        ("find_owner_id_by_contact_id", json!({"cus_cid": SARAH}), (1, 1), (1, 1)),
        ("find_owner_by_owner_id", json!({"owner_id": "117002"}), (1, 1), (0, 0)),
        ("check_available", day, (2, 2), (1, 1)), // The owner is known from the ticket; cold it is three.
    ];
    for (tool, arguments, first, later) in cases {
        for (requests, in_a_row) in [first, later] {
            let start = Instant::now();
            world.call(tool, arguments.clone()).await.unwrap();
            assert_eq!(world.requests().len(), requests, "{tool}");
            assert_eq!(start.elapsed(), Duration::from_millis(ANSWER_MS * in_a_row), "{tool} adds no wait");
        }
    }
}

/// The server does this when it starts.
#[tokio::test(start_paused = true)]
async fn a_single_ticket_costs_two_reads_and_one_write_after_the_warm_up() {
    let (world, _) = account_with_customers(0).await;
    world.hubspot.warm_up().await;
    let read = world.requests();
    assert_eq!(read.len(), 6, "pipelines, properties of contacts and tickets, owners, links, account: {read:?}");
    world.call("create_ticket", json!({"cus_cid": SARAH, "issue": "It beeps.", "priority": "high"})).await.unwrap();
    let mut sent = world.requests();
    sent.sort();
    let contact = format!("GET /crm/objects/2026-09/contacts/{SARAH}");
    let tickets = "POST /crm/associations/2026-09/contacts/tickets/batch/read";
    assert_eq!(sent, [contact.as_str(), tickets, "POST /crm/objects/2026-09/tickets"]);
}

/// The baseline: each call recognises its customer by a search of its own. Within HubSpot's five searches a second that
/// takes minutes; it is run so that the difference is measured.
#[tokio::test(start_paused = true)]
async fn without_batching_the_same_takes_minutes() {
    let hour = Duration::from_secs(3600);
    let (world, ids) = account_with_deadline(CUSTOMERS, hour).await;
    let start = Instant::now();
    let searches = (0..ids.len()).map(async |customer| {
        let hub = world.hubspot.for_call(start + hour);
        let text = Some(email(customer));
        let search = hubspot_client::Search { text, limit: 1, ..hubspot_client::Search::default() };
        hub.records(hubspot_client::Object::Contacts).search(&search).await.unwrap().total
    });
    // The two writes that follow each search are left out.
    assert_eq!(join_all(searches).await, vec![1; CUSTOMERS]);
    assert!(start.elapsed() > Duration::from_secs(180), "{:?}", start.elapsed());
}

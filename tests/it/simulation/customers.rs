//! Customers of a simulation: what they ask for, and what they are answered.

use std::time::Duration;

use fastrand::Rng;
use rmcp::model::{CallToolRequestParams, ClientRequest, Request, ServerResult};
use rmcp::service::PeerRequestOptions;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::thundering_herd::email;
use crate::world::{World, read};

/// Customers arrive within this time.
pub(super) const RUSH: Duration = Duration::from_secs(20);
pub(super) const CALL_MAX: Duration = Duration::from_secs(30);
/// A ticket of the seed company.
pub(super) const TICKET: &str = "33190415288";
/// Errors that count as answers: two customers want the same hour, perhaps at the same moment, or a contact has no
/// owner.
pub(super) const ANSWERS: [(&str, &str); 3] = [
    ("create_meeting", "UNAVAILABLE_ERROR"),
    ("create_meeting", "SLOT_TAKEN_ERROR"),
    ("find_owner_id_by_contact_id", "OWNER_NOT_FOUND_ERROR"),
];

/// One call of a customer and its outcome.
pub(super) struct Call {
    pub(super) customer: usize,
    pub(super) tool: &'static str,
    /// The record that the call creates: its kind, and the words that identify it.
    pub(super) marks: Option<(&'static str, String)>,
    pub(super) outcome: Outcome,
    pub(super) took: Duration,
}

pub(super) enum Outcome {
    /// With the id of the created record, where there is one.
    Done(Option<String>),
    /// With the id of the ticket that an equal call has opened.
    Already(String),
    Failed(String),
    HungUp,
}

/// A tool, its arguments, and the record it creates: the kind, and the words that identify it.
type CustomerRequest = (&'static str, Value, Option<(&'static str, String)>);

/// A random request of a customer. Free times are rare, because their answers are long.
fn random_request(rng: &mut Rng, customer: usize, number: usize, contact: &str) -> CustomerRequest {
    // Some customers say the same twice, which creates two records, but for tickets: the second answer has the first.
    let words = format!("customer {customer} says {}", if rng.u8(..5) == 0 { 0 } else { number });
    match rng.u8(..80) {
        0..=21 => {
            let arguments = json!({"email": email(customer), "chat": words});
            ("find_contact_by_email", arguments, Some(("communications", words)))
        }
        22..=43 => {
            let arguments = json!({"cus_cid": contact, "issue": words, "subject": "Robot"});
            ("create_ticket", arguments, Some(("tickets", words)))
        }
        44..=48 => {
            let arguments = json!({"text": words, "contact": contact});
            ("log_activity", arguments, Some(("notes", words)))
        }
        49..=53 => {
            let friend = format!("friend{number}.of.{}", email(customer));
            let arguments = json!({"properties": {"email": friend, "firstname": "Friend"}});
            ("create_contact", arguments, Some(("contacts", friend)))
        }
        54..=56 => booking(rng, customer),
        57 => {
            let day = format!("2026-11-{}", rng.u8(23..26));
            let arguments = json!({"owner_id": "117001", "time_zone": "America/New_York", "meeting_date": day});
            ("check_available", arguments, None)
        }
        _ => reading_or_changing(rng, customer, contact),
    }
}

fn booking(rng: &mut Rng, customer: usize) -> CustomerRequest {
    let (day, hour) = (rng.u8(23..26), rng.u8(9..17));
    let start = format!("2026-11-{day}T{hour:02}:00");
    let arguments = json!({
        "cus_fname": "C", "cus_lname": customer.to_string(), "cus_email": email(customer), "duration": 30,
        "meeting_date": start[..10], "meeting_start_time": start[11..], "time_zone": "America/New_York",
        "slug": "richtech/veronica-chen",
    });
    ("create_meeting", arguments, Some(("meetings", start)))
}

/// A request that creates no record.
fn reading_or_changing(rng: &mut Rng, customer: usize, contact: &str) -> CustomerRequest {
    let (tool, arguments) = match rng.u8(..9) {
        0 => ("find_owner_id_by_contact_id", json!({"cus_cid": contact})),
        1 => ("find_owner_by_owner_id", json!({"owner_id": if rng.bool() { "117001" } else { "117002" }})),
        2 => ("find_meetings", json!({"contact": contact})),
        3 => ("get_contact", json!({"contact": if rng.bool() { contact.to_owned() } else { email(customer) }})),
        4 => ("search_contacts", json!({"query": email(customer)})),
        5 => ("find_tickets", json!({"contact": contact})),
        6 => ("describe_crm", json!({"about": "pipelines"})),
        7 => ("update_contact", json!({"contact": contact, "properties": {"city": town(customer)}})),
        _ => ("update_ticket", json!({"ticket_id": TICKET, "priority": if rng.bool() { "HIGH" } else { "LOW" }})),
    };
    (tool, arguments, None)
}

/// Calls a tool, and cancels the call when the customer's patience ends.
async fn call(world: &World, tool: &'static str, arguments: &Value, patience: Option<Duration>) -> Outcome {
    let params = CallToolRequestParams::new(tool).with_arguments(arguments.as_object().unwrap().clone());
    let request = ClientRequest::CallToolRequest(Request::new(params));
    let handle = world.client.send_cancellable_request(request, PeerRequestOptions::no_options()).await.unwrap();
    let Some(patience) = patience else {
        return outcome(handle.await_response().await.unwrap());
    };
    let mut handle = handle;
    match tokio::time::timeout(patience, &mut handle.rx).await {
        Ok(answer) => outcome(answer.unwrap().unwrap()),
        Err(_) => {
            handle.cancel(Some("the customer hung up".to_owned())).await.unwrap();
            Outcome::HungUp
        }
    }
}

fn outcome(answer: ServerResult) -> Outcome {
    let ServerResult::CallToolResult(result) = answer else { panic!("not a tool's result: {answer:?}") };
    match read(result) {
        // A warning without a code tells of a ticket that nobody has, and not of something undone.
        Ok(done) => match done["warning"].as_str().and_then(|warning| warning.split(": ").nth(1)) {
            Some(code) => Outcome::Failed(code.to_owned()),
            None if done["already"] == true => Outcome::Already(done["ticket_id"].as_str().unwrap().to_owned()),
            None => {
                let ids = ["/logged_communication_id", "/ticket_id", "/activity_id", "/contact/contact_id"];
                Outcome::Done(ids.iter().find_map(|field| done.pointer(field)?.as_str().map(str::to_owned)))
            }
        },
        Err(error) => Outcome::Failed(error["code"].as_str().unwrap().to_owned()),
    }
}

pub(super) async fn customer(world: &World, customer: usize, contact: &str, seed: u64) -> Vec<Call> {
    let mut rng = Rng::with_seed(seed);
    sleep(RUSH.mul_f64(rng.f64())).await;
    let mut calls = vec![];
    let mut has_booked = false;
    for number in 1..=1 + usize::from(rng.u8(..4) == 0) {
        let (tool, arguments, marks) = random_request(&mut rng, customer, number, contact);
        if tool == "create_meeting" && std::mem::replace(&mut has_booked, true) {
            continue;
        }
        let patience = (rng.u8(..10) == 0).then(|| Duration::from_millis(rng.u64(1..3_000)));
        let start = Instant::now();
        let outcome = call(world, tool, &arguments, patience).await;
        calls.push(Call { customer, tool, marks, outcome, took: start.elapsed() });
    }
    calls
}

pub(super) fn town(customer: usize) -> String {
    format!("Town {customer}")
}

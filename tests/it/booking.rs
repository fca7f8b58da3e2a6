//! Bookings: meeting links, months, form fields, duplicates, and every reason for which HubSpot refuses one.

mod listing;
mod making;
mod times;
mod unknown_address;
mod zones;

use chrono::{DateTime, Utc};
use http::Method;
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};

use crate::world::{World, ask_sandbox};

pub(crate) const VERONICA: &str = "117001";
pub(crate) const VERONICA_USER: u64 = 9_586_504;
/// An owner with a meeting link and no calendar.
const DANIEL: &str = "117002";
pub(crate) const MEI: &str = "117003";
pub(crate) const MEI_USER: u64 = 9_586_742;
const DEFAULT: &str = "richtech/veronica-chen";
const VISIT: &str = "richtech/site-visit";
const GROUP: &str = "team/solution-design";
const ROBIN: &str = "team/product-demo";

pub(crate) fn day(meeting_date: &str) -> Value {
    json!({"owner_id": VERONICA, "time_zone": "America/New_York", "meeting_date": meeting_date, "duration": 30})
}

pub(crate) fn meeting(meeting_date: &str, start: &str) -> Value {
    json!({
        "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": "sarah@gmail.com", "meeting_date": meeting_date,
        "meeting_start_time": start, "duration": 30, "slug": DEFAULT, "time_zone": "America/New_York",
    })
}

/// `arguments` with the fields of `more` added or replaced.
pub(crate) fn with(mut arguments: Value, more: Value) -> Value {
    let more = more.as_object().unwrap().clone();
    arguments.as_object_mut().unwrap().extend(more);
    arguments
}

pub(crate) fn starts(slots: &Value) -> Vec<&str> {
    slots.as_array().unwrap().iter().map(|slot| slot["start"].as_str().unwrap()).collect()
}

pub(crate) fn utc(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}

pub(crate) fn on_booking(effect: Effect) -> Fault {
    Fault::once(effect).on(&Method::POST, "/meeting-links/book")
}

pub(crate) fn refusal(status: u16, sub_category: &str) -> Effect {
    let body = json!({
        "status": "error", "message": "no", "category": "VALIDATION_ERROR",
        "subCategory": format!("MeetingsBookingSchedulingError.{sub_category}"),
    });
    Effect::Status { status, body: Some(body), headers: vec![] }
}

fn booked(world: &World) -> usize {
    world.sandbox.records("meetings").len()
}

/// Adds a meeting to Sarah's contact directly in the sandbox.
pub(crate) async fn logged(world: &World, start: DateTime<Utc>, outcome: &str) {
    logged_about(world, start, outcome, "").await;
}

/// The same with a description.
pub(crate) async fn logged_about(world: &World, start: DateTime<Utc>, outcome: &str, body: &str) {
    let end = start + chrono::TimeDelta::minutes(30);
    let properties = json!({
        "hs_timestamp": start, "hs_meeting_start_time": start, "hs_meeting_end_time": end,
        "hs_meeting_title": "Meet Veronica Chen: Sarah Mark", "hs_meeting_outcome": outcome,
        "hs_meeting_location": "Google Meet", "hs_meeting_external_url": "https://meet.example/abc-defg-hij",
        "hubspot_owner_id": VERONICA, "hs_meeting_body": body,
    });
    let of_contact = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 200}]);
    let to = json!([{"to": {"id": "84246479604"}, "types": of_contact}]);
    let meeting = json!({"properties": properties, "associations": to});
    ask_sandbox(world, "POST", "/crm/v3/objects/meetings", meeting).await;
}

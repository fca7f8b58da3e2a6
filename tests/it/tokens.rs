//! The size of each answer in tokens of o200k.

use std::fmt::Write;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tiktoken_rs::o200k_base_singleton;

use crate::begun_handoff::with_handoff;
use crate::booking::{logged, utc};
use crate::inbox::{goes_on, sarah_writes};
use crate::tool_calls::{CONVERSATION, HANDOFF};
use crate::world::{World, every_tool};

/// One answer with the default size.
const ANSWER_TOKENS_MAX: usize = 600;

/// Answers that are long by nature, with the reason.
const LONGER: [(&str, usize, &str); 3] = [
    ("read_conversation", 900, "each of ten messages has its id, its time and its author beside what was said"),
    ("search_documents", 1_600, "four passages are what the answer is made of"),
    ("check_available", 650, "each of eight starts has its weekday, so that none is offered for another day"),
];
/// Some tickets with the beginning of their contents, when the content is requested.
const CONTENTS_TOKENS_MAX: usize = 1_000;

const SARAH: &str = "84246479604";
const DOOR: &str = "33190415288";

fn count(text: &str) -> usize {
    o200k_base_singleton().encode_ordinary(text).len()
}

/// An account with history: searches have many hits, and the customer many tickets.
async fn busy() -> (World, Value) {
    let mut long = Value::Null;
    let world = World::operating().await;
    let thread = sarah_writes(&world.sandbox, "Where is my robot?").thread_id;
    for number in 0..30 {
        goes_on(&world.sandbox, thread, &format!("{number}: {}", "Nobody answers me. ".repeat(5)));
        sarah_writes(&world.sandbox, "Hello?");
    }
    for at in 0..12 {
        let contact = json!({
            "email": format!("sarah.{at}@a-company-with-a-long-name.example"), "firstname": "Sarah",
            "lastname": format!("Longfellow-Hutchinson {at}"), "phone": format!("+1 702 555 02{at:02}"),
            "company": "A company with a long name", "owner": "Veronica Chen",
        });
        world.call("create_contact", json!({"properties": contact})).await.unwrap();
        let issue = format!("No {at}. {}", "The robot stops in front of the swing door and waits. ".repeat(40));
        let ticket = json!({
            "cus_cid": SARAH, "issue": issue, "priority": "HIGH", "category": "Product Issue", "owner": "contact_owner",
        });
        long = world.call("create_ticket", ticket).await.unwrap()["ticket_id"].clone();
        let noon = utc("2026-11-22T17:00:00Z");
        logged(&world, noon + TimeDelta::days(at + 1), "SCHEDULED").await;
        logged(&world, noon - TimeDelta::days(at + 1), "COMPLETED").await;
    }
    (world, long)
}

#[tokio::test(start_paused = true)]
async fn each_answer_is_short_by_default() {
    let (world, long) = busy().await;
    let day = json!({"owner_id": "117001", "time_zone": "America/New_York", "meeting_date": "2026-12-01"});
    let meeting = json!({
        "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": "sarah@gmail.com", "duration": 30,
        "meeting_date": "2026-12-01", "meeting_start_time": "13:00", "time_zone": "America/New_York",
        "slug": "richtech/veronica-chen",
    });
    let calls: Vec<(&'static str, Value)> = vec![
        ("find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": "Hello"})),
        ("get_contact", json!({"contact": SARAH})),
        ("search_contacts", json!({"query": "Sarah"})),
        ("create_contact", json!({"properties": {"email": "new@acme.example", "firstname": "New"}})),
        ("update_contact", json!({"contact": SARAH, "properties": {"phone": "+1 702 555 0199"}})),
        ("create_ticket", json!({"cus_cid": SARAH, "issue": "It beeps."})),
        ("find_tickets", json!({"contact": SARAH})),
        ("find_tickets", json!({"contact": SARAH, "content": true})),
        ("find_tickets", json!({"ticket_id": long})),
        ("update_ticket", json!({"ticket_id": DOOR, "stage": "reopen", "priority": "LOW", "note": "Called back."})),
        ("create_task", json!({"contact": SARAH, "reason": "Call me back.", "due": "tomorrow"})),
        ("log_activity", json!({"contact": SARAH, "text": "Called back."})),
        ("find_owner_id_by_contact_id", json!({"cus_cid": SARAH})),
        ("find_owner_by_owner_id", json!({"owner_id": "117001"})),
        ("check_available", day),
        ("create_meeting", meeting),
        ("find_meetings", json!({"contact": SARAH})),
        ("describe_crm", json!({"about": "pipelines"})),
        ("describe_crm", json!({"about": "contact_properties"})),
        ("describe_crm", json!({"about": "ticket_properties"})),
        ("describe_crm", json!({"about": "owners"})),
        ("search_documents", json!({"query": "How much is the delivery?"})),
        ("find_conversations", json!({"contact": SARAH})),
        ("read_conversation", json!({"conversation_id": CONVERSATION})),
        ("reply_conversation", json!({"conversation_id": CONVERSATION, "text": "It is on its way."})),
        ("update_conversation", json!({"conversation_id": CONVERSATION, "assignee": "117003"})),
        ("handoff_start", json!({"contact": SARAH, "title": "Broken wheel", "language": "de"})),
        ("handoff_send", json!({"session": HANDOFF, "text": "It still beeps."})),
        ("handoff_events", json!({"session": HANDOFF})),
        ("handoff_stop", json!({"session": HANDOFF, "summary": "Solved."})),
        ("taskgraph_start", json!({})),
        ("autopilot_status", json!({"conversation_id": CONVERSATION})),
        ("autopilot_pause", json!({"what": "all"})),
        ("autopilot_resume", json!({"what": "all"})),
        ("autopilot_unanswered", json!({})),
        ("autopilot_report", json!({"days": 30})),
    ];
    let called: Vec<_> = calls.iter().map(|(tool, _)| *tool).collect();
    let missing: Vec<_> = every_tool().iter().map(|t| t.name).filter(|name| !called.contains(name)).collect();
    assert_eq!(missing, ["taskgraph_step"], "its answer is as long as what the script says");
    let (mut table, mut too_long) = (String::new(), vec![]);
    for (tool, arguments) in calls {
        let arguments = with_handoff(&world, arguments).await;
        let answer = world.call(tool, arguments.clone()).await.unwrap();
        let tokens = count(&answer.to_string());
        writeln!(table, "{tokens:5}  {tool} {arguments}").unwrap();
        if tokens > tokens_max(tool, &arguments) {
            too_long.push(tool);
        }
        // Strict clients validate answers against the output schemas, which allow no `null`.
        assert!(!has_null(&answer), "{tool}: {answer}");
    }
    println!("tokens  answer\n{table}");
    assert!(too_long.is_empty(), "{too_long:?}\n{table}");
}

fn tokens_max(tool: &str, arguments: &Value) -> usize {
    let longer = LONGER.iter().find(|(name, ..)| *name == tool).map(|(_, tokens, _)| *tokens);
    let of_many = arguments["content"] == true;
    longer.unwrap_or(if of_many { CONTENTS_TOKENS_MAX } else { ANSWER_TOKENS_MAX })
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.iter().any(has_null),
        Value::Object(fields) => fields.values().any(has_null),
        _ => false,
    }
}

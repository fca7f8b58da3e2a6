//! A call of each tool that answers, for tests and benches that vary one argument of it.

use serde_json::{Value, json};

const SARAH: &str = "84246479604";
/// Stands for a session that is begun for each call.
pub(crate) const SESSION: &str = "a new session";
/// Stands for a hand-off that is begun for each call.
pub(crate) const HANDOFF: &str = "a new hand-off";
/// The first conversation of a new sandbox, which has none until somebody writes.
pub(crate) const CONVERSATION: &str = "6065362089";

/// The call that begins the session or the hand-off for which the arguments of another stand.
pub(crate) fn beginning(arguments: &Value) -> Option<(&'static str, Value)> {
    match arguments["session"].as_str()? {
        SESSION => Some(("taskgraph_start", json!({}))),
        HANDOFF => Some(("handoff_start", json!({"contact": SARAH, "title": "Broken wheel"}))),
        _ => None,
    }
}

/// The other arguments of a call, with which it can answer.
pub(crate) fn base(tool: &str, argument: &str) -> Value {
    match (tool, argument) {
        ("autopilot_pause" | "autopilot_resume", _) => json!({"what": "inbox/948000000"}),
        ("autopilot_status" | "autopilot_unanswered" | "autopilot_report", _) => json!({}),
        ("check_available", _) => {
            json!({"owner_id": "117001", "time_zone": "America/New_York", "meeting_date": "2026-12-01"})
        }
        // Somebody who exists: the answer is the same each time.
        ("create_contact", _) => json!({"properties": {"email": "sarah@gmail.com"}}),
        ("create_meeting", _) => json!({
            "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": "sarah@gmail.com", "duration": 30,
            "meeting_date": "2026-12-01", "meeting_start_time": "13:00", "time_zone": "America/New_York",
            "slug": "richtech/veronica-chen",
        }),
        ("create_task", _) => json!({"reason": "Call me back.", "contact": SARAH}),
        ("create_ticket", _) => json!({"cus_cid": SARAH, "issue": "It beeps."}),
        ("describe_crm", _) => json!({"about": "owners"}),
        ("find_contact_by_email", _) => json!({"email": "sarah@gmail.com"}),
        ("find_conversations", _) => json!({}),
        ("read_conversation" | "update_conversation", _) => json!({"conversation_id": CONVERSATION}),
        ("reply_conversation", _) => {
            json!({"conversation_id": CONVERSATION, "text": "It is on its way.", "internal": true})
        }
        ("find_meetings" | "get_contact", _) => json!({"contact": SARAH}),
        ("find_owner_by_owner_id", _) => json!({"owner_id": "117001"}),
        ("find_owner_id_by_contact_id", _) => json!({"cus_cid": SARAH}),
        ("find_tickets", "ticket_id" | "text_from") => json!({"ticket_id": "33190415288"}),
        ("find_tickets", _) => json!({"contact": SARAH}),
        ("handoff_start", "conversation_id") => json!({}),
        ("handoff_start", _) => json!({"contact": SARAH}),
        ("handoff_send", _) => json!({"session": HANDOFF, "text": "It still beeps."}),
        ("handoff_events", _) => json!({"session": HANDOFF}),
        ("handoff_stop", _) => json!({"session": HANDOFF, "summary": "Solved."}),
        ("log_activity", _) => json!({"text": "Called back.", "contact": SARAH}),
        ("search_contacts", _) => json!({"query": "Sarah"}),
        ("search_documents", _) => json!({"query": "How much is the delivery?"}),
        ("taskgraph_start", _) => json!({}),
        ("taskgraph_step", _) => json!({"session": SESSION}),
        ("update_contact", _) => json!({"contact": SARAH, "properties": {"city": "Oslo"}}),
        ("update_ticket", _) => json!({"ticket_id": "33190415288", "priority": "LOW"}),
        (other, _) => panic!("`{other}` has no row here"),
    }
}

//! `--dry-run`: every write of every tool is checked and answered with what would be sent, and nothing is sent.

use serde_json::{Value, json};

use crate::inbox::sarah_writes;
use crate::tool_calls::CONVERSATION;
use crate::world::World;

const SARAH: &str = "84246479604";
const DOOR: &str = "33190415288";

async fn dry() -> World {
    let hubspot = hubspot_client::Settings { dry_run: true, ..hubspot_client::Settings::default() };
    World::with(hubspot_sandbox::Settings::default(), hubspot).await
}

/// The requests that change something in the account.
fn writes(world: &World) -> Vec<String> {
    let ends = ["/search", "/batch/read", "/get/access-token-info"];
    let reads = |path: &str| ends.iter().any(|end| path.ends_with(end));
    let sent = world.sandbox.requests();
    let writes = sent.iter().filter(|sent| sent.method != "GET" && !reads(&sent.path));
    writes.map(|sent| format!("{} {}", sent.method, sent.path)).collect()
}

fn meeting() -> Value {
    json!({
        "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": "sarah@gmail.com", "duration": 30,
        "meeting_date": "2026-12-01", "meeting_start_time": "13:00", "time_zone": "America/New_York",
        "slug": "richtech/veronica-chen",
    })
}

/// Every tool that writes, with arguments that make it write, and the paths that it would send.
fn calls() -> Vec<(&'static str, Value, Vec<&'static str>)> {
    vec![
        ("find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": "Hello"}), vec!["/communications"]),
        ("find_contact_by_email", json!({"phone": "+1 702 555 0143", "chat": "Hello"}), vec!["/communications"]),
        ("create_ticket", json!({"cus_cid": SARAH, "issue": "It beeps.", "priority": "HIGH"}), vec!["/tickets"]),
        ("create_task", json!({"contact": SARAH, "reason": "Please call me back."}), vec!["/tasks"]),
        ("create_meeting", meeting(), vec!["/book?timezone"]),
        ("create_contact", json!({"properties": {"email": "new@acme.example"}}), vec!["/contacts"]),
        ("update_contact", json!({"contact": SARAH, "properties": {"city": "Oslo"}}), vec!["/contacts/84246479604"]),
        (
            "update_ticket",
            json!({"ticket_id": DOOR, "stage": "reopen", "note": "Called back."}),
            vec!["/tickets/33190415288", "/notes"],
        ),
        ("log_activity", json!({"contact": SARAH, "text": "Called back."}), vec!["/notes"]),
        ("log_activity", json!({"contact": SARAH, "text": "Hi", "channel": "SMS"}), vec!["/communications"]),
        (
            "reply_conversation",
            json!({"conversation_id": CONVERSATION, "text": "Soon.", "files": [
                {"name": "hi.txt", "mime": "text/plain", "base64": "SGk="}]}),
            vec!["/files", "/messages"],
        ),
        (
            "update_conversation",
            json!({"conversation_id": CONVERSATION, "assignee": "117003", "status": "closed"}),
            vec!["/assignee", "/threads/"],
        ),
        ("handoff_start", json!({"contact": SARAH, "title": "Broken wheel"}), vec!["/tickets", "/tasks"]),
        (
            "handoff_send",
            json!({"session": "0", "text": "Hello", "files": [{"name": "hi.txt", "mime": "text/plain", "base64": "SGk="}]}),
            vec!["/files", "/notes"],
        ),
        ("handoff_stop", json!({"session": "0", "summary": "Solved."}), vec!["/notes", "/tickets/0"]),
    ]
}

#[tokio::test(start_paused = true)]
async fn no_tool_writes_and_each_says_what_it_would_send() {
    let world = dry().await;
    sarah_writes(&world.sandbox, "Where is my robot?");
    let before = world.sandbox.changes();
    for (tool, arguments, paths) in calls() {
        let answer = world.call(tool, arguments.clone()).await.unwrap();
        assert_eq!(answer["dry_run"], true, "{tool}: {answer}");
        let planned = answer["would_send"].as_array().unwrap();
        assert_eq!(planned.len(), paths.len(), "{tool}: {answer}");
        for (one, path) in planned.iter().zip(paths) {
            assert!(one["path"].as_str().unwrap().contains(path), "{tool}: {one}");
            assert!(one["method"].is_string() && one["body"].is_object(), "{tool}: {one}");
        }
    }
    assert_eq!(writes(&world), Vec::<String>::new());
    assert_eq!(world.sandbox.changes(), before, "the account is as it was");
}

/// A tool that is added later is added to the list above, too.
#[test]
fn every_tool_that_writes_is_tried() {
    use frontdesk::tool::Effect;
    let tried: Vec<_> = calls().iter().map(|(tool, ..)| *tool).collect();
    let all = frontdesk::tools::all();
    let of_hubspot = all.iter().filter(|tool| tool.effect != Effect::Read && !tool.scopes.is_empty());
    let missing: Vec<_> = of_hubspot.map(|tool| tool.name).filter(|name| !tried.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test(start_paused = true)]
async fn what_would_be_sent_is_the_whole_request() {
    let world = dry().await;
    let ticket = json!({"cus_cid": SARAH, "issue": "It beeps.", "priority": "high"});
    let answer = world.call("create_ticket", ticket).await.unwrap();
    let sent = &answer["would_send"][0];
    assert_eq!((&sent["method"], &sent["path"]), (&json!("POST"), &json!("/crm/objects/2026-09/tickets")));
    let properties = &sent["body"]["properties"];
    assert_eq!((&properties["content"], &properties["hs_ticket_priority"]), (&json!("It beeps."), &json!("HIGH")));
    assert_eq!(properties["hubspot_owner_id"], "117001");
    assert_eq!(sent["body"]["associations"][0]["to"]["id"], SARAH);
    assert_eq!((&answer["ticket_id"], answer.get("url")), (&json!("0"), None), "there is no such record");
}

/// The topic is a second write, of a record that a dry run does not have.
#[tokio::test(start_paused = true)]
async fn the_topic_of_a_meeting_is_planned_too() {
    let world = dry().await;
    let mut with_topic = meeting();
    with_topic["topic"] = json!("Renting two robots");
    let answer = world.call("create_meeting", with_topic).await.unwrap();
    assert_eq!(answer.get("warning"), None, "nothing is lost: {answer}");
    let planned = answer["would_send"].as_array().unwrap();
    assert_eq!(planned.len(), 2, "{answer}");
    assert_eq!(planned[1]["body"]["properties"]["hs_meeting_body"], "Renting two robots");
    assert_eq!(writes(&world), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_is_refused_as_ever() {
    let world = dry().await;
    for (tool, arguments, code) in [
        ("create_ticket", json!({"cus_cid": "999", "issue": "x"}), "CONTACT_NOT_FOUND_ERROR"),
        ("create_ticket", json!({"cus_cid": SARAH, "issue": "x", "priority": "soon"}), "INVALID_INPUT_ERROR"),
        ("update_ticket", json!({"ticket_id": DOOR, "stage": "Nowhere"}), "STAGE_NOT_FOUND_ERROR"),
        ("find_contact_by_email", json!({"email": "nobody@nowhere.example", "chat": "x"}), "USER_NOT_FOUND_ERROR"),
    ] {
        assert_eq!(world.code(tool, arguments).await, code, "{tool}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_says_nothing_of_a_dry_run() {
    let world = dry().await;
    let read = world.call("get_contact", json!({"contact": SARAH})).await.unwrap();
    assert_eq!((read.get("dry_run"), read.get("would_send")), (None, None));
    let same = json!({"contact": SARAH, "properties": {"firstname": "Sarah"}});
    assert_eq!(world.call("update_contact", same).await.unwrap().get("dry_run"), None, "there was nothing to change");
}

#[tokio::test(start_paused = true)]
async fn a_record_that_was_only_planned_can_be_used_further() {
    let world = dry().await;
    let made = world.call("create_contact", json!({"properties": {"email": "new@acme.example"}})).await.unwrap();
    let id = made["contact"]["contact_id"].clone();
    let opened = world.call("create_ticket", json!({"cus_cid": id, "issue": "It beeps."})).await.unwrap();
    assert_eq!(opened["dry_run"], true);
    let noted = json!({"ticket_id": opened["ticket_id"], "note": "Called back."});
    assert_eq!(world.call("update_ticket", noted).await.unwrap()["dry_run"], true);
    assert_eq!(writes(&world), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_script_that_calls_its_tools_itself_writes_nothing() {
    let world = dry().await;
    let before = world.sandbox.changes();
    let graph = json!({"graph": "hubspot"});
    let begun = world.call("taskgraph_start", graph).await.unwrap();
    let step = json!({
        "session": begun["session"], "execute": true, "intent": "1",
        "user_text": "My robot Adam beeps all day and stops at the door. I am sarah@gmail.com",
        "slots": {"email": "sarah@gmail.com", "issue": "Adam beeps all day and stops at the door."},
    });
    let mut answer = world.call("taskgraph_step", step).await.unwrap();
    for _ in 0..3 {
        let step = json!({"session": begun["session"], "execute": true, "intent": "2", "user_text": "It beeps all day, please open a ticket"});
        if let Ok(next) = world.call("taskgraph_step", step).await {
            answer = json!([answer, next]);
        }
    }
    assert!(answer.to_string().contains("dry_run"), "{answer}");
    assert_eq!(writes(&world), Vec::<String>::new());
    assert_eq!(world.sandbox.changes(), before);
}

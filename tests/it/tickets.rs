//! Tickets and the timeline: opening, finding, changing and closing them, with notes and messages.

use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};

use crate::world::{World, ask_sandbox};

const SARAH: &str = "84246479604";
const AIKO: &str = "84246481952";
/// Aiko's ticket, which is closed.
const DOOR: &str = "33190415288";

async fn open(world: &World, arguments: Value) -> Value {
    let mut all = json!({"cus_cid": SARAH, "issue": "It stops at the door."});
    for (name, value) in arguments.as_object().unwrap() {
        all[name] = value.clone();
    }
    world.call("create_ticket", all).await.unwrap()
}

fn kept(world: &World, kind: &str, id: &Value) -> Value {
    let records = world.sandbox.records(kind);
    records.into_iter().find(|record| record["id"] == *id).unwrap_or_else(|| panic!("no {kind} {id}"))
}

// Opening

#[tokio::test(start_paused = true)]
async fn b1_a_ticket_is_opened_by_labels_in_one_write() {
    let world = World::new().await;
    world.requests();
    let opened = open(
        &world,
        json!({
            "pipeline": "Repairs and exchanges", "stage": "In repair", "priority": "urgent", "category": "Product issue",
            "owner": "mei.tanaka@richtech.example",
        }),
    )
    .await;
    let is_write = |sent: &String| sent.starts_with("POST") && !sent.ends_with("/batch/read");
    let writes: Vec<_> = world.requests().into_iter().filter(is_write).collect();
    assert_eq!(writes, ["POST /crm/objects/2026-09/tickets"]);
    assert_eq!((&opened["pipeline"], &opened["stage"]), (&json!("Repairs and exchanges"), &json!("In repair")));
    let ticket = kept(&world, "tickets", &opened["ticket_id"]);
    for (name, value) in [
        ("hs_pipeline", "748239100"),
        ("hs_pipeline_stage", "1120457302"),
        ("hs_ticket_priority", "URGENT"),
        ("hs_ticket_category", "PRODUCT_ISSUE"),
        ("hubspot_owner_id", "117003"),
    ] {
        assert_eq!(ticket["properties"][name], value, "{name}");
    }
    assert!(ticket["associations"].to_string().contains(SARAH));
}

#[tokio::test(start_paused = true)]
async fn a_subject_is_a_short_title() {
    let world = World::new().await;
    let opened = open(&world, json!({"subject": "  DUST-E\n stops  "})).await;
    assert_eq!(opened["subject"], "DUST-E stops");
    let long = "x".repeat(256);
    let ticket = json!({"cus_cid": SARAH, "issue": "It beeps.", "subject": long});
    assert_eq!(world.code("create_ticket", ticket).await, "INVALID_INPUT_ERROR");
    let change = json!({"ticket_id": opened["ticket_id"], "subject": long});
    assert_eq!(world.code("update_ticket", change).await, "INVALID_INPUT_ERROR");
    // Other users write any text into HubSpot.
    let path = format!("/crm/v3/objects/tickets/{}", opened["ticket_id"].as_str().unwrap());
    ask_sandbox(&world, "PATCH", &path, json!({"properties": {"subject": "y".repeat(5_000)}})).await;
    let shown = world.call("find_tickets", json!({"ticket_id": opened["ticket_id"]})).await.unwrap();
    let subject = shown["tickets"][0]["subject"].as_str().unwrap();
    assert!(subject.ends_with("y…") && subject.chars().count() == 201, "{subject}");
}

#[tokio::test(start_paused = true)]
async fn b2_a_wrong_stage_is_refused_with_the_valid_ones() {
    let world = World::new().await;
    let before = world.sandbox.records("tickets").len();
    let wrong = json!({"cus_cid": SARAH, "issue": "x", "pipeline": "Support", "stage": "Received"});
    let error = world.call("create_ticket", wrong).await.unwrap_err();
    assert_eq!(error["code"], "STAGE_NOT_FOUND_ERROR");
    assert_eq!(error["valid"][0]["stages"][1], "Waiting on contact (2)");
    let wrong = json!({"cus_cid": SARAH, "issue": "x", "priority": "whenever"});
    let error = world.call("create_ticket", wrong).await.unwrap_err();
    assert_eq!(error["problems"][0]["options"], json!(["LOW", "MEDIUM", "HIGH", "URGENT"]));
    for (owner, code) in [("Nobody", "OWNER_NOT_FOUND_ERROR"), ("117004", "OWNER_NOT_FOUND_ERROR")] {
        let wrong = json!({"cus_cid": SARAH, "issue": "x", "owner": owner});
        assert_eq!(world.code("create_ticket", wrong).await, code, "{owner}");
    }
    assert_eq!(world.sandbox.records("tickets").len(), before, "nothing was created");
}

#[tokio::test(start_paused = true)]
async fn b5_an_owner_is_accepted_by_id_address_name_or_as_the_customers_own() {
    let world = World::new().await;
    for owner in ["117001", "VERONICA.chen@richtech.example", "Veronica Chen", "Chen", "contact_owner"] {
        let opened = open(&world, json!({"owner": owner})).await;
        assert_eq!(opened["owner_id"], "117001", "{owner}");
        assert_eq!(kept(&world, "tickets", &opened["ticket_id"])["properties"]["hubspot_owner_id"], "117001");
    }
    let unowned = json!({"cus_cid": "84246480117", "issue": "x", "owner": "contact_owner"});
    let opened = world.call("create_ticket", unowned).await.unwrap();
    assert_eq!(opened.get("owner_id"), None);
    assert!(opened["warning"].as_str().unwrap().contains("no owner"), "nobody must be promised: {opened}");
    let nobody = json!({"cus_cid": "999", "issue": "x", "owner": "contact_owner"});
    assert_eq!(world.code("create_ticket", nobody).await, "CONTACT_NOT_FOUND_ERROR");
}

// Finding

#[tokio::test(start_paused = true)]
async fn a_customers_tickets_come_open_ones_first_page_by_page() {
    let world = World::new().await;
    let mut ids = vec![];
    for at in 0..6 {
        ids.push(
            open(&world, json!({"subject": format!("No {at}"), "owner": "contact_owner"})).await["ticket_id"].clone(),
        );
    }
    for closed in [&ids[5], &ids[3]] {
        world.call("update_ticket", json!({"ticket_id": closed, "stage": "close"})).await.unwrap();
    }
    let page = async |cursor: Value| {
        let asked = json!({"contact": "sarah@gmail.com", "limit": 4, "cursor": cursor});
        world.call("find_tickets", asked).await.unwrap()
    };
    let first = page(json!(null)).await;
    assert_eq!((&first["total"], &first["open"]), (&json!(6), &json!(4)));
    let second = page(first["next_cursor"].clone()).await;
    let listed = [&first, &second].map(|page| page["tickets"].as_array().unwrap().clone()).concat();
    let subjects: Vec<_> = listed.iter().map(|ticket| ticket["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["No 4", "No 2", "No 1", "No 0", "No 5", "No 3"]);
    assert_eq!(second.get("next_cursor"), None);
    let ticket = &listed[0];
    assert_eq!((&ticket["stage"], &ticket["pipeline"]), (&json!("New"), &json!("Support Pipeline")));
    assert_eq!((&ticket["owner"], &ticket["open"]), (&json!("Veronica Chen"), &json!(true)));
    assert!(ticket["url"].as_str().unwrap().ends_with(ids[4].as_str().unwrap()));
    assert_eq!(ticket.get("customer_text"), None);
    let closed =
        world.call("find_tickets", json!({"contact": SARAH, "status": "closed", "content": true})).await.unwrap();
    assert_eq!(
        (&closed["total"], &closed["tickets"][0]["customer_text"]["content"]),
        (&json!(2), &json!("It stops at the door."))
    );
}

#[tokio::test(start_paused = true)]
async fn one_ticket_is_read_with_its_content_part_by_part() {
    let world = World::new().await;
    let issue = format!("{}{}", "x".repeat(1_500), "y".repeat(10));
    let id = open(&world, json!({"issue": issue})).await["ticket_id"].clone();
    let first = world.call("find_tickets", json!({"ticket_id": id})).await.unwrap();
    assert_eq!(first["contact_ids"], json!([SARAH]));
    assert_eq!((&first["tickets"][0]["truncated"], &first["tickets"][0]["text_next"]), (&json!(true), &json!(1_500)));
    let rest = world.call("find_tickets", json!({"ticket_id": id, "text_from": 1_500})).await.unwrap();
    assert_eq!(rest["tickets"][0]["customer_text"]["content"], "y".repeat(10));
}

#[tokio::test(start_paused = true)]
async fn an_empty_result_and_a_wrong_request_are_distinct() {
    let world = World::new().await;
    let none = world.call("find_tickets", json!({"contact": SARAH})).await.unwrap();
    assert_eq!((&none["total"], &none["tickets"]), (&json!(0), &json!([])));
    for (bad, code) in [
        (json!({}), "INVALID_INPUT_ERROR"),
        (json!({"contact": SARAH, "ticket_id": DOOR}), "TICKET_NOT_FOUND_ERROR"),
        (json!({"contact": SARAH, "limit": 0}), "INVALID_INPUT_ERROR"),
        (json!({"contact": SARAH, "status": "lost"}), "INVALID_INPUT_ERROR"),
        (json!({"contact": "nobody@nowhere.example"}), "USER_NOT_FOUND_ERROR"),
        (json!({"ticket_id": "999"}), "TICKET_NOT_FOUND_ERROR"),
    ] {
        assert_eq!(world.code("find_tickets", bad.clone()).await, code, "{bad}");
    }
    assert!(world.sandbox.archive("tickets", DOOR.parse().unwrap()));
    let archived = world.call("find_tickets", json!({"ticket_id": DOOR})).await.unwrap();
    assert_eq!(archived["tickets"][0]["archived"], true);
    assert_eq!(world.code("update_ticket", json!({"ticket_id": DOOR, "stage": "reopen"})).await, "ARCHIVED_ERROR");
}

// Changing

#[tokio::test(start_paused = true)]
async fn a_ticket_is_reopened_moved_and_closed_by_label() {
    let world = World::new().await;
    let stage = async |to: &str| {
        let changed = world.call("update_ticket", json!({"ticket_id": DOOR, "stage": to})).await.unwrap();
        changed["changes"].get("stage").map(|change| [change["before"].clone(), change["after"].clone()])
    };
    assert_eq!(stage("close").await, None, "it is closed already");
    assert_eq!(stage("reopen").await, Some([json!("Closed"), json!("New")]));
    assert_eq!(stage("waiting on us").await, Some([json!("New"), json!("Waiting on us")]));
    assert_eq!(stage("open").await, None, "it is open already");
    assert_eq!(stage("Closed").await, Some([json!("Waiting on us"), json!("Closed")]));
    let error = world.call("update_ticket", json!({"ticket_id": DOOR, "stage": "In repair"})).await.unwrap_err();
    assert_eq!(error["code"], "STAGE_NOT_FOUND_ERROR");
    assert_eq!(error["valid"].as_array().unwrap().len(), 1, "its own pipeline's stages alone");
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_ticket_reports_before_and_after_and_adds_a_note() {
    let world = World::new().await;
    let change = json!({
        "ticket_id": DOOR, "priority": "high", "owner": "Veronica Chen", "subject": "Door", "note": "Spare part <A> ordered.\nBack on Monday.",
    });
    let changed = world.call("update_ticket", change).await.unwrap();
    assert_eq!(changed["changes"]["priority"], json!({"before": "MEDIUM", "after": "HIGH"}));
    assert_eq!(changed["changes"]["owner"], json!({"before": "Mei Tanaka", "after": "Veronica Chen"}));
    assert_eq!(changed["changes"]["subject"]["after"], "Door");
    let note = kept(&world, "notes", &changed["note_id"]);
    assert_eq!(note["properties"]["hs_note_body"], "Spare part &lt;A&gt; ordered.<br>Back on Monday.");
    for on in [DOOR, AIKO] {
        assert!(note["associations"].to_string().contains(on), "{note}");
    }
    let ticket = kept(&world, "tickets", &json!(DOOR));
    assert_eq!(
        ticket["properties"]["content"],
        "Since the update the robot stops in front of the swing door and waits."
    );
    let only_note = world.call("update_ticket", json!({"ticket_id": DOOR, "note": "Fixed."})).await.unwrap();
    assert!(only_note["changes"].as_object().unwrap().is_empty() && only_note["note_id"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_failed_note_does_not_undo_the_change() {
    let world = World::new().await;
    let mut fault = Fault::once(Effect::Status { status: 403, body: None, headers: vec![] });
    fault.matches.path_contains = Some("/notes".into());
    world.sandbox.inject_fault(fault);
    let change = json!({"ticket_id": DOOR, "priority": "LOW", "note": "Fixed."});
    let changed = world.call("update_ticket", change).await.unwrap();
    assert_eq!(changed["changes"]["priority"]["after"], "LOW");
    assert!(changed["warning"].as_str().unwrap().contains("MISSING_SCOPE_ERROR"), "{changed}");
}

#[tokio::test(start_paused = true)]
async fn a_concurrent_or_invalid_change_of_a_ticket_is_refused() {
    let world = World::new().await;
    let seen =
        world.call("find_tickets", json!({"ticket_id": DOOR})).await.unwrap()["tickets"][0]["updated_at"].clone();
    let path = format!("/crm/v3/objects/tickets/{DOOR}");
    ask_sandbox(&world, "PATCH", &path, json!({"properties": {"hs_ticket_priority": "LOW"}})).await;
    let change = json!({"ticket_id": DOOR, "priority": "HIGH", "if_updated_at": seen});
    let error = world.call("update_ticket", change).await.unwrap_err();
    assert_eq!((&error["code"], &error["now"]["hs_ticket_priority"]), (&json!("CHANGED_ERROR"), &json!("LOW")));
    for (bad, code) in [
        (json!({"ticket_id": DOOR}), "INVALID_INPUT_ERROR"),
        (json!({"ticket_id": DOOR, "subject": " "}), "INVALID_INPUT_ERROR"),
        (json!({"ticket_id": DOOR, "priority": "whenever"}), "INVALID_INPUT_ERROR"),
        (json!({"ticket_id": "999", "priority": "LOW"}), "TICKET_NOT_FOUND_ERROR"),
    ] {
        assert_eq!(world.code("update_ticket", bad.clone()).await, code, "{bad}");
    }
}

// The timeline

#[tokio::test(start_paused = true)]
async fn notes_and_messages_are_logged_on_contact_and_ticket() {
    let world = World::new().await;
    let logged = json!({"text": "The part fits.", "contact": "sarah@gmail.com", "ticket_id": DOOR, "at": "2026-11-22T09:30:00-05:00"});
    let note = world.call("log_activity", logged).await.unwrap();
    assert_eq!((&note["kind"], &note["at"]), (&json!("note"), &json!("2026-11-22T14:30:00Z")));
    let body = kept(&world, "notes", &note["activity_id"]);
    assert_eq!(body["properties"]["hs_note_body"], "The part fits.");
    assert_eq!(body["properties"]["hs_timestamp"].as_str().unwrap()[..16], *"2026-11-22T14:30");
    assert!([SARAH, DOOR].iter().all(|on| body["associations"].to_string().contains(on)));
    let sms =
        world.call("log_activity", json!({"text": "On my way.", "contact": SARAH, "channel": "sms"})).await.unwrap();
    assert_eq!((&sms["kind"], &sms["channel"]), (&json!("communication"), &json!("SMS")));
    assert_eq!(
        kept(&world, "communications", &sms["activity_id"])["properties"]["hs_communication_channel_type"],
        "SMS"
    );
    let on_ticket =
        world.call("log_activity", json!({"text": "Hello", "ticket_id": DOOR, "channel": "WhatsApp"})).await;
    assert_eq!(on_ticket.unwrap()["channel"], "WHATS_APP");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_channel_becomes_a_note_with_a_warning() {
    let world = World::new().await;
    let logged =
        world.call("log_activity", json!({"text": "Hi", "contact": SARAH, "channel": "Telegram"})).await.unwrap();
    assert_eq!(logged["kind"], "note");
    assert!(logged["channel_unknown"].as_array().unwrap().contains(&json!("SMS")), "{logged}");
    for (bad, code) in [
        (json!({"text": "Hi"}), "INVALID_INPUT_ERROR"),
        (json!({"text": " ", "contact": SARAH}), "INVALID_INPUT_ERROR"),
        (json!({"text": "x".repeat(65_537), "contact": SARAH}), "INVALID_INPUT_ERROR"),
        (json!({"text": "Hi", "contact": "999"}), "CONTACT_NOT_FOUND_ERROR"),
        (json!({"text": "Hi", "ticket_id": "999"}), "TICKET_NOT_FOUND_ERROR"),
        (json!({"text": "Hi", "contact": SARAH, "at": "tomorrow"}), "INVALID_INPUT_ERROR"),
    ] {
        assert_eq!(world.code("log_activity", bad.clone()).await, code, "{bad}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_logs_nothing_twice() {
    let world = World::new().await;
    let mut fault = Fault::once(Effect::LostAnswer);
    fault.matches.path_contains = Some("/notes".into());
    world.sandbox.inject_fault(fault);
    let logged = world.call("log_activity", json!({"text": "Once", "ticket_id": DOOR})).await.unwrap();
    assert_eq!(logged["recovered"], true);
    assert_eq!(world.sandbox.records("notes").len(), 1);
}

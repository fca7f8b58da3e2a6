//! The six operations of the front desk, with the failures of each.

use serde_json::{Value, json};

use crate::world::World;

const SARAH: &str = "84246479604";

#[tokio::test(start_paused = true)]
async fn a_customer_is_recognised_and_what_they_said_is_logged() {
    let world = World::new().await;
    let said = "I want to know more about your product: Adam";
    let found = world.call("find_contact_by_email", json!({"email": "SARAH@Gmail.com", "chat": said})).await.unwrap();
    assert_eq!(found["contact_id"], SARAH);
    assert_eq!(found["contact_email"], "sarah@gmail.com");
    assert_eq!((&found["contact_first_name"], &found["contact_last_name"]), (&json!("Sarah"), &json!("Mark")));
    assert_eq!(found["owner_id"], "117001");
    assert!(found["url"].as_str().unwrap().contains(SARAH));
    assert_eq!(world.requests().len(), 2, "one to find, one to log");
    let logged = record(&world, "communications", &found["logged_communication_id"]);
    assert_eq!(logged["properties"]["hs_communication_body"], said);
    assert_eq!(logged["properties"]["hs_timestamp"].as_str().unwrap()[..16], *"2026-11-22T15:00");
}

/// HubSpot shows bodies as HTML to staff.
#[tokio::test(start_paused = true)]
async fn a_customers_words_do_not_become_markup() {
    let world = World::new().await;
    let chat = " I <b>cannot</b>\nopen <img src=x> ";
    let found = world.call("find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": chat})).await.unwrap();
    let logged = record(&world, "communications", &found["logged_communication_id"]);
    let body = "I &lt;b&gt;cannot&lt;/b&gt;<br>open &lt;img src=x&gt;";
    assert_eq!(logged["properties"]["hs_communication_body"], body);
    let long = json!({"email": "sarah@gmail.com", "chat": "<".repeat(20_000)});
    let error = world.call("find_contact_by_email", long).await.unwrap_err();
    assert!(error["message"].as_str().unwrap().contains("markup escaped"), "{error}");
}

/// An error neither repeats a long argument in full nor quotes it as part of our own sentence.
#[tokio::test(start_paused = true)]
async fn a_wrong_argument_is_not_repeated_in_full() {
    let world = World::new().await;
    let long = "x`\n".repeat(30_000);
    for (tool, arguments, expected) in [
        ("find_tickets", json!({ "limit": long }), "it must be an integer"),
        ("find_tickets", json!({ &long: 1 }), "`contact`"),
        ("describe_crm", json!({ "about": long }), "`ticket_properties`"),
        ("create_ticket", json!({"cus_cid": long, "issue": "It beeps."}), "more than 500 characters"),
        ("create_ticket", json!({"cus_cid": &long[..90], "issue": "It beeps."}), "must be a number"),
    ] {
        let error = world.call(tool, arguments).await.unwrap_err();
        let message = error["message"].as_str().unwrap();
        assert_eq!(error["code"], "INVALID_INPUT_ERROR");
        assert!(message.contains(expected) && message.len() < 1_000, "{tool}: {message}");
        assert!(!message.contains('\n') && !message.contains("x`"), "{tool}: {message}");
    }
}

#[tokio::test(start_paused = true)]
async fn reading_logs_nothing() {
    let world = World::new().await;
    let before = world.sandbox.records("communications").len();
    for chat in [json!(null), json!(""), json!("  ")] {
        let found =
            world.call("find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": chat})).await.unwrap();
        assert_eq!(found.get("logged_communication_id"), None);
    }
    assert_eq!(world.sandbox.records("communications").len(), before);
    assert_eq!(world.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn unknown_and_invalid_addresses_get_different_errors() {
    let world = World::new().await;
    assert_eq!(
        world.code("find_contact_by_email", json!({"email": "nobody@nowhere.example"})).await,
        "USER_NOT_FOUND_ERROR"
    );
    for bad in [json!({}), json!({"email": "sarah"}), json!({"email": 7}), json!({"email": "a@b.example", "mail": 1})] {
        assert_eq!(world.code("find_contact_by_email", bad).await, "INVALID_INPUT_ERROR");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticket_is_opened_with_its_contact_in_one_request() {
    let world = World::new().await;
    let issue = "I have an issue in installing the DUST-E robot";
    let first =
        world.call("create_ticket", json!({"cus_cid": SARAH, "issue": issue, "priority": "LOW"})).await.unwrap();
    world.requests();
    let ticket =
        json!({"cus_cid": SARAH, "issue": issue, "subject": "DUST-E", "stage": "waiting on us", "priority": "HIGH"});
    let opened = world.call("create_ticket", ticket).await.unwrap();
    let sent = world.requests();
    let reads = [
        "GET /crm/objects/2026-09/contacts/84246479604", // whose owner has the ticket
        "POST /crm/associations/2026-09/contacts/tickets/batch/read", // an equal ticket
        "GET /crm/objects/2026-09/tickets/33397362407",
    ];
    let writes: Vec<_> = sent.iter().filter(|sent| !reads.contains(&sent.as_str())).collect();
    assert_eq!(writes, ["POST /crm/objects/2026-09/tickets"], "the pipelines and properties are known by now");
    assert_eq!((&first["subject"], &first["stage"]), (&json!(issue), &json!("New")));
    assert_eq!((&opened["subject"], &opened["stage"]), (&json!("DUST-E"), &json!("Waiting on us")));
    let kept = record(&world, "tickets", &opened["ticket_id"]);
    assert_eq!(kept["properties"]["content"], issue);
    assert_eq!(kept["properties"]["hs_ticket_priority"], "HIGH");
    assert!(kept["associations"].to_string().contains(SARAH), "{kept}");
}

#[tokio::test(start_paused = true)]
async fn a_ticket_for_nobody_leaves_nothing_behind() {
    let world = World::new().await;
    let before = world.sandbox.records("tickets").len();
    assert_eq!(
        world.code("create_ticket", json!({"cus_cid": "999", "issue": "It beeps."})).await,
        "CONTACT_NOT_FOUND_ERROR"
    );
    let nowhere = json!({"cus_cid": SARAH, "issue": "It beeps.", "stage": "Nirvana"});
    let error = world.call("create_ticket", nowhere).await.unwrap_err();
    assert_eq!(error["code"], "STAGE_NOT_FOUND_ERROR");
    assert!(error["valid"].to_string().contains("Waiting on contact (2)"), "{error}");
    for bad in [json!({"cus_cid": SARAH, "issue": " "}), json!({"cus_cid": "x", "issue": "y"}), json!({"issue": "y"})] {
        assert_eq!(world.code("create_ticket", bad).await, "INVALID_INPUT_ERROR");
    }
    assert_eq!(world.sandbox.records("tickets").len(), before);
}

#[tokio::test(start_paused = true)]
async fn the_owner_of_a_contact_is_found() {
    let world = World::new().await;
    let owned = world.call("find_owner_id_by_contact_id", json!({"cus_cid": SARAH})).await.unwrap();
    assert_eq!(owned, json!({"owner_id": "117001"}));
    let owner = world.call("find_owner_by_owner_id", json!({"owner_id": 117001})).await.unwrap();
    assert_eq!(owner["user_id"], "9586504");
    assert!(!owner["first_name"].as_str().unwrap().is_empty() && owner["email"].as_str().unwrap().contains('@'));
    assert_eq!(world.code("find_owner_by_owner_id", json!({"owner_id": "999"})).await, "OWNER_NOT_FOUND_ERROR");
    assert_eq!(world.code("find_owner_id_by_contact_id", json!({"cus_cid": "999"})).await, "CONTACT_NOT_FOUND_ERROR");
    let unowned = unowned_contact(&world);
    assert_eq!(world.code("find_owner_id_by_contact_id", json!({"cus_cid": unowned})).await, "OWNER_NOT_FOUND_ERROR");
}

fn record(world: &World, kind: &str, id: &Value) -> Value {
    let records = world.sandbox.records(kind);
    records.into_iter().find(|record| record["id"] == *id).unwrap_or_else(|| panic!("no {kind} {id}"))
}

fn unowned_contact(world: &World) -> Value {
    let contacts = world.sandbox.records("contacts");
    let unowned = |contact: &&Value| contact["properties"]["hubspot_owner_id"].as_str().is_none_or(str::is_empty);
    contacts.iter().find(unowned).expect("the seed has a contact without an owner")["id"].clone()
}

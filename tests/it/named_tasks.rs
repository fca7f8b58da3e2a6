//! A task that is named by its id: it takes what is said later, whatever else is sent, and never becomes a second one.

use serde_json::{Value, json};

use crate::world::{World, ask_sandbox};

const LIAM: &str = "97530152525";
const FREJA: &str = "118420663270";
const WISH: &str = "The customer would like to speak with a human.";
const NUMBER: &str = "+353 87 123 4567";

fn tasks(world: &World) -> Vec<Value> {
    world.sandbox.records("tasks").into_iter().map(|task| task["properties"].clone()).collect()
}

/// A task of Liam's, and its id.
async fn begun(world: &World) -> Value {
    let made = world.call("create_task", json!({"reason": WISH, "contact": LIAM})).await.unwrap();
    made["task_id"].clone()
}

async fn refused(world: &World, arguments: Value) -> String {
    let error = world.call("create_task", arguments).await.unwrap_err();
    assert_eq!(error["code"], "INVALID_INPUT_ERROR", "{error}");
    assert!(error["hint"].as_str().unwrap().contains("leave `task_id` out"), "{error}");
    error["message"].as_str().unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_named_task_takes_the_number_and_the_new_words_whatever_else_is_sent() {
    for (reason, contact, expected) in [
        (
            "Not by mail please - call; it's about the lease",
            None,
            format!("{WISH}<br>Not by mail please - call; it's about the lease"),
        ),
        (WISH, None, WISH.to_owned()),
        (WISH, Some(LIAM), WISH.to_owned()),
        ("Call about the lease", Some("liam.oconnor@dunlaoghaireclinic.ie"), format!("{WISH}<br>Call about the lease")),
        (
            "The customer would like to speak with a human. It is about the lease.",
            Some(LIAM),
            "The customer would like to speak with a human. It is about the lease.".to_owned(),
        ),
    ] {
        let world = World::new().await;
        let id = begun(&world).await;
        let owner = tasks(&world)[0]["hubspot_owner_id"].clone();
        let mut sent = json!({"reason": reason, "reach": NUMBER, "task_id": id});
        if let Some(contact) = contact {
            sent["contact"] = contact.into();
        }
        let told = world.call("create_task", sent.clone()).await.unwrap();
        assert_eq!((&told["task_id"], &told["already"], &told["reach"]), (&id, &json!(true), &json!(NUMBER)), "{told}");
        assert_eq!((&told["seen_by"], &told["contact_id"]), (&json!("Daniel Ortiz"), &json!(LIAM)), "{told}");
        let [task] = &tasks(&world)[..] else { panic!("{reason}: a second task") };
        assert_eq!(task["hs_task_body"], format!("{expected}<br><br>Reach the customer: {NUMBER}"));
        assert_eq!((&task["hs_task_type"], &task["hubspot_owner_id"]), (&json!("CALL"), &owner));
        let writes = world.sandbox.changes();
        world.call("create_task", sent).await.unwrap();
        assert_eq!((world.sandbox.changes(), tasks(&world).len()), (writes, 1), "once more changes nothing");
    }
}

#[tokio::test(start_paused = true)]
async fn a_named_task_gets_another_owner_title_and_day_where_they_are_named() {
    let world = World::new().await;
    let id = begun(&world).await;
    let sent = json!({"reason": WISH, "task_id": id, "owner": "nobody", "subject": "Lease", "due": "2026-12-01 15:00"});
    let told = world.call("create_task", sent).await.unwrap();
    assert_eq!((&told["seen_by"], &told["subject"]), (&json!("nobody"), &json!("Lease")), "{told}");
    assert!(told["due"].as_str().unwrap().starts_with("2026-12-01T15:00:00"), "{told}");
    let task = &tasks(&world)[0];
    assert_eq!(
        (&task["hs_task_subject"], task["hubspot_owner_id"].as_str().unwrap_or_default()),
        (&json!("Lease"), "")
    );
    let back = json!({"reason": WISH, "task_id": id, "contact": LIAM, "owner": "contact_owner"});
    assert_eq!(world.call("create_task", back).await.unwrap()["seen_by"], "Daniel Ortiz");
}

#[tokio::test(start_paused = true)]
async fn a_named_task_that_is_not_there_done_old_or_of_somebody_else_is_an_error() {
    let world = World::new().await;
    let id = begun(&world).await;
    let named = |id: &Value| json!({"reason": "about the lease", "reach": NUMBER, "task_id": id});
    assert!(refused(&world, named(&json!("99999999999"))).await.contains("no task has this id"));
    let mut other = named(&id);
    other["contact"] = FREJA.into();
    assert!(refused(&world, other).await.contains("no task has this id"));
    let body = tasks(&world)[0]["hs_task_body"].clone();
    let done = json!({"properties": {"hs_task_status": "COMPLETED"}});
    let path = format!("/crm/v3/objects/tasks/{}", id.as_str().unwrap());
    ask_sandbox(&world, "PATCH", &path, done).await;
    assert!(refused(&world, named(&id)).await.contains("done"));
    let open = json!({"properties": {"hs_task_status": "NOT_STARTED"}});
    ask_sandbox(&world, "PATCH", &path, open).await;
    tokio::time::sleep(std::time::Duration::from_secs(25 * 60 * 60)).await;
    assert!(refused(&world, named(&id)).await.contains("a day old"));
    assert_eq!((tasks(&world).len(), &tasks(&world)[0]["hs_task_body"]), (1, &body), "and none was made");
}

#[tokio::test(start_paused = true)]
async fn who_is_to_be_reached_by_mail_is_although_there_is_a_number() {
    let world = World::new().await;
    let sarah = "84246479604";
    for (reason, reach, kind) in [
        ("Sendet mir ein Angebot für einen Skylark", Some("email"), "EMAIL"),
        ("Not by mail please, call me about the lease.", Some("phone"), "CALL"),
        ("The lease is wrong.", None, "CALL"),
    ] {
        let made = json!({"reason": reason, "contact": sarah, "reach": reach});
        let made = world.call("create_task", made).await.unwrap();
        let task = world.sandbox.records("tasks").into_iter().find(|task| task["id"] == made["task_id"]).unwrap();
        assert_eq!(task["properties"]["hs_task_type"], kind, "{reason}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_colleague_whom_the_customer_does_not_want_gets_no_task() {
    let world = World::new().await;
    let sent = json!({"reason": "Bloß nicht wieder dieser Ortiz!", "contact": LIAM, "owner": "nobody"});
    let made = world.call("create_task", sent).await.unwrap();
    assert_eq!((&made["seen_by"], made["warning"].is_string()), (&json!("nobody"), true), "{made}");
    let id = begun(&world).await;
    let told = json!({"reason": "but not by Daniel please", "contact": LIAM, "task_id": id});
    assert_eq!(world.call("create_task", told).await.unwrap()["seen_by"], "Daniel Ortiz", "it shows who has it");
    let told = json!({"reason": "but not by Daniel please", "contact": LIAM, "task_id": id, "owner": "nobody"});
    assert_eq!(world.call("create_task", told).await.unwrap()["seen_by"], "nobody");
}

#[tokio::test(start_paused = true)]
async fn the_contact_and_the_ticket_beside_a_named_task_get_it() {
    let world = World::new().await;
    let made = world.call("create_task", json!({"reason": WISH, "reach": NUMBER})).await.unwrap();
    let id = made["task_id"].clone();
    let ticket = json!({"cus_cid": LIAM, "issue": "the arm is stuck", "owner": "Veronica Chen"});
    let ticket = world.call("create_ticket", ticket).await.unwrap()["ticket_id"].clone();
    let linked = |kind: &str| -> Vec<Value> {
        let task = world.sandbox.records("tasks").into_iter().find(|task| task["id"] == id).unwrap();
        let all = task["associations"][kind]["results"].as_array().cloned().unwrap_or_default();
        all.into_iter().map(|one| one["id"].clone()).collect()
    };
    assert_eq!((linked("contacts"), made["seen_by"].clone()), (vec![], json!("nobody")));
    let told = json!({"reason": WISH, "contact": LIAM, "task_id": id});
    let told = world.call("create_task", told).await.unwrap();
    assert_eq!((&told["contact_id"], &told["seen_by"]), (&json!(LIAM), &json!("Daniel Ortiz")), "{told}");
    assert_eq!(linked("contacts"), [json!(LIAM)]);
    let told = json!({"reason": WISH, "ticket_id": ticket, "task_id": id});
    let told = world.call("create_task", told).await.unwrap();
    assert_eq!((&told["ticket_id"], &told["seen_by"]), (&ticket, &json!("Veronica Chen")), "{told}");
    assert_eq!((linked("contacts"), linked("tickets")), (vec![json!(LIAM)], vec![ticket]));
    let writes = world.sandbox.changes();
    world.call("create_task", json!({"reason": WISH, "contact": LIAM, "task_id": id})).await.unwrap();
    assert_eq!(world.sandbox.changes(), writes, "once more changes nothing");
}

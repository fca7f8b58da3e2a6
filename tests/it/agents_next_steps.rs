//! Answers name the next call where nobody would see to the customer's wish, or somebody else is meant.

use serde_json::{Value, json};

use crate::booking::{MEI, day, meeting, starts, with};
use crate::world::World;

const SARAH: &str = "84246479604";
const AIKO: &str = "84246481952";
const FREJA: &str = "118420663270";

async fn stranger(world: &World) -> Value {
    let person = json!({"firstname": "Ines", "lastname": "Prado", "email": "ines@prado.example"});
    let made = world.call("create_contact", json!({"properties": person})).await.unwrap();
    made["contact"]["contact_id"].clone()
}

fn names_next(text: &Value) {
    let text = text.as_str().unwrap_or_default();
    assert!(text.contains("`describe_crm` about `owners`") && text.contains("`owner`"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn what_nobody_has_is_told_with_the_call_that_gives_it_to_somebody() {
    let world = World::new().await;
    let ines = stranger(&world).await;
    let ticket = json!({"cus_cid": ines, "issue": "The robot smokes, somebody must come now."});
    let ticket = world.call("create_ticket", ticket).await.unwrap();
    names_next(&ticket["warning"]);
    let task = world.call("create_task", json!({"reason": "Call her now.", "contact": ines})).await.unwrap();
    assert_eq!(task["seen_by"], "nobody");
    names_next(&task["warning"]);
    let owner = world.call("find_owner_id_by_contact_id", json!({"cus_cid": ines})).await.unwrap_err();
    names_next(&owner["hint"]);
    let closed = json!({"ticket_id": ticket["ticket_id"], "stage": "close"});
    let closed = world.call("update_ticket", closed).await.unwrap();
    assert_eq!(closed["warning"], Value::Null, "a closed ticket needs nobody: {closed}");
    let reopened = json!({"ticket_id": ticket["ticket_id"], "stage": "reopen"});
    names_next(&world.call("update_ticket", reopened).await.unwrap()["warning"]);
    let given = json!({"ticket_id": ticket["ticket_id"], "stage": "close", "owner": "117003"});
    world.call("update_ticket", given).await.unwrap();
    let reopened = json!({"ticket_id": ticket["ticket_id"], "stage": "reopen"});
    assert_eq!(world.call("update_ticket", reopened).await.unwrap()["warning"], Value::Null);
    let assigned = json!({"reason": "Call her now.", "task_id": task["task_id"], "owner": "117003"});
    let assigned = world.call("create_task", assigned).await.unwrap();
    assert!(!assigned["warning"].to_string().contains("nobody is assigned"), "{assigned}");
}

#[tokio::test(start_paused = true)]
async fn a_ticket_of_somebody_else_is_not_shown_to_the_customer_who_names_it() {
    let world = World::new().await;
    let theirs = world.call("find_tickets", json!({"contact": AIKO})).await.unwrap();
    let id = theirs["tickets"][0]["ticket_id"].clone();
    let own = world.call("find_tickets", json!({"contact": AIKO, "ticket_id": id})).await.unwrap();
    assert_eq!(own["tickets"][0]["ticket_id"], id);
    let other = world.call("find_tickets", json!({"contact": FREJA, "ticket_id": id})).await.unwrap_err();
    assert_eq!(other["code"], "TICKET_NOT_FOUND_ERROR", "{other}");
    assert!(!other.to_string().contains(theirs["tickets"][0]["subject"].as_str().unwrap()), "{other}");
}

#[tokio::test(start_paused = true)]
async fn an_address_of_somebody_else_does_not_lead_to_them() {
    let world = World::new().await;
    let taken = json!({"contact": FREJA, "properties": {"email": "sarah@gmail.com"}});
    let error = world.call("update_contact", taken).await.unwrap_err();
    assert_eq!(error["code"], "CONFLICT_ERROR", "{error}");
    let hint = error["hint"].as_str().unwrap();
    assert!(
        hint.contains("spelling") && hint.contains("`create_task`") && !hint.contains("use the existing"),
        "{hint}"
    );
}

#[tokio::test(start_paused = true)]
async fn words_that_could_not_be_logged_yet_are_asked_for_again() {
    let world = World::new().await;
    let chat = "My robot stopped.";
    for (who, is_told) in [
        (json!({"email": "nobody@cloutea.com", "chat": chat}), true),
        (json!({"email": "s.a.r.a.h@gmail.com", "chat": chat}), true),
        (json!({"phone": "+1 702 555 9999", "chat": chat}), true),
        (json!({"email": "nobody@cloutea.com"}), false),
    ] {
        let error = world.call("find_contact_by_email", who).await.unwrap_err();
        assert_eq!(error["hint"].as_str().unwrap().contains("send `chat` again"), is_told, "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_appointment_is_passed_on_to_its_owner() {
    let world = World::new().await;
    world.call("create_meeting", meeting("2026-12-01", "13:00")).await.unwrap();
    let found = world.call("find_meetings", json!({"contact": SARAH})).await.unwrap();
    assert_eq!(found["coming"][0]["owner_id"], "117001", "{found}");
    assert!(found["changes"].as_str().unwrap().contains("`owner_id` as `owner`"), "{found}");
    let offline = with(day("2026-12-01"), json!({"owner_id": "117002"}));
    let error = world.call("check_available", offline).await.unwrap_err();
    assert!(error["hint"].as_str().unwrap().contains("as `owner`"), "{error}");
}

/// In a zone far away the representative's working day is the customer's night.
#[tokio::test(start_paused = true)]
async fn starts_at_night_are_shown_last() {
    let world = World::new().await;
    for said in ["2026-12-03", "2026-12-03 morning"] {
        let asked = json!({"owner_id": MEI, "meeting_date": said, "time_zone": "Asia/Tokyo", "limit": 4});
        let shown = world.call("check_available", asked.clone()).await.unwrap();
        let first = starts(&shown["available_slots"])[0].to_owned();
        let night = with(asked, json!({"before": shown["next_before"]}));
        let night = world.call("check_available", night).await.unwrap();
        let last = *starts(&night["available_slots"]).last().unwrap();
        assert!("2026-12-03T06:00" <= first.as_str() && last < "2026-12-03T06:00", "{said}: {first}, {last}");
    }
}

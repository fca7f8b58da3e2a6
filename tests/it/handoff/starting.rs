//! The begin of a hand-off: what a person finds, and what the customer is told (H1, H2, H7).

use serde_json::{Value, json};

use super::desk::{House, ask, jump, requests, ticket};
use super::{MEI, SARAH, VERONICA};
use crate::world::World;

fn wanted() -> Value {
    json!({
        "contact": "sarah@gmail.com", "title": "Broken wheel", "description": "The DUST-E has lost a wheel.",
        "history": [
            {"from": "customer", "at": "15:00", "text": "My robot has lost a wheel."},
            {"from": "assistant", "text": "Since when?\nToday?"},
        ],
    })
}

#[tokio::test(start_paused = true)]
async fn h1_a_person_finds_title_description_and_history_on_a_ticket_of_the_contact() {
    let house = House::new();
    let desk = house.open().await;
    let started = desk.call("handoff_start", wanted()).await.unwrap();
    let id = started["ticket_id"].as_str().unwrap();
    let opened = ticket(&house.sandbox, id);
    assert_eq!((&opened["subject"], &opened["hubspot_owner_id"]), (&json!("Broken wheel"), &json!(VERONICA)));
    let content = opened["content"].as_str().unwrap();
    assert!(content.starts_with("The DUST-E has lost a wheel.\n\nAnswer the customer with a note"), "{content}");
    let history =
        "Conversation so far:\ncustomer (15:00): My robot has lost a wheel.\nassistant: Since when?\n  | Today?";
    assert!(content.ends_with(history), "{content}");
    let whole =
        ask(&house.sandbox, "GET", &format!("/crm/v3/objects/tickets/{id}?associations=contacts,tasks"), json!({}))
            .await;
    assert_eq!(whole["associations"]["contacts"]["results"][0]["id"], SARAH);
    let task = &whole["associations"]["tasks"]["results"][0]["id"];
    let task = house.sandbox.records("tasks").into_iter().find(|one| one["id"] == *task).unwrap()["properties"].clone();
    assert_eq!((&task["hubspot_owner_id"], &task["hs_task_subject"]), (&json!(VERONICA), &json!("Broken wheel")));
    assert_eq!(started["tell_customer"], "I have passed this on to a colleague.");
    assert_eq!((&started["people_answer_now"], &started["contact_id"]), (&json!(true), &json!(SARAH)));
    assert!(started["url"].as_str().unwrap().ends_with(&format!("/record/0-5/{id}")), "{started}");
    assert!(!content.contains(started["session"].as_str().unwrap()), "whoever has the id could read the session");
}

#[tokio::test(start_paused = true)]
async fn h1_an_unknown_contact_is_an_error_or_created_when_asked() {
    let house = House::new();
    let desk = house.open().await;
    let before = house.sandbox.changes();
    for (contact, code) in [
        ("nobody@nowhere.example", "USER_NOT_FOUND_ERROR"),
        ("+1 702 555 9999", "USER_NOT_FOUND_ERROR"),
        ("7777", "CONTACT_NOT_FOUND_ERROR"),
        ("somebody", "INVALID_INPUT_ERROR"),
    ] {
        assert_eq!(desk.code("handoff_start", json!({"contact": contact})).await, code, "{contact}");
    }
    assert_eq!(desk.code("handoff_start", json!({"title": "x"})).await, "INVALID_INPUT_ERROR");
    assert_eq!(house.sandbox.changes(), before, "nothing is left behind");
    for (contact, property) in [("new@acme.example", "email"), ("+1 702 555 9999", "phone")] {
        let new = json!({"contact": contact, "create_contact": true, "name": "Ada King Byron"});
        let started = desk.call("handoff_start", new).await.unwrap();
        let made =
            house.sandbox.records("contacts").into_iter().find(|one| one["id"] == started["contact_id"]).unwrap();
        let made = &made["properties"];
        assert_eq!(
            (&made[property], &made["firstname"], &made["lastname"]),
            (&json!(contact), &json!("Ada King"), &json!("Byron"))
        );
    }
    assert_eq!(
        desk.code("handoff_start", json!({"contact": "7777", "create_contact": true})).await,
        "CONTACT_NOT_FOUND_ERROR"
    );
}

#[tokio::test(start_paused = true)]
async fn h2_two_sessions_of_one_contact_stay_apart() {
    let house = House::new();
    let desk = house.open().await;
    let (one, first) = desk.start("The wheel").await;
    let (other, second) = desk.start("The door").await;
    assert!(one != other && first != second);
    desk.send(&one, "About the wheel").await;
    super::desk::note(&house.sandbox, &second, MEI, "@customer About the door").await;
    assert_eq!(super::desk::told(&desk.events(&other, 0).await)[1], "message: Mei Tanaka: About the door");
    let quiet = desk.call("handoff_events", json!({"session": one})).await.unwrap();
    assert_eq!((&quiet["events"], &quiet["state"]), (&json!([]), &json!("waiting")));
    let on_second = super::desk::notes(&house.sandbox, &second).await;
    assert!(!on_second.iter().any(|note| note.contains("wheel")), "{on_second:?}");
}

#[tokio::test(start_paused = true)]
async fn the_same_call_again_begins_no_second_session() {
    let house = House::new();
    let desk = house.open().await;
    let first = desk.call("handoff_start", wanted()).await.unwrap();
    let tickets = house.sandbox.records("tickets").len();
    let again = desk.call("handoff_start", wanted()).await.unwrap();
    assert_eq!((&again["session"], &again["already"]), (&first["session"], &json!(true)));
    let both = futures::join!(
        desk.call("handoff_start", json!({"contact": SARAH, "title": "At once"})),
        desk.call("handoff_start", json!({"contact": SARAH, "title": "At once"}))
    );
    assert_eq!(both.0.unwrap()["session"], both.1.unwrap()["session"]);
    assert_eq!(house.sandbox.records("tickets").len(), tickets + 1);
    // After its end the same words begin another.
    let session = first["session"].clone();
    desk.call("handoff_stop", json!({"session": session})).await.unwrap();
    let later = desk.call("handoff_start", wanted()).await.unwrap();
    assert!(later["session"] != session && later["already"].is_null(), "{later}");
}

#[tokio::test(start_paused = true)]
async fn outside_hours_the_customer_is_told_when_people_answer() {
    // It is a Sunday.
    let office = "zone = \"America/New_York\"\n[days]\nmonday = [\"09:00-17:00\"]";
    let house = House::new().with_hours(office);
    let desk = house.open().await;
    let german = json!({"contact": SARAH, "language": "de-AT"});
    let started = desk.call("handoff_start", german).await.unwrap();
    assert_eq!(
        started["tell_customer"],
        "Ich habe das an einen Kollegen weitergegeben. Es antwortet wieder jemand morgen um 09:00 Uhr (America/New_York)."
    );
    assert_eq!(
        (&started["people_answer_now"], &started["until"]),
        (&json!(false), &json!("2026-11-23T09:00:00-05:00"))
    );
    // Nobody is late before people answer: the ticket waits for Monday, 09:10.
    let session = started["session"].as_str().unwrap();
    jump(12 * 60 * 60).await;
    assert_eq!(desk.call("handoff_events", json!({"session": session})).await.unwrap()["events"], json!([]));
    jump(12 * 60 * 60).await;
    let late = desk.call("handoff_events", json!({"session": session})).await.unwrap();
    assert_eq!(super::desk::told(&late), ["not_taken"]);
    assert!(late["tell_customer"].as_str().unwrap().starts_with("Noch ist kein Kollege frei."), "{late}");
    assert_eq!(desk.code("handoff_start", json!({"contact": SARAH, "language": "xx"})).await, "INVALID_INPUT_ERROR");
}

/// The open sessions of one caller, and of all, are bounded: another one is refused before anything reaches HubSpot.
#[tokio::test(start_paused = true)]
async fn nobody_begins_more_sessions_than_are_looked_at() {
    use frontdesk::store::handoffs::{NewHandoff, OPEN_MAX, OPEN_OF_CALLER_MAX};
    for (is_own, most) in [(true, OPEN_OF_CALLER_MAX), (false, OPEN_MAX)] {
        let house = House::new();
        let desk = house.open().await;
        desk.stop_watching();
        let (session, _) = desk.start("The first").await;
        let own = desk.store.any_handoff(&session).await.unwrap().unwrap();
        for number in 1..most {
            let caller = if is_own { own.caller.clone() } else { format!("another {}", number / 100) };
            let new = NewHandoff {
                caller,
                digest: number.to_string(),
                way: "ticket",
                contact: SARAH.to_owned(),
                state: "{}".to_owned(),
                now_ms: own.started_ms,
                expires_ms: own.expires_ms,
            };
            desk.store.begin_handoff(new).await.unwrap();
        }
        let before = house.sandbox.changes();
        let refused = desk.call("handoff_start", json!({"contact": SARAH, "title": "One more"})).await.unwrap_err();
        assert_eq!(refused["code"], "BUSY_ERROR", "{refused}");
        assert!(refused["hint"].as_str().unwrap().contains("handoff_stop"), "{refused}");
        assert_eq!(house.sandbox.changes(), before);
        desk.call("handoff_stop", json!({"session": session})).await.unwrap();
        desk.start("One more").await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_toolset_is_listed_where_it_is_set_up() {
    let policy = frontdesk::tool::policy::ToolPolicy::default();
    let world = World::with_policy_as_it_is(policy).await;
    let listed = world.client.list_all_tools().await.unwrap();
    assert!(!listed.iter().any(|tool| tool.name.starts_with("handoff_")));
    let refused = world.call("handoff_start", json!({"contact": SARAH})).await.unwrap_err();
    assert_eq!(refused["code"], "FORBIDDEN_ERROR");
    assert!(refused["message"].as_str().unwrap().contains("not set up"), "{refused}");
    let house = House::new();
    let desk = house.open().await;
    let listed = desk.client.list_all_tools().await.unwrap();
    assert_eq!(listed.iter().filter(|tool| tool.name.starts_with("handoff_")).count(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_answer_is_lost_is_one_ticket() {
    use hubspot_sandbox::fault::{Effect, Fault, Match};
    let house = House::new();
    let desk = house.open().await;
    let tickets = house.sandbox.records("tickets").len();
    let matches = Match { method: Some("POST".into()), path_contains: Some("/tickets".into()), ..Match::default() };
    house.sandbox.inject_fault(Fault { matches, ..Fault::once(Effect::LostAnswer) });
    let started = desk.call("handoff_start", wanted()).await.unwrap();
    assert!(started["ticket_id"].is_string(), "{started}");
    assert_eq!(house.sandbox.records("tickets").len(), tickets + 1);
    let sent = requests(&house.sandbox);
    assert!(sent.len() < 20, "{sent:?}");
}

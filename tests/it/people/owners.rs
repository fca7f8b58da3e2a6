//! Owners, also those who have left, and customers by id or address.

use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};

use super::{AIKO, SARAH, found, property};
use crate::booking::{self, VERONICA, with};
use crate::world::World;

/// An owner who has left.
const PAUL: &str = "117004";

#[tokio::test(start_paused = true)]
async fn finding_f6_an_owner_who_has_left_is_recognised() {
    let world = World::new().await;
    for key in [PAUL, "paul.adams@richtech.example"] {
        let owner = world.call("find_owner_by_owner_id", json!({"owner_id": key})).await.unwrap();
        assert_eq!((&owner["owner_id"], &owner["left"]), (&json!(PAUL), &json!(true)), "{owner}");
        let assigned = world.call("update_contact", json!({"contact": SARAH, "properties": {"owner": key}})).await;
        let error = assigned.unwrap_err();
        let times = with(booking::day("2026-12-01"), json!({"owner_id": key}));
        for error in [error, world.call("check_available", times).await.unwrap_err()] {
            assert_eq!(error["code"], "OWNER_NOT_FOUND_ERROR");
            assert!(error["message"].as_str().unwrap().contains("has left"), "{error}");
            assert!(error["hint"].as_str().unwrap().contains("`describe_crm` about `owners`"), "{error}");
        }
    }
    let veronica = world.call("find_owner_by_owner_id", json!({"owner_id": VERONICA})).await.unwrap();
    assert_eq!(veronica.get("left"), None);
}

#[tokio::test(start_paused = true)]
async fn finding_f6_a_ticket_for_an_owner_who_has_left_is_opened_with_a_warning() {
    // The owner left before the server read the owners, and after it did.
    for known_before in [false, true] {
        let world = World::new().await;
        let mei = json!({"owner_id": "117003"});
        if known_before {
            world.call("find_owner_by_owner_id", mei).await.unwrap();
        }
        assert!(world.sandbox.archive_owner("117003"));
        let ticket = json!({"cus_cid": AIKO, "issue": "It beeps.", "owner": "contact_owner"});
        let opened = world.call("create_ticket", ticket).await.unwrap();
        assert!(opened["warning"].as_str().unwrap().contains("has left"), "{opened}");
        assert_eq!(opened.get("owner_id"), None);
        let id = opened["ticket_id"].as_str().unwrap();
        assert_eq!(property(&world, "tickets", id, "hubspot_owner_id"), Value::Null);
        assert_eq!(world.sandbox.records("tickets").len(), 2, "opened once");
    }
}

#[tokio::test(start_paused = true)]
async fn finding_f6_the_contacts_of_an_owner_who_has_left_are_found() {
    let policy = frontdesk::tool::policy::ToolPolicy { broad_searches: true, ..Default::default() };
    let world = World::under(policy).await;
    assert!(world.sandbox.archive_owner("117003"));
    for owner in ["117003", "mei.tanaka@richtech.example"] {
        let ids = found(&world, json!({"filters": {"owner": owner}})).await;
        assert!(ids.contains(&AIKO.to_owned()), "{owner}: {ids:?}");
    }
    let error = world.call("search_contacts", json!({"filters": {"owner": "Nobody"}})).await.unwrap_err();
    assert!(error["hint"].as_str().unwrap().contains("by id or e-mail address"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_owner_is_named_by_id_address_or_unambiguous_name() {
    let world = World::new().await;
    for key in [
        json!("117001"),
        json!(117_001),
        json!("Veronica.Chen@richtech.example"),
        json!("Veronica Chen"),
        json!("chen"),
        json!("Veronica\u{200b} Chen"),
        json!("Veronica  Chen"),
        json!("Chen, Verónica"),
        json!("Veronica Chen <veronica.chen@richtech.example>"),
        json!(117_001.0),
        json!("117001.0"),
    ] {
        let owner = world.call("find_owner_by_owner_id", json!({"owner_id": key})).await.unwrap();
        assert_eq!(owner["owner_id"], "117001", "{key}");
        let day = json!({"owner_id": key, "time_zone": "America/New_York", "meeting_date": "2026-12-01"});
        let free = world.call("check_available", day).await.unwrap();
        assert_eq!(free["slug"], "richtech/veronica-chen", "{key}");
    }
    for key in ["Nobody", "nobody@richtech.example", "999"] {
        assert_eq!(
            world.code("find_owner_by_owner_id", json!({"owner_id": key})).await,
            "OWNER_NOT_FOUND_ERROR",
            "{key}"
        );
    }
    let user = world.call("find_owner_by_owner_id", json!({"owner_id": "9586504"})).await.unwrap_err();
    assert!(user["hint"].as_str().unwrap().contains("`117001`"), "a user's id is not an owner's: {user}");
    assert_eq!(world.code("find_owner_by_owner_id", json!({"owner_id": ""})).await, "INVALID_INPUT_ERROR");
}

#[tokio::test(start_paused = true)]
async fn an_ambiguous_owner_is_refused_with_the_candidates() {
    let world = World::new().await;
    let owner = |id: &str, first: &str, user: u64| {
        json!({
            "id": id, "email": format!("{first}@richtech.example"), "firstName": first, "lastName": "Chen",
            "userId": user, "userIdIncludingInactive": user, "archived": false, "type": "PERSON",
            "createdAt": "2025-01-06T15:20:00.000Z", "updatedAt": "2025-01-06T15:20:00.000Z",
        })
    };
    let body = json!({"results": [owner("117001", "Veronica", 9_586_504), owner("117009", "Li", 9_586_909)]});
    let mut fault = Fault::once(Effect::Status { status: 200, body: Some(body), headers: vec![] });
    (fault.matches.path_contains, fault.times) = (Some("/crm/owners/".into()), 5);
    world.sandbox.inject_fault(fault);
    for (tool, arguments) in [
        ("find_owner_by_owner_id", json!({"owner_id": "Chen"})),
        ("check_available", json!({"owner_id": "Chen", "time_zone": "America/New_York", "meeting_date": "2026-12-01"})),
    ] {
        let error = world.call(tool, arguments).await.unwrap_err();
        assert_eq!(error["code"], "AMBIGUOUS_ERROR", "{tool}: {error}");
        let ids: Vec<_> = error["owners"].as_array().unwrap().iter().map(|one| one["owner_id"].clone()).collect();
        assert_eq!(ids, [json!("117001"), json!("117009")], "{tool}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_customer_is_named_by_id_or_address_and_never_by_name() {
    let world = World::new().await;
    let keys = [json!(SARAH), json!(84_246_479_604_u64), json!("Sarah@gmail.com"), json!("sarah@gmail.com\u{200b}")];
    for (at, key) in keys.into_iter().enumerate() {
        let owner = world.call("find_owner_id_by_contact_id", json!({"cus_cid": key})).await.unwrap();
        assert_eq!(owner["owner_id"], VERONICA, "{key}");
        let ticket = json!({"cus_cid": key, "issue": format!("It beeps {at} times."), "owner": "contact_owner"});
        let opened = world.call("create_ticket", ticket).await.unwrap();
        assert_eq!(opened["owner_id"], VERONICA, "{key}");
    }
    assert_eq!(world.call("find_tickets", json!({"contact": SARAH})).await.unwrap()["total"], 4);
    for tool in ["create_ticket", "find_owner_id_by_contact_id"] {
        let call = |key: &str| match tool {
            "create_ticket" => json!({"cus_cid": key, "issue": "It beeps."}),
            _ => json!({"cus_cid": key}),
        };
        let error = world.call(tool, call("Sarah Mark")).await.unwrap_err();
        assert_eq!(error["code"], "INVALID_INPUT_ERROR", "the only Sarah Mark need not be this one");
        assert!(error["message"].as_str().unwrap().contains("`search_contacts`"), "{error}");
        assert_eq!(world.code(tool, call("nobody@nowhere.example")).await, "USER_NOT_FOUND_ERROR");
        assert_eq!(world.code(tool, call("999")).await, "CONTACT_NOT_FOUND_ERROR");
    }
}

//! Properties of several options, and properties of tickets.

use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};

use super::{SARAH, define, property};
use crate::booking::with;
use crate::world::{World, ask_sandbox};

/// The property of contacts that takes several robots.
async fn robots(world: &World) {
    let option = |value: &str, label: &str| json!({"value": value, "label": label, "displayOrder": 0, "hidden": false});
    let options = [option("adam", "ADAM"), option("dust_e", "DUST-E"), option("matradee", "Matradee")];
    let definition = json!({
        "name": "robots", "label": "Robots", "type": "enumeration", "fieldType": "checkbox",
        "groupName": "contactinformation", "options": options,
    });
    define(world, "contacts", definition).await;
}

#[tokio::test(start_paused = true)]
async fn finding_f11_options_are_appended_removed_and_listed() {
    let world = World::new().await;
    robots(&world).await;
    let change = async |value: Value| {
        let change = json!({"contact": SARAH, "properties": {"Robots": value}});
        world.call("update_contact", change).await.unwrap()["changes"]["robots"].clone()
    };
    let robots = || property(&world, "contacts", SARAH, "robots");
    for (value, after) in [
        (json!(["ADAM", "DUST-E", "adam"]), "adam;dust_e"),
        (json!(";matradee"), "adam;dust_e;matradee"),
        (json!({"remove": ["DUST-E"]}), "adam;matradee"),
        (json!({"add": ["dust_e"], "remove": ["Adam"]}), "matradee;dust_e"),
        (json!("ADAM; DUST-E"), "adam;dust_e"),
        (json!({"add": "Matradee"}), "adam;dust_e;matradee"),
        (json!({"remove": ["adam", "dust_e", "matradee"]}), ""),
        (json!("[\"adam\", \"dust_e\"]"), "adam;dust_e"),
        (json!("{\"remove\": [\"adam\", \"dust_e\"]}"), ""),
        (json!(";DUST-E;adam"), "dust_e;adam"),
    ] {
        assert_eq!(change(value.clone()).await["after"], after, "{value}");
        assert_eq!(robots().as_str().unwrap_or_default(), after, "{value}");
    }
    for same in [json!(";adam"), json!(["adam", "dust_e"]), json!({"add": ["adam"]}), json!({"remove": ["matradee"]})] {
        world.requests();
        assert_eq!(change(same.clone()).await, Value::Null, "{same}");
        assert!(world.requests().iter().all(|sent| !sent.starts_with("PATCH")), "{same}");
    }
    let comma = json!({"contact": SARAH, "properties": {"robots": "ADAM, DUST-E"}});
    let error = world.call("update_contact", comma).await.unwrap_err();
    let problem = &error["problems"][0];
    assert!(problem["problem"].as_str().unwrap().contains("a list, or `;` between them"), "{error}");
    assert_eq!(problem["options"], json!(["adam", "dust_e", "matradee"]));
    assert_eq!(robots(), "dust_e;adam");
}

/// HubSpot appends, so what a colleague ticked a moment ago stays.
#[tokio::test(start_paused = true)]
async fn appending_keeps_what_somebody_else_added_meanwhile() {
    let world = World::new().await;
    robots(&world).await;
    let path = format!("/crm/v3/objects/contacts/{SARAH}");
    ask_sandbox(&world, "PATCH", &path, json!({"properties": {"robots": "adam"}})).await;
    let stale = json!({
        "id": SARAH, "archived": false, "createdAt": "2025-02-15T21:23:10.453Z", "updatedAt": "2025-02-23T22:15:05.802Z",
        "properties": {"robots": "adam", "firstname": "Sarah", "lastname": "Mark", "email": "sarah@gmail.com"},
    });
    ask_sandbox(&world, "PATCH", &path, json!({"properties": {"robots": ";dust_e"}})).await;
    let mut fault = Fault::once(Effect::Status { status: 200, body: Some(stale), headers: vec![] });
    (fault.matches.method, fault.matches.path_contains) = (Some("GET".into()), Some(format!("/contacts/{SARAH}")));
    world.sandbox.inject_fault(fault);
    let change = json!({"contact": SARAH, "properties": {"robots": {"add": ["Matradee"]}}});
    let changed = world.call("update_contact", change).await.unwrap();
    assert_eq!(property(&world, "contacts", SARAH, "robots"), "adam;dust_e;matradee");
    assert_eq!(changed.get("kept_by_hubspot"), None, "{changed}");
}

#[tokio::test(start_paused = true)]
async fn a_new_record_gets_the_options_as_they_are_listed() {
    let world = World::new().await;
    robots(&world).await;
    let added = json!({"properties": {"firstname": "Ada", "robots": ";adam;ADAM"}});
    let added = world.call("create_contact", added).await.unwrap();
    let id = added["contact"]["contact_id"].as_str().unwrap();
    assert_eq!(property(&world, "contacts", id, "robots"), "adam");
    let ticket = json!({"cus_cid": SARAH, "issue": "It beeps.", "category": "Billing issue"});
    let ticket = world.call("create_ticket", ticket).await.unwrap()["ticket_id"].clone();
    let change = json!({"ticket_id": ticket, "category": ";Product Issue"});
    let changed = world.call("update_ticket", change).await.unwrap();
    assert_eq!(changed["changes"]["category"]["after"], "BILLING_ISSUE;PRODUCT_ISSUE", "{changed}");
    let change = json!({"ticket_id": ticket, "properties": {"Category": {"remove": ["Billing Issue"]}}});
    let changed = world.call("update_ticket", change).await.unwrap();
    assert_eq!(changed["changes"]["category"]["after"], "PRODUCT_ISSUE", "{changed}");
}

async fn serial_number(world: &World) {
    let serial = json!({
        "name": "serial_number", "label": "Serial number", "type": "string", "fieldType": "text",
        "groupName": "ticketinformation",
    });
    define(world, "tickets", serial).await;
    let option = |value: &str| json!({"value": value, "label": value, "displayOrder": 0, "hidden": false});
    let floor = json!({
        "name": "floor", "label": "Floor", "type": "enumeration", "fieldType": "select",
        "groupName": "ticketinformation", "options": [option("ground"), option("first")],
    });
    define(world, "tickets", floor).await;
}

#[tokio::test(start_paused = true)]
async fn a_tickets_own_properties_are_set_changed_and_shown() {
    let world = World::new().await;
    serial_number(&world).await;
    let properties = json!({"Serial number": "D-17", "floor": "Ground"});
    let opened = json!({"cus_cid": SARAH, "issue": "It beeps.", "priority": "high", "properties": properties});
    let id = world.call("create_ticket", opened).await.unwrap()["ticket_id"].as_str().unwrap().to_owned();
    for (name, value) in [("serial_number", "D-17"), ("floor", "ground"), ("hs_ticket_priority", "HIGH")] {
        assert_eq!(property(&world, "tickets", &id, name), value, "{name}");
    }
    let change = json!({"ticket_id": id, "properties": {"Floor": "first", "serial_number": null}});
    let changed = world.call("update_ticket", change).await.unwrap();
    assert_eq!(changed["changes"]["floor"], json!({"before": "ground", "after": "first"}));
    assert_eq!(changed["changes"]["serial_number"], json!({"before": "D-17", "after": ""}));
    for key in [json!({"contact": SARAH}), json!({"ticket_id": id})] {
        let asked = with(key, json!({"properties": ["Floor", "Serial number"]}));
        let shown = world.call("find_tickets", asked).await.unwrap();
        assert_eq!(shown["tickets"][0]["properties"], json!({"floor": "first", "serial_number": ""}), "{shown}");
    }
    let usual = world.call("find_tickets", json!({"ticket_id": id})).await.unwrap();
    assert_eq!(usual["tickets"][0].get("properties"), None);
}

#[tokio::test(start_paused = true)]
async fn wrong_properties_of_a_ticket_are_reported_at_once() {
    let world = World::new().await;
    serial_number(&world).await;
    let before = world.sandbox.records("tickets").len();
    let properties = json!({"serial_numbr": "1", "Floor": "roof", "hs_ticket_id": "7"});
    for (tool, key) in [
        ("create_ticket", json!({"cus_cid": SARAH, "issue": "x"})),
        ("update_ticket", json!({"ticket_id": "33190415288"})),
    ] {
        let error = world.call(tool, with(key.clone(), json!({"properties": properties}))).await.unwrap_err();
        assert_eq!(error["code"], "PROPERTY_NOT_FOUND_ERROR", "{tool}: {error}");
        let problems = error["problems"].as_array().unwrap();
        assert_eq!(problems.len(), 3, "{tool}: {error}");
        assert!(error.to_string().contains("serial_number") && error.to_string().contains("read-only"), "{error}");
        for (name, argument) in [("Priority", "priority"), ("hs_pipeline_stage", "stage"), ("owner", "owner")] {
            let error = world.call(tool, with(key.clone(), json!({"properties": {name: "x"}}))).await.unwrap_err();
            assert_eq!(error["code"], "INVALID_INPUT_ERROR", "{tool} {name}: {error}");
            let problem = error["problems"][0]["problem"].as_str().unwrap();
            assert!(problem.contains(&format!("`{argument}`")), "{tool} {name}: {error}");
        }
    }
    let shown = json!({"ticket_id": "33190415288", "properties": ["serial_numbr"]});
    assert_eq!(world.code("find_tickets", shown).await, "PROPERTY_NOT_FOUND_ERROR");
    assert_eq!(world.sandbox.records("tickets").len(), before);
}

#[tokio::test(start_paused = true)]
async fn required_properties_of_a_ticket_that_are_missing_are_named() {
    let world = World::new().await;
    serial_number(&world).await;
    assert!(world.sandbox.require_property("tickets", "serial_number"));
    assert!(world.sandbox.require_property("tickets", "floor"));
    let before = world.sandbox.records("tickets").len();
    let ticket = |properties: Value| json!({"cus_cid": SARAH, "issue": "It beeps.", "properties": properties});
    let error = world.call("create_ticket", ticket(json!({}))).await.unwrap_err();
    assert_eq!(error["code"], "INVALID_INPUT_ERROR", "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("`serial_number`") && message.contains("`floor`"), "{error}");
    let missing = error["missing"].as_array().unwrap();
    let floor = missing.iter().find(|one| one["property"] == "floor").unwrap();
    assert_eq!(floor["options"], json!(["ground", "first"]));
    assert!(error["hint"].as_str().unwrap().contains("`properties`"), "{error}");
    assert_eq!(world.sandbox.records("tickets").len(), before, "nothing was created");
    let opened = world.call("create_ticket", ticket(json!({"serial_number": "D-17", "floor": "first"}))).await;
    assert!(opened.is_ok(), "{opened:?}");
}

#[tokio::test(start_paused = true)]
async fn a_property_that_a_stage_requires_is_named() {
    let world = World::new().await;
    let body = json!({
        "status": "error", "category": "VALIDATION_ERROR", "message": "Some required properties were not set.",
        "errors": [{
            "message": "Property \"hs_resolution\" is required", "code": "MISSING_CONDITIONAL_REQUIRED_PROPERTY",
            "context": {"propertyName": ["hs_resolution"]},
        }],
    });
    let mut fault = Fault::once(Effect::Status { status: 400, body: Some(body), headers: vec![] });
    (fault.matches.method, fault.matches.path_contains) = (Some("PATCH".into()), Some("/tickets/".into()));
    world.sandbox.inject_fault(fault);
    let change = json!({"ticket_id": "33190415288", "stage": "reopen"});
    let error = world.call("update_ticket", change).await.unwrap_err();
    assert_eq!(
        (&error["code"], &error["missing"][0]["property"]),
        (&json!("INVALID_INPUT_ERROR"), &json!("hs_resolution"))
    );
    assert!(error["missing"][0]["problem"].as_str().unwrap().contains("Resolution"), "{error}");
}

//! `describe_crm`: the account's own pipelines, properties and owners.

use serde_json::{Value, json};

use crate::world::{World, ask_sandbox};

async fn describe(world: &World, arguments: Value) -> Value {
    world.call("describe_crm", arguments).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn pipelines_and_owners_are_described_by_label_and_id() {
    let world = World::new().await;
    let all = describe(&world, json!({"about": "pipelines"})).await;
    assert_eq!(all["pipelines"][0]["pipeline"], "Support Pipeline");
    assert_eq!(all["pipelines"][0]["stages"][3], json!({"stage": "Closed", "stage_id": "4", "closed": true}));
    let one = describe(&world, json!({"about": "pipelines", "search": "in repair"})).await;
    assert_eq!((&one["total"], &one["pipelines"][0]["pipeline_id"]), (&json!(1), &json!("748239100")));
    let owners = describe(&world, json!({"about": "owners"})).await;
    assert_eq!(owners["total"], 3, "who has left owns nothing");
    for search in ["tanaka", "mei.tanaka@richtech.example", "117003"] {
        let one = describe(&world, json!({"about": "owners", "search": search})).await;
        assert_eq!(one["owners"][0]["name"], "Mei Tanaka", "{search}");
    }
}

#[tokio::test(start_paused = true)]
async fn b3_properties_are_found_by_word_and_described_with_their_options() {
    let world = World::new().await;
    let found = describe(&world, json!({"about": "contact_properties", "search": "phone number"})).await;
    let names: Vec<_> =
        found["properties"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"phone") && names.contains(&"mobilephone"), "{names:?}");
    let phones = describe(&world, json!({"about": "contact_properties", "search": "phone"})).await;
    let (first, second) = (&phones["properties"][0]["name"], &phones["properties"][1]["name"]);
    assert_eq!((first, second), (&json!("phone"), &json!("mobilephone")), "the one of that name hides no other");
    let stage = describe(&world, json!({"about": "contact_properties", "search": "lifecyclestage"})).await;
    let options = stage["properties"][0]["options"].as_array().unwrap();
    assert!(options.contains(&json!("salesqualifiedlead")), "{options:?}");
    assert_eq!((options.len(), &stage["total"]), (8, &json!(1)));
    let category = describe(&world, json!({"about": "ticket_properties", "search": "category"})).await;
    assert_eq!(
        (&category["properties"][0]["name"], &category["properties"][0]["several"]),
        (&json!("hs_ticket_category"), &json!(true))
    );
    let nothing = describe(&world, json!({"about": "ticket_properties", "search": "weather"})).await;
    assert_eq!(nothing, json!({"total": 0}));
}

#[tokio::test(start_paused = true)]
async fn all_properties_come_page_by_page_and_once() {
    let world = World::new().await;
    let (mut names, mut cursor) = (vec![], json!(null));
    loop {
        let page = describe(&world, json!({"about": "contact_properties", "cursor": cursor})).await;
        names.extend(page["properties"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()));
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            assert_eq!(names.len(), page["total"]);
            break;
        }
        let other = json!({"about": "ticket_properties", "cursor": cursor});
        assert_eq!(world.code("describe_crm", other).await, "INVALID_INPUT_ERROR");
    }
    names.sort();
    names.dedup();
    assert!(names.len() > 50 && names.contains(&"email".to_owned()), "{}", names.len());
}

/// B3: a pipeline gets another stage and another name while the old ones are cached.
#[tokio::test(start_paused = true)]
async fn changes_of_a_minute_ago_are_known() {
    let world = World::new().await;
    describe(&world, json!({"about": "pipelines"})).await;
    let stage = json!({"label": "With the supplier", "displayOrder": 2, "metadata": {"ticketState": "OPEN"}});
    ask_sandbox(&world, "POST", "/crm/v3/pipelines/tickets/0/stages", stage).await;
    let ticket = json!({"cus_cid": "84246479604", "issue": "x", "stage": "with the supplier"});
    assert_eq!(world.call("create_ticket", ticket).await.unwrap()["stage"], "With the supplier");
    ask_sandbox(&world, "PATCH", "/crm/v3/pipelines/tickets/0", json!({"label": "Help desk"})).await;
    let ticket = json!({"cus_cid": "84246479604", "issue": "x", "pipeline": "help desk"});
    assert_eq!(world.call("create_ticket", ticket).await.unwrap()["pipeline"], "Help desk");
}

#[tokio::test(start_paused = true)]
async fn a_named_property_is_described_with_all_its_options() {
    let world = World::new().await;
    let options: Vec<_> = (0..250)
        .map(|at| json!({"label": format!("Country {at}"), "value": format!("C{at}"), "displayOrder": at}))
        .collect();
    let country = json!({
        "name": "home_country", "label": "Home country", "type": "enumeration", "fieldType": "select",
        "groupName": "contactinformation", "options": options,
    });
    ask_sandbox(&world, "POST", "/crm/v3/properties/contacts", country).await;
    let (mut seen, mut cursor) = (vec![], json!(null));
    loop {
        let asked = json!({"about": "contact_properties", "search": "home country", "cursor": cursor});
        let page = describe(&world, asked).await;
        assert_eq!(page["properties"][0]["options_total"], 250);
        seen.extend(page["properties"][0]["options"].as_array().unwrap().iter().map(ToString::to_string));
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    seen.dedup();
    assert_eq!(seen.len(), 250);
    let wrong = json!({"properties": {"email": "new@acme.example", "Home country": "Country 249a"}});
    let error = world.call("create_contact", wrong).await.unwrap_err();
    assert_eq!(error["problems"][0]["options"][0], "C249", "the nearest comes first: {error}");
}

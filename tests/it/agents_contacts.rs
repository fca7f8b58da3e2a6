//! The contact tools as agents use them in conversations: everybody is recognised, nobody twice, and no list of strangers.

use frontdesk::tool::policy::ToolPolicy;
use serde_json::{Value, json};

use crate::world::{World, ask_sandbox};

const SARAH: &str = "84246479604";
const FREJA: &str = "118420663270";

async fn added(world: &World, properties: Value) -> Value {
    world.call("create_contact", json!({ "properties": properties })).await.unwrap()
}

async fn searched(world: &World, arguments: Value) -> Value {
    world.call("search_contacts", arguments).await.unwrap()
}

fn ids(found: &Value) -> Vec<&str> {
    found["contacts"].as_array().unwrap().iter().map(|one| one["contact_id"].as_str().unwrap()).collect()
}

// Recognising

#[tokio::test(start_paused = true)]
async fn f21_a_customer_is_recognised_and_logged_by_phone_number() {
    let world = World::new().await;
    for phone in ["+1 702 555 0143", "7025550143", "(702) 555-0143"] {
        let before = world.sandbox.records("communications").len();
        let found = json!({"phone": phone, "chat": "My robot beeps."});
        let found = world.call("find_contact_by_email", found).await.unwrap();
        assert_eq!((&found["contact_id"], &found["contact_first_name"]), (&json!(SARAH), &json!("Sarah")), "{phone}");
        assert!(found["logged_communication_id"].is_string(), "{found}");
        assert_eq!(world.sandbox.records("communications").len(), before + 1);
    }
    let unknown = world.call("find_contact_by_email", json!({"phone": "+1 702 555 9999"})).await.unwrap_err();
    assert_eq!(unknown["code"], "USER_NOT_FOUND_ERROR");
    assert!(unknown["message"].as_str().unwrap().contains("phone number"), "{unknown}");
    for wrong in [json!({}), json!({"phone": "soon"})] {
        assert_eq!(world.code("find_contact_by_email", wrong.clone()).await, "INVALID_INPUT_ERROR", "{wrong}");
    }
}

#[tokio::test(start_paused = true)]
async fn f21_a_number_of_several_people_is_asked_back_without_their_data() {
    let world = World::new().await;
    let twin = json!({"firstname": "Bill", "lastname": "Mark", "email": "bill@acme.example", "company": "Acme", "phone": "702 555 0143"});
    world.call("create_contact", json!({"properties": twin, "allow_same_phone": true})).await.unwrap();
    let before = world.sandbox.records("communications").len();
    let error = json!({"phone": "+1 702 555 0143", "chat": "Hello"});
    let error = world.call("find_contact_by_email", error).await.unwrap_err();
    assert_eq!(error["code"], "AMBIGUOUS_ERROR");
    let names: Vec<_> = error["candidates"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert!(names.contains(&json!("Sarah Mark")) && names.contains(&json!("Bill Mark")), "{error}");
    assert!(!error.to_string().contains("acme") && !error.to_string().contains("gmail"), "{error}");
    assert_eq!(world.sandbox.records("communications").len(), before, "nothing was logged on either");
}

#[tokio::test(start_paused = true)]
async fn f21_the_hint_for_somebody_unknown_names_a_tool_for_each_wish() {
    let world = World::new().await;
    for unknown in [json!({"email": "nobody@nowhere.example"}), json!({"phone": "+1 702 555 9999"})] {
        let error = world.call("find_contact_by_email", unknown).await.unwrap_err();
        for tool in ["search_contacts", "search_documents", "create_contact"] {
            assert!(error["hint"].as_str().unwrap().contains(tool), "{tool}: {error}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn f21_recovered_is_explained_to_the_agent() {
    let world = World::new().await;
    let instructions = world.client.peer_info().unwrap().instructions.clone().unwrap();
    assert!(instructions.contains("`recovered` or `already`: it was done once"), "{instructions}");
}

#[tokio::test(start_paused = true)]
async fn a_contact_is_shown_with_company_and_open_deals() {
    let world = World::new().await;
    let deal = |name: &str, stage: &str| {
        json!({
            "properties": {"dealname": name, "pipeline": "default", "dealstage": stage, "amount": "12000"},
            "associations": [{"to": {"id": SARAH}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 3}]}],
        })
    };
    for (name, stage) in [("Two Matradee", "contractsent"), ("One Adam", "closedwon")] {
        ask_sandbox(&world, "POST", "/crm/v3/objects/deals", deal(name, stage)).await;
    }
    let sarah = world.call("get_contact", json!({"contact": "sarah@gmail.com"})).await.unwrap();
    assert_eq!(sarah["companies"], json!(["ClouTea (cloutea.com)"]));
    assert_eq!(sarah["open_deals"], json!(["Two Matradee, Contract Sent, 12000"]));
    let freja = world.call("get_contact", json!({"contact": FREJA})).await.unwrap();
    assert_eq!((freja.get("companies"), freja.get("open_deals")), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_token_without_the_scopes_shows_a_contact_all_the_same() {
    let world = World::new().await;
    for path in ["/contacts/companies", "/contacts/deals"] {
        let fault = hubspot_sandbox::fault::Fault::once(hubspot_sandbox::fault::Effect::status(403)).times(9);
        world.sandbox.inject_fault(fault.on(&http::Method::POST, path));
    }
    let sarah = world.call("get_contact", json!({"contact": SARAH})).await.unwrap();
    assert_eq!((sarah.get("companies"), &sarah["properties"]["firstname"]), (None, &json!("Sarah")));
}

// Searching

#[tokio::test(start_paused = true)]
async fn f18_a_name_with_the_last_name_first_is_found() {
    let world = World::new().await;
    for query in ["Mark, Sarah", "Mark,Sarah", "mark , sarah", "Sarah Mark"] {
        assert_eq!(ids(&searched(&world, json!({"query": query})).await), [SARAH], "{query}");
    }
}

#[tokio::test(start_paused = true)]
async fn f18_names_like_one_that_nobody_has_are_suggested() {
    let world = World::new().await;
    for (query, name) in [
        ("Sara Marks", "Sarah Mark"),
        ("Marks, Sara", "Sarah Mark"),
        ("Freya Holm", "Freja Holm"),
        ("Morau", "Camille Moreau"),
    ] {
        let found = searched(&world, json!({"query": query})).await;
        assert_eq!((&found["total"], &found["similar_names"]), (&json!(0), &json!([name])), "{query}");
    }
    let misspelt = searched(&world, json!({"query": "sarah@gmial.com"})).await;
    assert_eq!(misspelt["similar"], json!([{"contact_id": SARAH, "name": "Sarah Mark"}]));
    assert!(misspelt["advice"].as_str().unwrap().contains("ask the customer"), "{misspelt}");
    assert_eq!(searched(&world, json!({"query": "sarha@gmail.com"})).await["similar"], misspelt["similar"]);
    for nobody in ["Zbigniew Przybylski", "nobody@nowhere.example", "+1 702 555 9999"] {
        assert_eq!(searched(&world, json!({"query": nobody})).await.get("similar_names"), None, "{nobody}");
    }
    assert_eq!(searched(&world, json!({"query": "Sarah Mark"})).await.get("similar_names"), None);
}

#[tokio::test(start_paused = true)]
async fn f18_a_search_that_names_nobody_is_only_counted() {
    let world = World::new().await;
    for broad in [
        json!({"filters": {"createdate": {"from": "2000-01-01"}}}),
        json!({"filters": {"createdate": {"from": "2000-01-01"}}, "limit": 100}),
        json!({"filters": {"email": "*"}}),
        json!({"query": "."}),
        json!({"query": "com"}),
        json!({"query": "gmail.com"}),
        json!({"query": ".com"}),
        json!({"filters": {"lifecyclestage": "customer"}}),
        json!({"filters": {"hubspot_owner_id": "117001"}}),
        json!({"filters": {"company": "*"}}),
    ] {
        let found = searched(&world, broad.clone()).await;
        assert!(found["total"].as_u64().unwrap() > 0, "{broad}: {found}");
        assert_eq!((ids(&found).len(), found.get("next_cursor")), (0, None), "{broad}: {found}");
        assert!(found["too_broad"].as_str().unwrap().contains("ask for a name"), "{found}");
    }
    for named in [
        json!({"filters": {"lastname": "Mark", "createdate": {"from": "2000-01-01"}}}),
        json!({"query": "Sarah", "filters": {"createdate": {"from": "2000-01-01"}}}),
        json!({"filters": {"phone": "+1 702 555 0143"}}),
    ] {
        assert_eq!(ids(&searched(&world, named.clone()).await), [SARAH], "{named}");
    }
}

#[tokio::test(start_paused = true)]
async fn f18_an_operator_lets_broad_searches_list() {
    let world = World::under(ToolPolicy { broad_searches: true, ..ToolPolicy::default() }).await;
    let found = searched(&world, json!({"filters": {"createdate": {"from": "2000-01-01"}}, "limit": 100})).await;
    assert_eq!((ids(&found).len() as u64, found.get("too_broad")), (found["total"].as_u64().unwrap(), None));
}

// Adding

#[tokio::test(start_paused = true)]
async fn an_address_and_a_number_together_recognise_by_the_address() {
    let world = World::new().await;
    let both = |email: &str| json!({"email": email, "phone": "+1 702 555 0143"});
    let known = world.call("find_contact_by_email", both("tom.baker@harborviewhotel.com")).await.unwrap();
    assert_eq!(known["contact_first_name"], "Tom");
    let unknown = world.call("find_contact_by_email", both("sm@new.example")).await.unwrap_err();
    assert_eq!(unknown["code"], "USER_NOT_FOUND_ERROR");
    assert_eq!(unknown["candidates"], json!([{"contact_id": SARAH, "name": "Sarah Mark"}]));
    let neither = world.call("find_contact_by_email", json!({"chat": "Hello"})).await.unwrap_err();
    assert!(neither["message"].as_str().unwrap().contains("`phone`"), "{neither}");
}

/// People who may be the same are counted, and nothing of them is told.
#[tokio::test(start_paused = true)]
async fn a_new_contact_like_another_one_says_so() {
    let world = World::new().await;
    let near = json!({"email": "sara@acme.example", "firstname": "Sara", "lastname": "Marks"});
    let near = added(&world, near).await;
    assert_eq!((&near["created"], &near["like_name"], near.get("same_name")), (&json!(true), &json!(1), None));
    assert!(!near.to_string().contains("Sarah"), "{near}");
    let other = added(&world, json!({"firstname": "Zbigniew", "lastname": "Przybylski"})).await;
    assert_eq!((other.get("like_name"), other.get("same_mailbox")), (None, None));
    let twice = json!({"properties": {"email": "sarah+x@gmail.com"}, "allow_same_phone": true});
    let twice = world.call("create_contact", twice).await.unwrap();
    assert_eq!((&twice["created"], &twice["same_mailbox"]), (&json!(true), &json!(true)));
}

/// Adding and recognising say the same of another spelling, so that nobody is sent back and forth.
#[tokio::test(start_paused = true)]
async fn another_spelling_of_a_mailbox_names_its_contact() {
    let world = World::new().await;
    for email in ["s.arah@gmail.com", "Sarah+robots@googlemail.com"] {
        let unknown = world.call("find_contact_by_email", json!({"email": email, "chat": "Hello"})).await.unwrap_err();
        assert_eq!(unknown["code"], "USER_NOT_FOUND_ERROR", "{email}");
        assert_eq!(unknown["candidates"], json!([{"contact_id": SARAH, "name": "Sarah Mark"}]), "{email}");
        assert!(unknown["hint"].as_str().unwrap().contains("`contact_id`"), "{unknown}");
    }
    for email in ["sara@gmail.com", "s.arah@acme.example"] {
        let unknown = world.call("find_contact_by_email", json!({ "email": email })).await.unwrap_err();
        assert_eq!(unknown.get("candidates"), None, "{email}");
    }
}

#[tokio::test(start_paused = true)]
async fn f19_another_spelling_of_a_mailbox_adds_nobody() {
    let world = World::new().await;
    let dotted =
        json!({"email": "j.o.anne@gmail.com", "firstname": "Joanne", "lastname": "Day", "company": "Secret Ltd"});
    let dotted = added(&world, dotted).await["contact"]["contact_id"].clone();
    let before = world.sandbox.records("contacts").len();
    for (email, id) in [
        ("s.a.r.a.h@gmail.com", &json!(SARAH)),
        ("sarah+robots@gmail.com", &json!(SARAH)),
        ("Sarah@googlemail.com", &json!(SARAH)),
        ("joanne@gmail.com", &dotted),
    ] {
        let answer = added(&world, json!({"email": email, "firstname": "Sarah"})).await;
        assert_eq!((&answer["created"], &answer["matched_by"]), (&json!(false), &json!("mailbox")), "{email}");
        assert_eq!(&answer["contact"]["contact_id"], id, "{email}");
        for data in ["ClouTea", "Secret", "702", "gmail"] {
            assert!(!answer.to_string().contains(data), "{email}: {answer}");
        }
    }
    assert_eq!(world.sandbox.records("contacts").len(), before);
    for email in ["s.arah@acme.example", "sara@gmail.com"] {
        assert_eq!(added(&world, json!({ "email": email })).await["created"], true, "{email}");
    }
    let other = json!({"properties": {"email": "sa.rah@gmail.com"}, "allow_same_phone": true});
    assert_eq!(world.call("create_contact", other).await.unwrap()["created"], true);
}

#[tokio::test(start_paused = true)]
async fn f19_people_with_the_same_name_are_counted_and_not_shown() {
    let world = World::new().await;
    let answer = added(&world, json!({"email": "s.mark@acme.example", "firstname": "sarah", "lastname": "Mark"})).await;
    assert_eq!((&answer["created"], &answer["same_name"]), (&json!(true), &json!(1)));
    for data in ["ClouTea", "702 555", "sarah@gmail.com", SARAH] {
        assert!(!answer.to_string().contains(data), "{answer}");
    }
    let other =
        added(&world, json!({"email": "s.marks@acme.example", "firstname": "Sarah", "lastname": "Marks"})).await;
    assert_eq!(other.get("same_name"), None);
}

#[tokio::test(start_paused = true)]
async fn f19_a_match_by_phone_shows_a_name_alone() {
    let world = World::new().await;
    let answer = added(&world, json!({"firstname": "S", "phone": "702 555 0143"})).await;
    assert_eq!((&answer["created"], &answer["matched_by"]), (&json!(false), &json!("phone")));
    assert_eq!(answer["contact"]["properties"], json!({"firstname": "Sarah", "lastname": "Mark"}));
    assert_eq!(answer["contact"]["contact_id"], SARAH);
}

#[tokio::test(start_paused = true)]
async fn a_name_is_found_whatever_apostrophe_it_is_written_with() {
    let world = World::new().await;
    for name in ["Liam O'Connor", "Liam O’Connor", "O’Connor", "oʼconnor", "my name is Liam O´Connor"] {
        let found = world.call("search_contacts", json!({ "query": name })).await.unwrap();
        let names: Vec<_> =
            found["contacts"].as_array().unwrap().iter().map(|one| &one["properties"]["lastname"]).collect();
        assert_eq!(names, ["O'Connor"], "{name}: {found}");
    }
}

//! Contacts: reading, searching, adding and changing them, with the failures of each.

use frontdesk::tool::policy::ToolPolicy;
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};

use crate::world::{World, ask_sandbox};

const SARAH: &str = "84246479604";
const AIKO: &str = "84246481952";
const TOM: &str = "84246480117";

async fn late() -> World {
    let settings = hubspot_sandbox::Settings { search_lag_ms: 5_000, ..hubspot_sandbox::Settings::default() };
    World::with(settings, hubspot_client::Settings::default()).await
}

async fn get(world: &World, contact: impl Into<Value>) -> Value {
    world.call("get_contact", json!({"contact": contact.into()})).await.unwrap()
}

async fn found(world: &World, arguments: Value) -> Vec<String> {
    let answer = world.call("search_contacts", arguments).await.unwrap();
    answer["contacts"].as_array().unwrap().iter().map(|one| one["contact_id"].as_str().unwrap().to_owned()).collect()
}

/// A contact that a person entered in HubSpot.
async fn typed_in(world: &World, properties: Value) -> String {
    let made = ask_sandbox(world, "POST", "/crm/v3/objects/contacts", json!({"properties": properties})).await;
    made["id"].as_str().unwrap().to_owned()
}

// Reading

#[tokio::test(start_paused = true)]
async fn b6_a_contact_is_read_by_id_or_any_of_their_addresses() {
    let world = World::new().await;
    for key in [json!(SARAH), json!(84_246_479_604_u64), json!("SARAH@gmail.com")] {
        let card = get(&world, key).await;
        assert_eq!((&card["contact_id"], &card["properties"]["firstname"]), (&json!(SARAH), &json!("Sarah")));
        assert_eq!(card["url"], format!("https://app.hubspot.com/contacts/44237313/record/0-1/{SARAH}"));
    }
    assert_eq!(get(&world, "a.sato@kissaten.jp").await["contact_id"], AIKO, "a secondary address");
    assert!(world.sandbox.records("communications").is_empty(), "reading logs nothing");
    assert_eq!(world.code("get_contact", json!({"contact": "nobody@nowhere.example"})).await, "USER_NOT_FOUND_ERROR");
    assert_eq!(world.code("get_contact", json!({"contact": "999"})).await, "CONTACT_NOT_FOUND_ERROR");
    assert_eq!(world.code("get_contact", json!({"contact": "Sarah"})).await, "INVALID_INPUT_ERROR");
}

#[tokio::test(start_paused = true)]
async fn properties_are_asked_for_by_name_or_label() {
    let world = World::new().await;
    let asked = json!({"contact": SARAH, "properties": ["Mobile Phone Number", "jobtitle", "Last activity date"]});
    let card = world.call("get_contact", asked).await.unwrap();
    for empty in ["mobilephone", "jobtitle", "notes_last_updated"] {
        assert_eq!(card["properties"][empty], "", "{card}");
    }
    let error = world.call("get_contact", json!({"contact": SARAH, "properties": ["Phonenumbr"]})).await.unwrap_err();
    assert_eq!(error["code"], "PROPERTY_NOT_FOUND_ERROR");
    assert!(error["problems"][0]["nearest"].as_array().unwrap().contains(&json!("phone")), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_merged_contact_is_the_winner_and_an_archived_one_says_so() {
    let world = World::new().await;
    let merge = json!({"primaryObjectId": SARAH, "objectIdToMerge": AIKO});
    ask_sandbox(&world, "POST", "/crm/v3/objects/contacts/merge", merge).await;
    let card = get(&world, AIKO).await;
    assert_eq!((&card["contact_id"], &card["merged_from"]), (&json!(SARAH), &json!(AIKO)));
    assert!(world.sandbox.archive("contacts", TOM.parse().unwrap()));
    let card = get(&world, TOM).await;
    assert_eq!((&card["archived"], &card["properties"]["firstname"]), (&json!(true), &json!("Tom")));
    let change = json!({"contact": TOM, "properties": {"phone": "+45 12345678"}});
    assert_eq!(world.code("update_contact", change).await, "ARCHIVED_ERROR");
}

#[tokio::test(start_paused = true)]
async fn long_texts_come_part_by_part() {
    let world = World::new().await;
    let message: String = (0..1_500).map(|at| char::from(b'a' + (at % 26) as u8)).collect();
    let id = typed_in(&world, json!({"lastname": "Long", "message": message})).await;
    let part = async |from: u64| {
        let asked = json!({"contact": id, "properties": ["message"], "text_from": from});
        world.call("get_contact", asked).await.unwrap()
    };
    let first = part(0).await;
    assert_eq!((&first["truncated"], &first["text_next"]), (&json!(true), &json!(1_000)));
    let second = part(1_000).await;
    assert_eq!(second.get("truncated"), None);
    let whole = [&first, &second].map(|card| card["customer_text"]["message"].as_str().unwrap()).concat();
    assert_eq!(whole, message);
}

// Searching

#[tokio::test(start_paused = true)]
async fn f1_contacts_are_found_by_any_known_value() {
    let world = World::new().await;
    for query in [
        SARAH,
        "Sarah@Gmail.com",
        "+1 702 555 0143",
        "(702) 555-0143",
        "0017025550143",
        "Sarah",
        "Mark",
        "sarah mark",
        "ClouTea",
    ] {
        assert_eq!(found(&world, json!({"query": query})).await, [SARAH], "{query}");
    }
    assert_eq!(found(&world, json!({"query": "aiko@sato.jp"})).await, [AIKO]);
    assert_eq!(found(&world, json!({"filters": {"Last name": "Baker"}})).await, [TOM]);
    let operators = World::under(ToolPolicy { broad_searches: true, ..ToolPolicy::default() }).await;
    let both = json!({"filters": {"owner": "Mei Tanaka", "lifecyclestage": ["customer", "Opportunity"]}});
    assert_eq!(found(&operators, both).await, [AIKO]);
    let span = json!({"filters": {"createdate": {"from": "2025-03-01", "to": "2025-03-31"}}});
    assert_eq!(found(&operators, span).await, [TOM]);
    assert_eq!(found(&world, json!({"query": "hotel", "filters": {"phone": null}})).await, [TOM]);
    let answer = world.call("search_contacts", json!({"query": "Sarah"})).await.unwrap();
    assert_eq!(
        (&answer["total"], &answer["searched"][0]),
        (&json!(1), &json!("words in name, e-mail address, phone number and company"))
    );
    assert!(answer["contacts"][0]["url"].as_str().unwrap().ends_with(SARAH));
}

/// Nine in the evening in New York, where the account is, is the next day in UTC.
#[tokio::test(start_paused = true)]
async fn a_day_in_a_filter_is_one_of_the_accounts_zone() {
    let world = World::new().await;
    world.sandbox.set_clock("2026-11-23T02:00:00Z".parse().unwrap());
    let evening = typed_in(&world, json!({"lastname": "Vesper"})).await;
    for (created, is_found) in [
        (json!("2026-11-22"), true),
        (json!("2026-11-23"), false),
        (json!({"from": "2026-11-22", "to": "2026-11-22"}), true),
        (json!({"to": "2026-11-22"}), true),
        (json!({"from": "2026-11-23"}), false),
        (json!({"from": "2026-11-23T02:00:00Z"}), true),
    ] {
        let people = found(&world, json!({"filters": {"lastname": "Vesper", "createdate": created}})).await;
        assert_eq!(people, if is_found { vec![evening.clone()] } else { vec![] }, "{created}");
    }
    let days = json!({"filters": {"lastname": "Vesper", "createdate": ["2026-11-22", "2026-11-23"]}});
    let error = world.call("search_contacts", days).await.unwrap_err();
    assert!(error["problems"][0]["problem"].as_str().unwrap().contains("`from` and `to` with days"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn b4_an_empty_search_result_is_not_an_error() {
    let world = World::new().await;
    for query in ["Zebediah", "nobody@nowhere.example", "999", "+999 1234567", "x"] {
        let answer = world.call("search_contacts", json!({"query": query})).await.unwrap();
        assert_eq!((&answer["total"], &answer["contacts"]), (&json!(0), &json!([])), "{query}");
    }
    for (bad, code) in [
        (json!({}), "INVALID_INPUT_ERROR"),
        (json!({"query": " "}), "INVALID_INPUT_ERROR"),
        (json!({"query": "x", "limit": 0}), "INVALID_INPUT_ERROR"),
        (json!({"query": "x".repeat(600)}), "INVALID_INPUT_ERROR"),
        (json!({"filters": {"nickname": "x"}}), "PROPERTY_NOT_FOUND_ERROR"),
        (json!({"filters": {"lifecyclestage": "Bigwig"}}), "INVALID_INPUT_ERROR"),
        (json!({"filters": {"owner": "Nobody"}}), "OWNER_NOT_FOUND_ERROR"),
    ] {
        assert_eq!(world.code("search_contacts", bad.clone()).await, code, "{bad}");
    }
}

#[tokio::test(start_paused = true)]
async fn b7_pages_continue_despite_concurrent_additions() {
    let world = World::under(ToolPolicy { broad_searches: true, ..ToolPolicy::default() }).await;
    let everybody = |cursor: Value| json!({"filters": {"email": "*"}, "limit": 3, "cursor": cursor});
    let before = found(&world, json!({"filters": {"email": "*"}, "limit": 100})).await;
    let (mut seen, mut cursor) = (vec![], json!(null));
    loop {
        let page = world.call("search_contacts", everybody(cursor)).await.unwrap();
        assert_eq!(page["total"], before.len(), "of the whole search");
        seen.extend(
            page["contacts"].as_array().unwrap().iter().map(|one| one["contact_id"].as_str().unwrap().to_owned()),
        );
        typed_in(&world, json!({"email": format!("new{}@example.com", seen.len())})).await;
        cursor = page["next_cursor"].clone();
        if cursor.is_null() {
            break;
        }
        let other = json!({"query": "Sarah", "cursor": cursor});
        assert_eq!(world.code("search_contacts", other).await, "INVALID_INPUT_ERROR", "a cursor has its question");
    }
    assert_eq!(seen, before);
    assert_eq!(world.code("search_contacts", everybody(json!("20"))).await, "INVALID_INPUT_ERROR");
}

#[tokio::test(start_paused = true)]
async fn a_new_contact_is_found_by_address_and_id_before_it_is_indexed() {
    let world = late().await;
    let added = world.call("create_contact", json!({"properties": {"email": "ada@acme.example"}})).await.unwrap();
    let id = added["contact"]["contact_id"].as_str().unwrap();
    assert_eq!(found(&world, json!({"query": "acme"})).await, Vec::<String>::new(), "HubSpot's index is behind");
    assert_eq!(found(&world, json!({"query": "ada@acme.example"})).await, [id]);
    assert_eq!(found(&world, json!({"query": id})).await, [id]);
    for filters in
        [json!({"email": "Ada@acme.example"}), json!({"Email": "ada@acme.example"}), json!({"hs_object_id": id})]
    {
        assert_eq!(found(&world, json!({ "filters": filters })).await, [id], "{filters}");
    }
    assert_eq!(found(&world, json!({"filters": {"email": "a.sato@kissaten.jp"}})).await, [AIKO], "a secondary address");
    let no_list = json!({"query": "ada@acme.example", "cursor": "garbage"});
    assert_eq!(world.code("search_contacts", no_list).await, "INVALID_INPUT_ERROR");
}

/// A change addressed by a phone number must not hit a contact who only has a similar number.
#[tokio::test(start_paused = true)]
async fn a_phone_number_filter_matches_only_that_number() {
    let world = World::new().await;
    let search = async |phone: Value| world.call("search_contacts", json!({"filters": {"phone": phone}})).await;
    for spelling in [json!("(702) 555-0143"), json!("+1 702 555 0143"), json!(7_025_550_143_u64)] {
        let answer = search(spelling.clone()).await.unwrap();
        assert_eq!((&answer["total"], &answer["contacts"][0]["contact_id"]), (&json!(1), &json!(SARAH)), "{spelling}");
    }
    let strangers = search(json!("+99 999 5550143")).await.unwrap();
    assert_eq!((&strangers["total"], &strangers["contacts"]), (&json!(0), &json!([])));
    for bad in [json!(["(702) 555-0143"]), json!("Sarah"), json!({"from": "1"})] {
        let error = search(bad.clone()).await.unwrap_err();
        assert!(error["problems"][0]["problem"].as_str().unwrap().contains("one phone number"), "{bad}: {error}");
    }
}

// Adding

#[tokio::test(start_paused = true)]
async fn a_contact_is_added_with_values_in_plain_words() {
    let world = World::new().await;
    let properties = json!({
        "email": "Ada@Acme.example", "First name": "Ada", "last_name": "Lovelace", "Phone number": "+45 12 34 56 78",
        "owner": "mei.tanaka@richtech.example", "Lifecycle stage": "sales qualified lead", "annualrevenue": 12.5,
        "date_of_birth": "1815-12-10", "jobtitle": null,
    });
    let added = world.call("create_contact", json!({"properties": properties})).await.unwrap();
    assert_eq!(added["created"], true);
    let kept = record(&world, &added["contact"]["contact_id"]);
    for (name, value) in [
        ("email", "ada@acme.example"),
        ("firstname", "Ada"),
        ("lastname", "Lovelace"),
        ("phone", "+45 12 34 56 78"),
        ("hubspot_owner_id", "117003"),
        ("lifecyclestage", "salesqualifiedlead"),
        ("annualrevenue", "12.5"),
        ("date_of_birth", "1815-12-10"),
    ] {
        assert_eq!(kept[name], value, "{name}");
        assert_eq!(added["contact"]["properties"][name], value, "{added}");
    }
    assert!(added["contact"]["url"].as_str().unwrap().starts_with("https://app.hubspot.com/contacts/44237313/"));
}

#[tokio::test(start_paused = true)]
async fn f2_an_existing_contact_is_returned_and_not_added() {
    let world = World::new().await;
    let before = world.sandbox.records("contacts").len();
    for (properties, id, by) in [
        (json!({"email": "sarah@gmail.com", "firstname": "Sally"}), SARAH, "email"),
        (json!({"email": "AIKO@sato.jp"}), AIKO, "email"),
        (json!({"firstname": "Sarah", "phone": "702-555-0143"}), SARAH, "phone"),
        (json!({"email": "s.mark@work.example", "mobilephone": "001 702 555 0143"}), SARAH, "phone"),
    ] {
        let answer = world.call("create_contact", json!({"properties": properties})).await.unwrap();
        assert_eq!((&answer["created"], &answer["matched_by"]), (&json!(false), &json!(by)), "{properties}");
        assert_eq!(answer["contact"]["contact_id"], id);
    }
    assert_eq!(record(&world, &json!(SARAH))["firstname"], "Sarah", "nothing was changed");
    assert_eq!(world.sandbox.records("contacts").len(), before);
    let colleague = json!({"properties": {"firstname": "Sam", "phone": "702-555-0143"}, "allow_same_phone": true});
    assert_eq!(world.call("create_contact", colleague).await.unwrap()["created"], true);
}

#[tokio::test(start_paused = true)]
async fn a_conflict_reported_by_hubspot_returns_the_existing_contact() {
    let world = World::new().await;
    let body = json!({"status": "error", "category": "CONFLICT", "message": format!("Contact already exists. Existing ID: {SARAH}")});
    let mut fault = Fault::once(Effect::Status { status: 409, body: Some(body), headers: vec![] });
    fault.matches.method = Some("POST".into());
    fault.matches.path = Some("/crm/objects/2026-09/contacts".into());
    fault.after = 1; // The look for the address comes first.
    world.sandbox.inject_fault(fault);
    let answer = world.call("create_contact", json!({"properties": {"email": "s.mark@old.example"}})).await.unwrap();
    assert_eq!((&answer["created"], &answer["contact"]["contact_id"]), (&json!(false), &json!(SARAH)));
}

/// Seconds would be a day of January 1970, silently.
#[tokio::test(start_paused = true)]
async fn finding_f3_dates_in_seconds_are_refused_and_milliseconds_named() {
    let world = World::new().await;
    let seconds = utc_seconds("2026-12-01T00:00:00Z");
    for number in [json!(seconds), json!(seconds.to_string())] {
        let properties = json!({"email": "new@acme.example", "date_of_birth": number});
        let error = world.call("create_contact", json!({"properties": properties})).await.unwrap_err();
        assert!(error["problems"][0]["problem"].as_str().unwrap().contains("unix milliseconds"), "{error}");
        let search = json!({"filters": {"createdate": {"from": number}}});
        let error = world.call("search_contacts", search).await.unwrap_err();
        assert!(error["problems"][0]["problem"].as_str().unwrap().contains("unix milliseconds"), "{error}");
    }
    let ms = (seconds * 1000).to_string();
    let properties = json!({"email": "new@acme.example", "date_of_birth": ms});
    let created = world.call("create_contact", json!({"properties": properties})).await.unwrap();
    let id = created["contact"]["contact_id"].clone();
    let read = json!({"contact": id, "properties": ["date_of_birth"]});
    let read = world.call("get_contact", read).await.unwrap();
    assert!(read.to_string().contains(r#""date_of_birth":"2026-12-01""#), "{read}");
}

fn utc_seconds(at: &str) -> i64 {
    at.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp()
}

#[tokio::test(start_paused = true)]
async fn b3_all_invalid_values_are_reported_at_once_with_valid_ones() {
    let world = World::new().await;
    let properties = json!({
        "email": "ada", "lifecyclestage": "Bigwig", "annualrevenue": "a lot", "createdate": "2026-01-01", "nickname": "A",
        "date_of_birth": "10/12/1815", "firstname": " ",
    });
    let error = world.call("create_contact", json!({"properties": properties})).await.unwrap_err();
    assert_eq!(error["code"], "PROPERTY_NOT_FOUND_ERROR");
    let problems = error["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 7, "{error}");
    let of = |name: &str| problems.iter().find(|one| one["property"] == name).unwrap();
    assert!(of("lifecyclestage")["options"].as_array().unwrap().contains(&json!("salesqualifiedlead")));
    assert!(of("createdate")["problem"].as_str().unwrap().contains("read-only"));
    assert!(of("date_of_birth")["problem"].as_str().unwrap().contains("2026-12-01"));
    assert!(world.sandbox.records("contacts").iter().all(|one| one["properties"]["email"] != "ada"));
    let owner = json!({"properties": {"email": "ada@acme.example", "owner": "9586504"}});
    let error = world.call("create_contact", owner).await.unwrap_err();
    assert_eq!(error["code"], "OWNER_NOT_FOUND_ERROR");
    assert!(error["hint"].as_str().unwrap().contains("`117001`"), "a user's id is not an owner's: {error}");
}

#[tokio::test(start_paused = true)]
async fn a_property_created_a_minute_ago_is_known() {
    let world = World::new().await;
    get(&world, SARAH).await;
    world.call("get_contact", json!({"contact": SARAH, "properties": ["jobtitle"]})).await.unwrap();
    let definition = json!({
        "name": "robot", "label": "Favourite robot", "type": "enumeration", "fieldType": "select",
        "groupName": "contactinformation", "options": [{"label": "Adam", "value": "adam", "displayOrder": 0, "hidden": false}],
    });
    ask_sandbox(&world, "POST", "/crm/v3/properties/contacts", definition).await;
    let change = json!({"contact": SARAH, "properties": {"favourite robot": "Adam"}});
    let changed = world.call("update_contact", change).await.unwrap();
    assert_eq!(changed["changes"]["robot"], json!({"before": "", "after": "adam"}));
}

#[tokio::test(start_paused = true)]
async fn missing_arguments_are_named_without_elicitation() {
    let world = World::new().await;
    let error = world.call("create_contact", json!({"properties": {"phone": "+45 12345678"}})).await.unwrap_err();
    assert_eq!(
        (&error["code"], &error["missing"]),
        (&json!("INVALID_INPUT_ERROR"), &json!(["email", "firstname", "lastname"]))
    );
    typed_in(&world, json!({"firstname": "Sam", "phone": "+1 702 555 0143"})).await;
    let shared = json!({"properties": {"firstname": "Kim", "phone": "702 555 0143"}});
    let error = world.call("create_contact", shared).await.unwrap_err();
    assert_eq!((&error["code"], error["candidates"].as_array().unwrap().len()), (&json!("AMBIGUOUS_ERROR"), 2));
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_creates_no_contact_twice() {
    for effect in [Effect::LostAnswer, Effect::SilenceAfter, Effect::CutBody] {
        let world = World::new().await;
        let before = world.sandbox.records("contacts").len();
        let mut fault = Fault::once(effect.clone());
        fault.matches.method = Some("POST".into());
        fault.matches.path = Some("/crm/objects/2026-09/contacts".into());
        fault.after = 1;
        world.sandbox.inject_fault(fault);
        let added = world.call("create_contact", json!({"properties": {"email": "ada@acme.example"}})).await.unwrap();
        assert_eq!((&added["created"], &added["recovered"]), (&json!(true), &json!(true)), "{effect:?}");
        assert_eq!(world.sandbox.records("contacts").len(), before + 1, "{effect:?}");
    }
}

// Changing

#[tokio::test(start_paused = true)]
async fn f3_only_given_properties_change_with_before_and_after_reported() {
    let world = World::new().await;
    let before = record(&world, &json!(SARAH));
    let change =
        json!({"contact": "sarah@gmail.com", "properties": {"Phone number": "+1 702 555 0199", "company": null}});
    let changed = world.call("update_contact", change.clone()).await.unwrap();
    assert_eq!(changed["contact_id"], SARAH);
    assert_eq!(changed["changes"]["phone"], json!({"before": "+1 702 555 0143", "after": "+1 702 555 0199"}));
    assert_eq!(changed["changes"]["company"], json!({"before": "ClouTea", "after": ""}));
    let after = record(&world, &json!(SARAH));
    assert_eq!(after.get("company").and_then(Value::as_str).unwrap_or_default(), "");
    for (name, value) in before.as_object().unwrap() {
        let touched = ["phone", "company", "lastmodifieddate", "hs_searchable_calculated_phone_number"];
        assert!(touched.contains(&name.as_str()) || after[name] == *value, "{name} changed");
    }
    world.requests();
    let again = world.call("update_contact", change).await.unwrap();
    assert_eq!(again["changes"], json!({}));
    assert!(world.requests().iter().all(|sent| !sent.starts_with("PATCH")), "nothing to change, nothing sent");
}

#[tokio::test(start_paused = true)]
async fn invalid_changes_are_refused() {
    let world = World::new().await;
    let change = |properties: Value| json!({"contact": SARAH, "properties": properties});
    let error = world.call("update_contact", change(json!({"phonenumbr": "1"}))).await.unwrap_err();
    assert_eq!(error["code"], "PROPERTY_NOT_FOUND_ERROR");
    assert_eq!(error["problems"][0]["nearest"][0], "phone");
    for (bad, code) in [
        (change(json!({})), "INVALID_INPUT_ERROR"),
        (change(json!({"firstname": ""})), "INVALID_INPUT_ERROR"),
        (change(json!({"hs_object_id": "1"})), "INVALID_INPUT_ERROR"),
        (change(json!({"email": "aiko.sato@kissaten.jp"})), "CONFLICT_ERROR"),
        (json!({"contact": "999", "properties": {"firstname": "X"}}), "CONTACT_NOT_FOUND_ERROR"),
    ] {
        assert_eq!(world.code("update_contact", bad.clone()).await, code, "{bad}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_concurrent_change_is_not_overwritten() {
    let world = World::new().await;
    let seen = get(&world, SARAH).await["updated_at"].clone();
    let change =
        |seen: &Value| json!({"contact": SARAH, "properties": {"phone": "+45 1234567"}, "if_updated_at": seen});
    let path = format!("/crm/v3/objects/contacts/{SARAH}");
    ask_sandbox(&world, "PATCH", &path, json!({"properties": {"phone": "+45 7654321"}})).await;
    let error = world.call("update_contact", change(&seen)).await.unwrap_err();
    assert_eq!((&error["code"], &error["now"]["phone"]), (&json!("CHANGED_ERROR"), &json!("+45 7654321")));
    let changed = world.call("update_contact", change(&error["updated_at"])).await.unwrap();
    assert_eq!(changed["changes"]["phone"]["after"], "+45 1234567");
}

#[tokio::test(start_paused = true)]
async fn f3_an_ambiguous_address_is_refused_with_the_candidates() {
    let world = World::new().await;
    let twin = |id: &str| json!({"id": id, "properties": {"email": "info@acme.example"}, "archived": false});
    let body = json!({"status": "COMPLETE", "results": [twin(SARAH), twin(TOM)]});
    let mut fault = Fault::once(Effect::Status { status: 200, body: Some(body), headers: vec![] });
    fault.matches.path_contains = Some("contacts/batch/read".into());
    world.sandbox.inject_fault(fault);
    let change = json!({"contact": "info@acme.example", "properties": {"phone": "+45 1234567"}});
    let error = world.call("update_contact", change).await.unwrap_err();
    assert_eq!(error["code"], "AMBIGUOUS_ERROR");
    let names: Vec<_> = error["candidates"].as_array().unwrap().iter().map(|one| one["firstname"].clone()).collect();
    assert_eq!(names, [json!("Sarah"), json!("Tom")]);
}

#[tokio::test(start_paused = true)]
async fn values_refused_by_hubspot_are_reported() {
    let world = World::new().await;
    let back = json!({"contact": SARAH, "properties": {"lifecyclestage": "lead"}});
    let changed = world.call("update_contact", back).await.unwrap();
    assert_eq!(changed["kept_by_hubspot"], json!(["lifecyclestage"]));
    assert_eq!(changed["changes"]["lifecyclestage"]["after"], "customer");
}

fn record(world: &World, id: &Value) -> Value {
    let records = world.sandbox.records("contacts");
    records.into_iter().find(|record| record["id"] == *id).unwrap_or_else(|| panic!("no contact {id}"))["properties"]
        .clone()
}

//! Guided conversations are short: answers carry what is new, and nothing twice.

use serde_json::{Value, json};

use crate::agents_talk::{Guided, ISSUE, MEETING, WHEEL, sarah};
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn finding_07_answers_carry_only_what_is_new() {
    let mut talk = Guided::desk().await;
    let first = talk.last.clone();
    assert!(first["intents"].as_array().unwrap().len() >= 9 && first["asks"][0].get("candidates").is_none());
    assert_eq!((&first["asks"][0]["verbatim"], first["asks"][0].get("instruction")), (&json!(true), None), "{first}");
    assert!(first.to_string().len() < 800, "{first}");
    talk.step(json!({"user_text": "A meeting please", "intent": "book a meeting"})).await;
    for repeated in ["intents", "briefing", "graph", "path", "expires"] {
        assert!(talk.last.get(repeated).is_none(), "{repeated}");
    }
    assert!(talk.ask().get("input_schema").is_none() && talk.ask().get("known").is_none());
    let email = &talk.ask()["missing"][0];
    assert_eq!((&email["name"], &email["example"]), (&json!("email"), &json!("sarah@gmail.com")));
    assert!(email["description"].as_str().is_some_and(|about| !about.contains('\n') && about.len() < 100), "{email}");
    let asked = talk.last.to_string();
    assert!(asked.len() < 300, "{asked}");
    talk.step(json!({"user_text": "what do you need?"})).await;
    assert_eq!((talk.missing(), talk.ask()["missing"][0].get("description")), (vec!["email"], None), "as before");
    assert!(talk.last.to_string().len() < asked.len(), "{}", talk.last);

    let question = "How much is the ADAM robot?";
    talk.step(json!({"user_text": question, "intent": "prices", "switch": "leave"})).await;
    let found = talk.call("search_documents");
    assert!(!found["result"]["passages"].as_array().unwrap().is_empty());
    assert!(talk.ask().get("documents").is_none(), "none were named: {}", talk.ask());
}

/// The bytes of the same conversation without a script: a meeting, then a ticket.
async fn free_bytes() -> usize {
    let world = World::new().await;
    let mut bytes = 0;
    let mut call = async |tool: &'static str, arguments: Value| {
        let answer = world.call(tool, arguments.clone()).await.unwrap();
        bytes += arguments.to_string().len() + answer.to_string().len();
        answer
    };
    let found = call("find_contact_by_email", json!({"email": "sarah@gmail.com", "chat": MEETING})).await;
    let contact = &found["contact_id"];
    let owned = call("find_owner_id_by_contact_id", json!({ "cus_cid": contact })).await;
    let zone = "America/New_York";
    let day = json!({"owner_id": owned["owner_id"], "time_zone": zone, "meeting_date": "2026-12-01", "duration": 30});
    let free = call("check_available", day).await;
    let start = free["available_slots"][0]["start"].as_str().unwrap();
    let meeting = json!({
        "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": "sarah@gmail.com", "meeting_date": "2026-12-01",
        "meeting_start_time": &start[11..16], "duration": 30, "slug": free["slug"], "time_zone": zone,
    });
    call("create_meeting", meeting).await;
    call("find_tickets", json!({"contact": contact, "status": "open"})).await;
    call("create_ticket", json!({"cus_cid": contact, "issue": ISSUE})).await;
    bytes
}

#[tokio::test(start_paused = true)]
async fn finding_07_a_guided_conversation_costs_at_most_half_more_than_a_free_one() {
    let free = free_bytes().await;
    let mut talk = Guided::desk().await;
    let day = json!({"meeting_date": "2026-12-01", "time_zone": "America/New_York", "duration": 30});
    talk.step(json!({"user_text": MEETING, "intent": "book a meeting", "slots": day})).await;
    talk.step(sarah(json!({}))).await;
    let chosen = json!({"meeting_start_time": talk.call("check_available")["result"]["available_slots"][0]});
    talk.step(json!({"user_text": "the first", "slots": chosen})).await;
    assert_eq!(talk.call("create_meeting").get("succeeded"), None, "{}", talk.last);
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
    assert_eq!(talk.issue(), ISSUE);
    println!("a meeting and a ticket: {} bytes guided, {free} free", talk.bytes);
    assert!(talk.bytes * 2 <= free * 3, "{} bytes guided, {free} free", talk.bytes);
}

#[tokio::test(start_paused = true)]
async fn unknown_values_are_explained_once_and_contact_properties_are_taken() {
    let mut talk = Guided::desk().await;
    let slots = json!({"colour": "red", "size": "big", "city": "Reno"});
    talk.step(json!({"user_text": WHEEL, "intent": "report a problem", "slots": slots})).await;
    let ignored = talk.last["ignored"].clone();
    let names: Vec<&Value> = ignored.as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["colour", "size"]);
    assert!(ignored[1]["reason"].as_str().unwrap().len() < 80 && ignored.to_string().len() < 900, "{ignored}");
}

/// A session that is begun with `execute` needs neither the word in each step nor the names of tools and nodes.
#[tokio::test(start_paused = true)]
async fn a_session_begun_with_execute_is_led_without_a_word_of_tools() {
    let world = World::new().await;
    let begun = world.call("taskgraph_start", json!({"execute": true})).await.unwrap();
    let step = async |mut step: Value| {
        step["session"] = begun["session"].clone();
        world.call("taskgraph_step", step).await.unwrap()
    };
    let asked = step(json!({"user_text": WHEEL, "intent": "report a problem"})).await;
    let ask = &asked["asks"][0];
    assert_eq!((&ask["kind"], &ask["missing"][0]["name"]), (&json!("slots"), &json!("email")), "{asked}");
    for known in ["tool", "node", "status"] {
        assert!(ask.get(known).is_none() && asked.get(known).is_none(), "{known}: {asked}");
    }
    let done = step(json!({"slots": {"email": "sarah@gmail.com"}})).await;
    let called: Vec<&str> =
        done["called"].as_array().unwrap().iter().map(|call| call["tool"].as_str().unwrap()).collect();
    assert_eq!(called, ["find_contact_by_email", "find_tickets", "create_ticket"], "{done}");
    let whole = step(json!({})).await;
    assert_eq!((&whole["node"], &whole["status"]), (&json!("problem.new"), &json!("complete")), "it is only shown");
    // A step may still want its call itself.
    let due = step(json!({"user_text": "my data?", "intent": "my data", "execute": false})).await;
    assert_eq!((due.get("called"), &due["asks"][0]["kind"]), (None, &json!("call")), "{due}");
}

/// What was sent is not repeated, and lists are not counted beside.
#[tokio::test(start_paused = true)]
async fn results_repeat_nothing_of_what_was_sent() {
    let mut talk = Guided::begin(json!({"graph": "contacts"})).await;
    let ada = json!({"email": "ada@acme.example", "firstname": "Ada", "lastname": "Byron"});
    talk.step(json!({"user_text": "Add Ada Byron", "intent": "create", "slots": ada})).await;
    assert_eq!(talk.call("create_contact")["result"], json!({"created": true}));
    talk.step(json!({"user_text": "who is Sarah Mark?", "intent": "search", "slots": {"query": "Sarah Mark"}})).await;
    let found = &talk.call("search_contacts")["result"];
    assert!(found.get("total").is_none() && found["contacts"][0]["url"].is_string(), "{found}");

    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": WHEEL, "intent": "report a problem"}))).await;
    assert!(talk.call("create_ticket")["result"].get("subject").is_none(), "{}", talk.last);
    talk.step(json!({"user_text": "and when do we meet?", "intent": "my appointments"})).await;
    let none = &talk.call("find_meetings")["result"];
    assert_eq!((&none["coming_total"], none.get("coming")), (&json!(0), None));
}

/// Nobody has the address of who asks for a person: the task is made without it in the same step.
#[tokio::test(start_paused = true)]
async fn a_person_for_whom_nobody_knows_costs_one_step() {
    let mut talk = Guided::desk().await;
    let before = talk.count("tasks");
    let slots = json!({"email": "max@power.example"});
    talk.step(json!({"user_text": "a person about a partnership", "intent": "a person", "slots": slots})).await;
    let called = vec!["find_contact_by_email", "create_task"];
    assert_eq!((talk.called(), talk.count("tasks")), (called, before + 1), "{}", talk.last);
    assert_eq!(talk.call("find_contact_by_email")["result"], json!({"code": "USER_NOT_FOUND_ERROR"}));
}

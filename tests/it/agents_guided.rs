//! Guided conversations as agents have them: one message brings everything, and customers change their minds. Each test is
//! one finding from conversations that went wrong.

use std::time::Duration;

use rmcp::model::GetPromptRequestParams;
use serde_json::json;

use crate::agents_talk::{Guided, ISSUE, MEETING, WHEEL, sarah};
use crate::world::World;

#[tokio::test(start_paused = true)]
async fn finding_01_the_customers_words_are_logged_and_are_the_issue() {
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
    assert_eq!((talk.at().as_str(), talk.missing()), ("problem.who slots", vec!["email"]));
    talk.step(sarah(json!({}))).await;
    let logged = talk.world.sandbox.records("communications");
    assert!(logged.iter().any(|record| record["properties"]["hs_communication_body"] == ISSUE));
    assert_eq!(talk.issue(), ISSUE, "it is not asked for again");
    let bare = talk.step(json!({"user_text": "I have a problem", "intent": "report a problem"})).await;
    assert_eq!(bare.called(), ["find_tickets"], "once per conversation is enough");
    talk.step(json!({"intent": "a new problem"})).await;
    assert_eq!((talk.at().as_str(), talk.missing()), ("problem.new slots", vec!["issue"]), "that tells nothing");
    talk.step(json!({"user_text": "It beeps."})).await;
    assert_eq!(talk.issue(), "It beeps.");
}

#[tokio::test(start_paused = true)]
async fn finding_02_every_step_can_be_left_for_something_else_nothing_or_a_person() {
    for (way, node) in [
        (json!({"intent": "none"}), "start nothing"),
        (json!({"switch": "leave"}), "start nothing"),
        // A colleague has a task, and the matter is offered.
        (json!({"intent": "a person"}), "person go_on"),
        (json!({"user_text": "let me talk to a human", "intent": "human"}), "person go_on"),
        (json!({"intent": "book a meeting", "switch": "leave"}), "meeting.who slots"),
    ] {
        let mut talk = Guided::desk().await;
        talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
        talk.step(way.clone()).await;
        assert_eq!(talk.at(), node, "{way}");
        assert_eq!(talk.called() == ["create_task"], node == "person go_on", "{way}");
        // What was said is still there.
        talk.step(json!({"intent": "report a problem", "switch": "leave"})).await;
        talk.step(sarah(json!({}))).await;
        assert_eq!(talk.issue(), ISSUE, "{way}");
    }
    let mut talk = Guided::begin(json!({"graph": "hubspot"})).await;
    talk.step(json!({"user_text": ISSUE, "intent": "3"})).await.step(json!({"intent": "a person"})).await;
    assert_eq!(talk.called(), ["create_task"], "a graph without a way to a person has one");
    assert_eq!(talk.ask()["kind"], "go_on", "and the matter is offered: {}", talk.last);
    talk.step(json!({"switch": "come_back"})).await;
    assert_eq!(talk.at(), "5 slots");
}

#[tokio::test(start_paused = true)]
async fn finding_03_an_intent_is_used_when_it_has_done_something_and_may_repeat() {
    let mut talk = Guided::desk().await;
    let before = talk.count("tickets");
    talk.step(sarah(json!({"intent": "report a problem", "user_text": ISSUE}))).await;
    assert_eq!(talk.issue(), ISSUE);
    let second = "The second robot has lost its left wheel";
    talk.step(json!({"user_text": second, "intent": "report a problem"})).await;
    talk.step(json!({"intent": "a new problem"})).await;
    assert_eq!((talk.issue().as_str(), talk.count("tickets")), (second, before + 2));

    let support = "technical support";
    let mut talk = Guided::begin(json!({"graph": "hubspot"})).await;
    talk.step(json!({"user_text": "Help", "intent": support})).await;
    talk.step(sarah(json!({}))).await.step(json!({"switch": "leave"})).await;
    talk.step(json!({"user_text": ISSUE, "intent": support})).await;
    assert_eq!(talk.called().last(), Some(&"create_ticket"), "it was left without a ticket");
    talk.step(json!({"user_text": second, "intent": support})).await;
    assert_eq!(talk.at(), "4 nothing", "this graph allows one");
}

#[tokio::test(start_paused = true)]
async fn finding_04_intents_are_taken_by_number_part_and_in_any_case() {
    for (given, node) in [
        ("REPORT  a Problem", "problem.who slots"),
        ("2", "problem.who slots"),
        ("problem", "problem.who slots"),
        ("Min robot virker ikke", "problem.who slots"),
        ("prices", "products answer"),
        ("meeting book", "meeting.who slots"),
    ] {
        let mut talk = Guided::desk().await;
        talk.step(json!({ "intent": given })).await;
        assert_eq!(talk.at(), node, "{given}");
    }
    let mut talk = Guided::begin(json!({"graph": "hubspot"})).await;
    let whole = "User need technical support/User need repair service / User need exchange service";
    let refused = talk.try_step(json!({"intent": "fly"})).await.unwrap_err();
    assert!(refused["message"].as_str().unwrap().contains(&format!("`{whole}`")), "{refused}");
    talk.step(json!({"intent": "User need technical support/User need repair service / User…"})).await;
    assert_eq!(talk.at(), "3 slots");
    let mut talk = Guided::desk().await;
    let several = talk.try_step(json!({"intent": "appointment"})).await.unwrap_err();
    let message = several["message"].as_str().unwrap();
    assert!(message.contains("`My appointments`") && message.contains("`Move or cancel an appointment`"), "{message}");
}

#[tokio::test(start_paused = true)]
async fn finding_05_one_message_may_bring_everything_and_what_is_unknown_is_named() {
    let mut talk = Guided::desk().await;
    let all = json!({
        "user_text": "Sarah here, sarah@gmail.com. I'd like to meet on 1 December at one, in New York. My colour is red.",
        "intent": "book a meeting",
        "slots": {
            "Email": "sarah@gmail.com", "meeting date": "2026-12-01", "meeting_start_time": "13:00",
            "time_zone": "America/New_York", "duration": 30, "colour": "red", "cus_cid": "1",
        },
    });
    talk.step(all).await;
    let ignored: Vec<&str> =
        talk.last["ignored"].as_array().unwrap().iter().map(|ignored| ignored["name"].as_str().unwrap()).collect();
    assert_eq!(ignored, ["colour", "cus_cid"]);
    assert_eq!(talk.called(), ["find_contact_by_email", "check_available"]);

    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
    let zone = json!({"time_zone": "America/New_York", "meeting_date": "2026-12-01"});
    talk.step(json!({"user_text": "Or rather a meeting", "intent": "book a meeting", "slots": zone})).await;
    assert_eq!(talk.at(), "problem.who switch");
    talk.step(json!({"switch": "leave"})).await.step(sarah(json!({}))).await;
    assert_eq!(talk.call("check_available")["result"]["date"], "2026-12-01", "sent with the question");
}

#[tokio::test(start_paused = true)]
async fn finding_06_nothing_is_booked_before_times_were_shown_and_another_day_can_be_asked_for() {
    let mut talk = Guided::desk().await;
    let before = talk.count("meetings");
    let slots = json!({
        "email": "sarah@gmail.com", "meeting_date": "2026-12-01", "meeting_start_time": "13:00", "duration": 30,
        "time_zone": "America/New_York",
    });
    talk.step(json!({"user_text": "A meeting on Tuesday at one", "intent": "book a meeting", "slots": slots})).await;
    let shown = &talk.call("check_available")["result"];
    assert!(shown["understood"].as_str().unwrap().contains("13:00"), "the time that was named: {shown}");
    assert!(shown["asked_time_is_free"].is_boolean());
    assert_eq!((talk.missing(), talk.count("meetings")), (vec!["meeting_start_time"], before));
    talk.step(json!({"user_text": "or Wednesday?", "slots": {"meeting_date": "2026-12-02"}})).await;
    assert_eq!(talk.called(), ["check_available"]);
    assert_eq!(talk.missing(), ["meeting_start_time"]);
    let shown = &talk.call("check_available")["result"];
    assert_eq!(shown["date"], "2026-12-02");
    let free = shown["available_slots"][0].as_str().unwrap().to_owned();
    talk.step(json!({"user_text": "yes, the first", "slots": {"meeting_start_time": free}})).await;
    let booked = talk.call("create_meeting");
    assert_eq!(booked["result"]["start"], format!("2026-12-02T{free}:00-05:00"));
    assert_eq!(talk.count("meetings"), before + 1);
}

#[tokio::test(start_paused = true)]
async fn finding_08_the_default_graph_serves_what_customers_come_for() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"intent": "my ticket", "user_text": "Is my robot repaired?"}))).await;
    assert_eq!(talk.called(), ["find_contact_by_email", "find_tickets"]);
    assert_eq!(talk.at(), "ticket.none say", "nothing to change is offered");
    talk.step(json!({"intent": "my appointments", "user_text": "and when do we meet?"})).await;
    assert_eq!(talk.called(), ["find_meetings"]);
    talk.step(json!({"intent": "my data", "user_text": "what do you know of me?"})).await;
    assert_eq!(talk.called(), ["get_contact"]);
    let phone = json!({"phone": "+1 702 555 0199"});
    talk.step(json!({"intent": "correct my data", "user_text": "my number is new", "slots": phone})).await;
    assert_eq!(talk.call("update_contact")["result"]["changes"]["phone"]["after"], phone["phone"]);
    talk.step(json!({"intent": "move", "user_text": "I cannot come on Tuesday after all"})).await;
    assert_eq!((talk.called(), talk.at().as_str()), (vec!["find_meetings"], "move.none say"), "there is none");

    // Known by a phone number alone, in the middle of a problem.
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
    let number = json!({"query": "+1 702 555 0143"});
    talk.step(json!({"user_text": "I only have my phone", "intent": "known by phone", "slots": number})).await;
    assert!(talk.called().starts_with(&["search_contacts"]), "{}", talk.last);
    assert!(talk.called().contains(&"find_tickets"), "the problem goes on: {}", talk.last);
}

#[tokio::test(start_paused = true)]
async fn finding_09_anybody_may_ask_about_products_and_may_become_a_customer() {
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": "What does the ADAM robot make?", "intent": "1"})).await;
    assert_eq!(talk.called(), ["search_documents"], "nobody is identified first");
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem", "slots": {"email": "ada@acme.example"}})).await;
    assert_eq!(talk.ask()["failed"]["code"], "USER_NOT_FOUND_ERROR");
    let name = json!({"firstname": "Ada", "lastname": "Byron"});
    talk.step(json!({"user_text": "I am new", "intent": "become a customer", "slots": name})).await;
    let added = talk.world.sandbox.records("contacts");
    let added = added.iter().find(|contact| contact["properties"]["email"] == "ada@acme.example");
    assert_eq!(added.map(|contact| &contact["properties"]["firstname"]), Some(&json!("Ada")), "nothing is lost");
    assert!(talk.called().contains(&"create_ticket"), "and the problem goes on: {}", talk.last);
    assert_eq!(talk.issue(), ISSUE);
}

async fn prompt(world: &World, graph: &str) -> String {
    let arguments = json!({ "graph": graph }).as_object().unwrap().clone();
    let request = GetPromptRequestParams::new("customer_service").with_arguments(arguments);
    let got = world.client.get_prompt(request).await.unwrap();
    got.messages[0].content.as_text().unwrap().text.clone()
}

#[tokio::test(start_paused = true)]
async fn finding_10_prompt_instructions_and_walk_have_one_rule_for_each_thing() {
    let world = World::new().await;
    let instructions = world.client.peer_info().unwrap().instructions.clone().unwrap();
    let rules: Vec<&str> = instructions.lines().filter_map(|line| line.strip_prefix("- ")).collect();
    assert!(instructions.len() < 2_048, "{} bytes", instructions.len());
    for graph in ["frontdesk", "hubspot"] {
        let prompt = prompt(&world, graph).await;
        let shared = rules.iter().filter(|rule| prompt.contains(**rule)).count();
        assert!(shared + 3 >= rules.len(), "{shared} of {}: {prompt}", rules.len());
        for elsewhere in ["Call no tool that the current step does not name", "what is said here of the company"] {
            assert!(!prompt.contains(elsewhere), "{elsewhere}");
        }
        assert!(prompt.contains("answer only from what"), "{prompt}");
    }
    let start = world.call("taskgraph_start", json!({})).await.unwrap();
    let briefing = start["briefing"].as_str().unwrap();
    assert!(rules.iter().any(|rule| briefing.contains(rule)), "{briefing}");
}

#[tokio::test(start_paused = true)]
async fn finding_11_the_day_and_the_accounts_zone_are_told() {
    let mut talk = Guided::desk().await;
    let today = "Sunday 2026-11-22, America/New_York (the account's zone)";
    assert!(prompt(&talk.world, "frontdesk").await.contains(today));
    assert_eq!(talk.last["today"], today);
    talk.step(sarah(json!({"intent": "book a meeting"}))).await;
    assert_eq!((talk.missing(), talk.last.get("today")), (vec!["time_zone", "meeting_date"], None), "told already");
    tokio::time::advance(Duration::from_secs(20 * 3_600)).await;
    talk.step(json!({"user_text": "sorry, I was away"})).await;
    assert_eq!(talk.last["today"], today.replace("Sunday 2026-11-22", "Monday 2026-11-23"));
    assert_eq!(Guided::begin(json!({"graph": "contacts"})).await.last.get("today"), None, "it deals with no days");
}

#[tokio::test(start_paused = true)]
async fn the_contact_assistant_searches_creates_and_updates_as_a_graph() {
    let mut talk = Guided::begin(json!({"graph": "contacts"})).await;
    assert!(talk.last["asks"][0]["text"].as_str().unwrap().contains("Create a new contact"));
    let ada = json!({"email": "ada@acme.example", "firstname": "Ada", "lastname": "Byron"});
    talk.step(json!({"user_text": "Opret Ada Byron", "intent": "Opret Ada Byron som kontakt", "slots": ada})).await;
    assert_eq!(talk.call("create_contact")["result"]["created"], true);
    let change = json!({"query": "ada@acme.example", "phone": "+45 12 34 56 78"});
    talk.step(json!({"user_text": "Her number is new", "intent": "3", "slots": change})).await;
    assert_eq!(talk.called(), ["search_contacts", "update_contact"], "{}", talk.last);
    let changed = &talk.call("update_contact")["result"]["changes"];
    assert_eq!(changed.as_object().unwrap().keys().collect::<Vec<_>>(), ["phone"], "{changed}");
    talk.step(json!({"user_text": "Who is Sarah?", "intent": "search"})).await;
    assert_eq!(talk.missing(), ["query"], "that of before is over");
    talk.step(json!({"user_text": "Sarah Mark", "slots": {"query": "Sarah Mark"}})).await;
    assert_eq!(talk.call("search_contacts")["result"]["contacts"].as_array().map(Vec::len), Some(1));
}

/// A client that calls the tools itself gets the same conversation.
#[tokio::test(start_paused = true)]
async fn without_execute_the_client_calls_what_it_is_told_to() {
    let world = World::new().await;
    let session = world.call("taskgraph_start", json!({})).await.unwrap()["session"].clone();
    let said = json!({
        "session": session, "user_text": ISSUE, "intent": "report a problem", "slots": {"email": "sarah@gmail.com"},
    });
    let mut asked = world.call("taskgraph_step", said).await.unwrap();
    let mut called = vec![];
    while asked["asks"][0]["kind"] == "call" {
        let tool = asked["asks"][0]["tool"].as_str().unwrap().to_owned();
        let known = ["find_contact_by_email", "find_tickets", "create_ticket"];
        let name = known.into_iter().find(|known| *known == tool).unwrap();
        let answer = world.call(name, asked["asks"][0]["arguments"].clone()).await.unwrap();
        called.push(name);
        asked = world.call("taskgraph_step", json!({"session": session, "tool_result": answer})).await.unwrap();
    }
    assert_eq!(called, ["find_contact_by_email", "find_tickets", "create_ticket"], "{asked}");
    let whole = world.call("taskgraph_step", json!({ "session": session })).await.unwrap();
    assert_eq!(whole["path"], json!(["start", "problem.who", "problem.tickets", "problem.new"]));
    assert!(whole["intents"].as_array().unwrap().len() >= 9 && whole["expires"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_wish_is_no_fault_and_a_short_fault_is_one() {
    for wish in ["I have a problem with my robot", "hello, i have a problem, sarah@gmail.com"] {
        let mut talk = Guided::desk().await;
        let slots = json!({"email": "sarah@gmail.com"});
        talk.step(json!({"user_text": wish, "intent": "report a problem", "slots": slots})).await;
        assert_eq!(talk.missing(), ["issue"], "{wish}: {}", talk.last);
        talk.step(json!({"user_text": "brush stuck, urgent"})).await;
        assert_eq!(talk.issue(), "brush stuck, urgent");
    }
    for fault in ["my robot is broken", "my wheel is broken", "my robot leaks oil"] {
        let mut talk = Guided::desk().await;
        let slots = json!({"email": "sarah@gmail.com"});
        talk.step(json!({"user_text": fault, "intent": "report a problem", "slots": slots})).await;
        assert_eq!(talk.issue(), fault);
    }
}

#[tokio::test(start_paused = true)]
async fn the_wish_to_add_to_a_ticket_is_not_the_note() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": WHEEL, "intent": "report a problem"}))).await;
    let wish = "i want to add something to my ticket";
    talk.step(json!({"user_text": wish, "intent": "my ticket"})).await;
    talk.step(json!({"intent": "add to it"})).await;
    assert_eq!(talk.missing(), ["note"], "{}", talk.last);
    talk.step(json!({"user_text": "It also beeps"})).await;
    let notes = talk.world.sandbox.records("notes");
    assert!(notes.iter().any(|note| note["properties"]["hs_note_body"] == "It also beeps"), "{notes:?}");
}

#[tokio::test(start_paused = true)]
async fn times_are_shown_for_whom_and_when_the_customer_says() {
    let mut talk = Guided::desk().await;
    let slots = json!({
        "email": "sarah@gmail.com", "meeting_date": "2026-12-01 morning", "meeting_start_time": "15:00",
        "time_zone": "America/New_York",
    });
    talk.step(json!({"user_text": MEETING, "intent": "book a meeting", "slots": slots})).await;
    let shown = talk.call("check_available");
    assert_eq!(shown.get("succeeded"), None, "{shown}");
    assert!(shown["result"]["duration"].is_number(), "{shown}");
    talk.step(json!({"slots": {"meeting_date": "2026-12-03"}})).await;
    let after = talk.call("check_available")["result"]["next_after"].clone();
    talk.step(json!({"user_text": "something later?", "slots": {"after": after}})).await;
    assert_eq!(talk.called(), ["check_available"], "{}", talk.last);
    assert_eq!(talk.call("check_available").get("succeeded"), None, "{}", talk.last);
    talk.step(json!({"user_text": "or Wednesday?", "slots": {"meeting_date": "2026-12-02"}})).await;
    let shown = talk.call("check_available");
    assert!(shown["result"].get("asked_time_is_free").is_none(), "the old time is not carried along: {shown}");
    talk.step(json!({"user_text": "with Tom please", "slots": {"owner_id": "nobody of this name"}})).await;
    assert_eq!(talk.called(), ["check_available"], "{}", talk.last);
    assert_eq!(talk.call("check_available")["succeeded"], false, "not the own representative's times instead");
}

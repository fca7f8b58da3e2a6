//! The matters of guided conversations: what interrupts them is offered again, what is asked is asked once, and what was
//! done can be changed.

use std::time::Duration;

use serde_json::json;

use crate::agents_talk::{Guided, ISSUE, MEETING, WHEEL, sarah};
use crate::world::World;

/// What a person interrupts is not taken up again unasked, and is not lost either.
#[tokio::test(start_paused = true)]
async fn an_interrupted_matter_is_offered_and_not_resumed_unasked() {
    for (answer, node) in [
        (json!({"switch": "come_back"}), "problem.who slots"),
        (json!({"user_text": "sure, sarah@gmail.com", "slots": {"email": "sarah@gmail.com"}}), "problem.new say"),
        (json!({"intent": "report a problem"}), "problem.who slots"),
        (json!({"switch": "leave"}), "person say"),
        (json!({"intent": "none"}), "person say"),
        (json!({"intent": "my appointments"}), "appointments.who slots"),
    ] {
        let mut talk = Guided::desk().await;
        talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
        let reach = json!({"reach": "at the bar"});
        talk.step(json!({"user_text": "no, a human first", "intent": "a person", "slots": reach})).await;
        assert_eq!((talk.called(), &talk.ask()["matter"]), (vec!["create_task"], &json!("Report a problem")));
        talk.step(json!({"user_text": "hm"})).await;
        assert_eq!(talk.ask()["kind"], "go_on", "asked again");
        talk.step(answer.clone()).await;
        assert_eq!(talk.at(), node, "{answer}: {}", talk.last);
        if node != "problem.new say" {
            talk.step(sarah(json!({"intent": "report a problem", "switch": "leave"}))).await;
        }
        assert_eq!(talk.issue(), ISSUE, "{answer}");
    }
    // Who has asked to come back comes back.
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": ISSUE, "intent": "report a problem"})).await;
    let first = json!({"user_text": "first a person", "intent": "a person", "switch": "come_back"});
    talk.step(first).await;
    assert_eq!(talk.missing(), ["reach"]);
    talk.step(json!({"slots": {"reach": "at the bar"}})).await;
    assert_eq!(talk.at(), "problem.who slots", "{}", talk.last);
}

/// How long it takes is asked once, with the free times, and they say whose they are.
#[tokio::test(start_paused = true)]
async fn the_length_of_a_meeting_is_asked_once_and_whose_times_are_shown() {
    let slots = json!({"email": "sarah@gmail.com", "meeting_date": "2026-12-01", "time_zone": "America/New_York"});
    let begin = json!({"user_text": MEETING, "intent": "book a meeting", "slots": slots});
    let mut talk = Guided::desk().await;
    talk.step(begin.clone()).await;
    assert_eq!(talk.call("check_available")["result"]["representative"], "Veronica Chen");
    assert_eq!(talk.missing(), ["meeting_start_time", "duration"]);
    assert_eq!(talk.ask()["missing"][1]["description"], "Minutes, one of 15, 30, 60");
    talk.step(json!({"user_text": "or Thursday?", "slots": {"meeting_date": "2026-12-03"}})).await;
    assert_eq!(talk.missing(), ["meeting_start_time", "duration"], "nothing was chosen yet");
    let start = talk.call("check_available")["result"]["available_slots"][0].clone();
    talk.step(json!({"user_text": "the first", "slots": {"meeting_start_time": start}})).await;
    assert_eq!(talk.called(), ["create_meeting"], "and not again: {}", talk.last);

    let mut talk = Guided::desk().await;
    talk.step(begin.clone()).await;
    let start = talk.call("check_available")["result"]["available_slots"][0].clone();
    talk.step(json!({"user_text": "the first, an hour", "slots": {"meeting_start_time": start, "duration": 60}})).await;
    assert_eq!(talk.called(), ["create_meeting"], "{}", talk.last);
    let kept = talk.world.sandbox.records("meetings").pop().unwrap()["properties"].clone();
    let at = |name: &str| kept[name].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!((at("hs_meeting_end_time") - at("hs_meeting_start_time")).num_minutes(), 60);

    let mut talk = Guided::desk().await;
    let mut known = begin.clone();
    known["slots"]["duration"] = json!(30);
    talk.step(known).await;
    assert_eq!(talk.missing(), ["meeting_start_time"], "the customer has said it");
}

/// A phone number is enough to be known, and whoever asks again is passed on once.
#[tokio::test(start_paused = true)]
async fn a_person_is_looked_up_by_phone_and_asked_for_once() {
    let mut talk = Guided::desk().await;
    let wish = json!({"user_text": "please call me back about the contract", "intent": "a person"});
    talk.step(wish).await;
    assert_eq!(talk.missing(), ["reach"]);
    talk.step(json!({"slots": {"reach": "+1 702 555 0143"}})).await;
    assert_eq!(talk.called(), ["find_contact_by_email", "create_task"], "{}", talk.last);
    let made = talk.call("create_task")["result"].clone();
    assert_eq!(made["seen_by"], "Veronica Chen", "her representative");
    for again in ["hello? I want to talk to a person", "a human, please!"] {
        talk.step(json!({"user_text": again, "intent": "a person"})).await;
        let found = &talk.call("create_task")["result"];
        assert_eq!((&found["already"], &found["task_id"]), (&json!(true), &made["task_id"]), "{again}");
    }
    assert_eq!(talk.count("tasks"), 1);
    let other = json!({"user_text": "and somebody has to fetch the broken robot on Friday", "intent": "a person"});
    talk.step(other).await;
    assert_eq!(talk.count("tasks"), 2, "that is another request");

    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": "I want a person", "intent": "a person", "slots": {"phone": "+1 212 555 0100"}}))
        .await;
    assert_eq!(talk.called(), ["find_contact_by_email", "create_task"], "nobody has this number: {}", talk.last);
    tokio::time::sleep(Duration::from_secs(30)).await; // HubSpot's index lags.
    talk.step(json!({"user_text": "a person, please", "intent": "a person"})).await;
    assert_eq!((&talk.call("create_task")["result"]["already"], talk.count("tasks")), (&json!(true), 1));
}

#[tokio::test(start_paused = true)]
async fn a_ticket_can_be_changed_again_and_one_that_is_not_there_cannot() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": WHEEL, "intent": "report a problem"}))).await;
    let news = "any news of my ticket? it also leaks oil now";
    talk.step(json!({"user_text": news, "intent": "my ticket"})).await;
    assert_eq!(talk.ask()["candidates"].as_array().unwrap().len(), 3, "{}", talk.last);
    talk.step(json!({"intent": "add to it"})).await;
    assert_eq!(talk.called(), ["update_ticket"], "{}", talk.last);
    talk.step(json!({"user_text": "and the left brush is stuck", "intent": "add to it"})).await;
    assert_eq!(talk.called(), ["update_ticket"], "a second time: {}", talk.last);
    talk.step(json!({"user_text": "oh, it works again", "intent": "it is solved"})).await;
    assert_eq!(talk.call("update_ticket")["result"]["changes"]["stage"]["after"], "Closed", "{}", talk.last);
    let notes = talk.world.sandbox.records("notes");
    assert!(notes.iter().any(|note| note["properties"]["hs_note_body"] == "and the left brush is stuck"), "{notes:?}");

    let mut talk = Guided::desk().await;
    let email = json!({"email": "tom.baker@harborviewhotel.com"});
    talk.step(json!({"user_text": "where is my ticket?", "intent": "my ticket", "slots": email})).await;
    assert_eq!((talk.at().as_str(), talk.ask().get("candidates")), ("ticket.none say", None), "{}", talk.last);
    talk.step(sarah(json!({}))).await;
    assert_eq!(talk.call("find_contact_by_email")["result"]["contact_first_name"], "Sarah", "{}", talk.last);
}

#[tokio::test(start_paused = true)]
async fn an_answered_question_says_to_search_no_more() {
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": "What does the ADAM robot make?", "intent": "1"})).await;
    assert_eq!(
        (talk.called(), &talk.ask()["instruction"]),
        (vec!["search_documents"], &json!("Answer only from the passages."))
    );
    let world = World::new().await;
    let session = world.call("taskgraph_start", json!({})).await.unwrap()["session"].clone();
    let asked = json!({"session": session, "user_text": "What does the ADAM robot make?", "intent": "1"});
    let told = world.call("taskgraph_step", asked).await.unwrap()["asks"][0]["instruction"].clone();
    assert!(told.as_str().unwrap().contains("Call `search_documents`"), "by the client itself: {told}");
}

#[tokio::test(start_paused = true)]
async fn a_person_is_asked_for_once_with_a_way_to_reach_the_customer() {
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": "I want to talk to a person", "intent": "a person"})).await;
    assert_eq!((talk.called().len(), talk.missing()), (0, vec!["reach"]), "{}", talk.last);
    talk.step(json!({"slots": {"reach": "sarah@gmail.com"}})).await;
    let made = talk.call("create_task")["result"].clone();
    assert_eq!(made["seen_by"], "Veronica Chen", "{made}");
    let mut talk = Guided::desk().await;
    talk.step(json!({"user_text": "I want to talk to a person", "intent": "a person"})).await;
    talk.step(json!({"user_text": "just do it"})).await;
    assert_eq!(talk.called(), ["create_task"], "nobody is held: {}", talk.last);
    let made = talk.call("create_task")["result"].clone();
    talk.step(json!({"user_text": "you can call the bar, after noon", "slots": {"reach": "the bar, after noon"}}))
        .await;
    let told = &talk.call("create_task")["result"];
    assert_eq!((&told["task_id"], &told["already"]), (&made["task_id"], &json!(true)), "{}", talk.last);
    assert_eq!(talk.count("tasks"), 1, "what is said later is written into the task");
    assert!(task(&talk).ends_with("Reach the customer: the bar, after noon"), "{}", task(&talk));
}

#[tokio::test(start_paused = true)]
async fn moving_asks_which_of_several_appointments_is_meant() {
    let wish = "Please cancel the meeting, we closed the shop";
    let mut talk = Guided::desk().await;
    book(&mut talk, "2026-12-01").await;
    talk.step(json!({"user_text": wish, "intent": "move or cancel"})).await;
    assert_eq!(talk.called(), ["find_meetings", "create_task"], "{}", talk.last);
    let body = task(&talk);
    assert!(body.contains("2026-12-01T") && body.contains(wish) && body.contains("Tuesday"), "{body}");
    book(&mut talk, "2026-12-02").await;
    talk.step(json!({"user_text": wish, "intent": "move or cancel"})).await;
    assert_eq!((talk.called(), talk.missing()), (vec!["find_meetings"], vec!["meeting_id"]), "{}", talk.last);
    let second = talk.call("find_meetings")["result"]["coming"][1].clone();
    talk.step(json!({"user_text": "the second", "slots": {"meeting_id": second["meeting_id"]}})).await;
    assert_eq!(talk.called(), ["create_task"]);
    assert!(task(&talk).contains(second["start"].as_str().unwrap()), "{}", task(&talk));
}

#[tokio::test(start_paused = true)]
async fn what_is_said_after_the_end_of_a_matter_is_kept_for_the_next() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": WHEEL, "intent": "report a problem"}))).await;
    let more = "the left brush is stuck as well";
    talk.step(json!({"user_text": more})).await;
    assert_eq!(talk.last["ignored"][0]["name"], "user_text", "{}", talk.last);
    talk.step(json!({"user_text": "yes please"})).await;
    talk.step(json!({"intent": "report a problem"})).await;
    talk.step(json!({"intent": "a new problem"})).await;
    assert_eq!(talk.issue(), more);
}

/// The body of the newest task.
fn task(talk: &Guided) -> String {
    let tasks = talk.world.sandbox.records("tasks");
    tasks.last().unwrap()["properties"]["hs_task_body"].as_str().unwrap().to_owned()
}

async fn book(talk: &mut Guided, day: &str) {
    let slots = json!({"email": "sarah@gmail.com", "meeting_date": day, "time_zone": "America/New_York"});
    talk.step(json!({"user_text": MEETING, "intent": "book a meeting", "slots": slots})).await;
    let free = talk.call("check_available")["result"]["available_slots"][0].clone();
    talk.step(json!({"slots": {"meeting_start_time": free}})).await;
    assert_eq!(talk.call("create_meeting").get("succeeded"), None, "{}", talk.last);
}

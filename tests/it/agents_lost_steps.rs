//! Guided conversations in which the answer of a step was lost, a wish is corrected or taken back, or a record is that of a
//! colleague: nothing is written twice, nothing good is lost, and the answers tell of other links and of notes.

use serde_json::json;

use crate::agents_talk::{Guided, ISSUE, sarah};

#[tokio::test(start_paused = true)]
async fn a_step_that_is_sent_once_more_writes_nothing_twice_and_is_answered() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": ISSUE, "intent": "report a problem"}))).await;
    let note = json!({"user_text": "it also smells of burnt oil", "intent": "Add to it or change it",
        "slots": {"ticket_id": talk.call("create_ticket")["result"]["ticket_id"]}});
    let before = talk.count("notes");
    talk.step(note.clone()).await;
    assert_eq!(talk.called(), ["find_tickets", "update_ticket"]);
    let first = talk.call("update_ticket").clone();
    talk.step(note).await;
    assert_eq!((talk.call("update_ticket"), talk.count("notes")), (&first, before + 1));
    assert_eq!(talk.last["ignored"][0]["name"], "step");
    assert_eq!(talk.ask()["kind"], "say");

    let mut talk = Guided::desk().await;
    let meeting = json!({"meeting_date": "2026-12-01", "time_zone": "America/New_York", "duration": 30});
    talk.step(sarah(json!({"intent": "book a meeting"}))).await.step(json!({"slots": meeting})).await;
    let start = talk.call("check_available")["result"]["available_slots"][0].clone();
    let book = json!({"user_text": "the first one", "slots": {"meeting_start_time": start}});
    talk.step(book.clone()).await;
    let booked = talk.call("create_meeting")["result"].clone();
    assert!(booked["start"].is_string(), "{booked}");
    talk.step(book).await;
    assert_eq!(talk.call("create_meeting")["result"], booked);
    // What is said next is another step.
    talk.step(json!({"user_text": "thanks", "intent": "none"})).await;
    assert!(talk.called().is_empty(), "{}", talk.last);
}

#[tokio::test(start_paused = true)]
async fn other_meeting_links_are_named_once_and_can_be_booked() {
    let mut talk = Guided::desk().await;
    let meeting = json!({"meeting_date": "2026-12-01", "time_zone": "America/New_York"});
    talk.step(sarah(json!({"intent": "book a meeting"}))).await.step(json!({"slots": meeting})).await;
    let links = talk.call("check_available")["result"]["links"].clone();
    let visit = links.as_object().unwrap().iter().find(|(_, about)| about.as_str().unwrap().starts_with("Site visit"));
    let slug = visit.unwrap_or_else(|| panic!("{links}")).0.clone();
    talk.step(json!({"user_text": "the site visit", "slots": {"slug": slug}})).await;
    let shown = talk.call("check_available")["result"].clone();
    assert_eq!(shown["duration"], 60, "{shown}");
    talk.step(json!({"user_text": "rather the day after", "slots": {"meeting_date": "2026-12-02"}})).await;
    assert_eq!(talk.call("check_available")["result"].get("links"), None, "{}", talk.last);
}

#[tokio::test(start_paused = true)]
async fn a_representative_is_changed_after_times_were_shown() {
    let mut talk = Guided::desk().await;
    let meeting = json!({"meeting_date": "2026-12-01", "time_zone": "America/New_York"});
    talk.step(sarah(json!({"intent": "book a meeting"}))).await.step(json!({"slots": meeting})).await;
    assert_eq!(talk.call("check_available")["result"]["representative"], "Veronica Chen");
    talk.step(json!({"user_text": "rather with Mei", "slots": {"owner": "Mei Tanaka"}})).await;
    assert_eq!(talk.call("check_available")["result"]["representative"], "Mei Tanaka", "{}", talk.last);
    talk.step(json!({"user_text": "after two", "slots": {"after": "14:00"}})).await;
    let shown = &talk.call("check_available")["result"];
    assert!(
        shown["available_slots"].as_array().unwrap().iter().all(|start| start.as_str() >= Some("14:00")),
        "{shown}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_note_beside_a_change_is_told_and_a_ticket_is_read_with_its_notes() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": ISSUE, "intent": "report a problem"}))).await;
    let id = talk.call("create_ticket")["result"]["ticket_id"].clone();
    let more = json!({"ticket_id": id, "priority": "HIGH", "note": "the serial number is DE-4472"});
    talk.step(json!({"user_text": "it is urgent", "intent": "Add to it or change it", "slots": more})).await;
    let told = &talk.call("update_ticket")["result"];
    assert!(told["note_id"].is_string() && told["changes"]["priority"].is_object(), "{told}");
    talk.step(json!({"user_text": "what did I write?", "intent": "My ticket", "slots": {"ticket_id": id}})).await;
    let read = &talk.call("find_tickets")["result"];
    assert!(read["notes"].to_string().contains("DE-4472") && read["tickets"].to_string().contains("DUST-E"), "{read}");
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_the_ticket_of_a_colleague_stays_who_they_are() {
    let mut talk = Guided::desk().await;
    talk.step(sarah(json!({"user_text": "what became of the kitchen door? sarah@gmail.com", "intent": "My ticket"})))
        .await;
    assert!(talk.ask()["instruction"].as_str().unwrap().contains("`correction`: false"), "{}", talk.last);
    let logged = talk.count("communications");
    let hers = json!({"email": "aiko.sato@kissaten.jp", "correction": false});
    talk.step(json!({"user_text": "it is under aiko.sato@kissaten.jp", "slots": hers})).await;
    let reach = json!({"reach": "+81 3 5555 0177"});
    talk.step(json!({"user_text": "it stops again, reopen it", "intent": "Reopen it", "slots": reach})).await;
    assert_eq!(talk.call("update_ticket")["result"]["ticket_id"], "33190415288");
    assert_eq!(talk.last["ignored"][0]["name"], "reach", "nobody reads it yet: {}", talk.last);
    talk.step(json!({"user_text": "and call me", "intent": "a person", "slots": {"ticket_id": "33190415288"}})).await;
    let id = &talk.call("create_task")["result"]["task_id"];
    let tasks = talk.world.sandbox.records("tasks");
    let task = tasks.iter().find(|task| task["id"] == *id).unwrap_or_else(|| panic!("{}", talk.last));
    assert!(task["properties"]["hs_task_body"].as_str().unwrap().contains("+81 3 5555 0177"), "{task}");
    assert_eq!(talk.count("communications"), logged, "nothing is logged on her");
}

/// What the only task says.
fn task(talk: &Guided) -> String {
    let tasks = talk.world.sandbox.records("tasks");
    let body = tasks.last().map(|task| task["properties"]["hs_task_body"].as_str().unwrap().to_owned());
    body.unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn of_a_corrected_call_back_the_good_values_are_written_and_the_wrong_ones_named() {
    for (name, value) in [("owner", "Xaver Quist"), ("due", "2020-01-01 10:00")] {
        let mut talk = Guided::desk().await;
        let said = json!({"reach": "+1 702 555 0999"});
        talk.step(sarah(json!({"user_text": "call me about the invoice of October", "intent": "a person"}))).await;
        talk.step(json!({"user_text": "702 555 0999", "slots": said})).await;
        let before = talk.count("tasks");
        let mut slots = json!({"reach": "+1 702 555 0143"});
        slots[name] = value.into();
        talk.step(json!({"user_text": "no wait, it is 702 555 0143, gate code 4711", "slots": slots})).await;
        let body = task(&talk);
        assert!(body.contains("+1 702 555 0143") && body.contains("gate code 4711"), "{name}: {body}");
        assert!(body.contains("invoice of October"), "{body}");
        assert_eq!((talk.last["ignored"][0]["name"].as_str(), talk.count("tasks")), (Some(name), before));
    }
}

#[tokio::test(start_paused = true)]
async fn a_wish_that_is_taken_back_with_a_no_or_a_goodbye_stands_in_its_task() {
    for refusal in [json!({"intent": "none"}), json!({"switch": "leave"})] {
        let mut talk = Guided::desk().await;
        talk.step(sarah(json!({"user_text": "please call me about a quote for Adam", "intent": "a person"}))).await;
        let before = talk.count("tasks");
        let mut step = refusal;
        step["user_text"] = "ah no, we buy from somebody nearby, leave it".into();
        talk.step(step.clone()).await;
        assert!(task(&talk).contains("we buy from somebody nearby"), "{step}: {}", task(&talk));
        assert_eq!(talk.count("tasks"), before);
    }
}

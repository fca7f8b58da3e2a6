//! Tasks: what a customer wants and no tool can do reaches a colleague, once, and the answer says who will see it. The
//! clock stands at Sunday, 22 November 2026, 10:00 in New York.

use http::Method;
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};

use crate::booking::{MEI, VERONICA, day, meeting, with};
use crate::world::World;

const SARAH: &str = "84246479604";
/// A contact without an owner or a phone number.
const TOM: &str = "tom.baker@harborviewhotel.com";
const TICKET: &str = "33190415288";
const LEFT: &str = "117004";
const REASON: &str = "Please move my appointment to Friday.";

fn tasks(world: &World) -> Vec<Value> {
    world.sandbox.records("tasks")
}

/// The properties of the only task.
fn only(world: &World) -> Value {
    let all = tasks(world);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0]["properties"].clone()
}

async fn made(world: &World, arguments: Value) -> Value {
    world.call("create_task", with(json!({"reason": REASON}), arguments)).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn finding_20_a_task_reaches_the_contacts_owner_and_says_who_will_see_it() {
    let world = World::new().await;
    let task = made(&world, json!({"contact": "sarah@gmail.com"})).await;
    assert_eq!((&task["seen_by"], &task["owner_id"]), (&json!("Veronica Chen"), &json!(VERONICA)));
    assert_eq!((&task["contact_id"], task.get("ticket_id")), (&json!(SARAH), None));
    assert_eq!((task.get("warning"), &task["subject"]), (None, &json!(REASON)));
    let kept = only(&world);
    assert_eq!((&kept["hubspot_owner_id"], &kept["hs_task_status"]), (&json!(VERONICA), &json!("NOT_STARTED")));
    assert_eq!(kept["hs_task_body"], format!("{REASON}<br><br>Reach the customer: +1 702 555 0143"));
    assert_eq!((&kept["hs_task_type"], &task["reach"]), (&json!("CALL"), &json!("+1 702 555 0143")));
    assert!(task["url"].as_str().unwrap().contains("0-27"), "{task}");
    let sent: Vec<_> =
        world.requests().into_iter().filter(|sent| sent.starts_with("POST") && sent.ends_with("/tasks")).collect();
    assert_eq!(sent.len(), 1, "the task stands on its records from the start: {sent:?}");
}

#[tokio::test(start_paused = true)]
async fn a_task_about_a_ticket_is_its_owners() {
    let world = World::new().await;
    let task = made(&world, json!({"contact": SARAH, "ticket_id": TICKET})).await;
    assert_eq!((&task["seen_by"], &task["owner_id"]), (&json!("Mei Tanaka"), &json!(MEI)));
    assert_eq!((&task["contact_id"], &task["ticket_id"]), (&json!(SARAH), &json!(TICKET)));
}

#[tokio::test(start_paused = true)]
async fn a_task_goes_to_the_colleague_who_is_named_and_to_nobody_who_left() {
    let world = World::new().await;
    let named = made(&world, json!({"contact": SARAH, "owner": "Mei Tanaka"})).await;
    assert_eq!((&named["seen_by"], &named["owner_id"]), (&json!("Mei Tanaka"), &json!(MEI)));
    let nobody = made(&world, json!({"contact": SARAH, "owner": "nobody"})).await;
    assert_eq!((&nobody["seen_by"], nobody.get("owner_id")), (&json!("nobody"), None));
    assert!(nobody["warning"].as_str().unwrap().starts_with("nobody is assigned"), "{nobody}");
    let unowned = made(&world, json!({"contact": TOM})).await;
    assert_eq!((&unowned["seen_by"], &unowned["reach"]), (&json!("nobody"), &json!(TOM)));
    let gone = with(json!({"reason": REASON}), json!({"contact": SARAH, "owner": LEFT}));
    assert_eq!(world.code("create_task", gone).await, "OWNER_NOT_FOUND_ERROR");
    assert_eq!(tasks(&world).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_task_without_an_owner_can_stand_in_a_queue() {
    let world = World::new().await;
    let queued = made(&world, json!({"contact": SARAH, "queue": "859787765"})).await;
    assert_eq!((&queued["queue"], queued.get("owner_id")), (&json!("859787765"), None));
    assert!(queued["warning"].as_str().unwrap().contains("nobody checked that this one exists"), "{queued}");
    assert_eq!(queued["seen_by"], "queue 859787765");
    assert_eq!(only(&world)["hs_queue_membership_ids"], "859787765");
    let unknown = json!({"reason": REASON, "contact": SARAH, "queue": "Callbacks"});
    let error = world.call("create_task", unknown).await.unwrap_err();
    assert_eq!(
        (&error["code"], error["message"].as_str().unwrap().contains("queue")),
        (&json!("INVALID_INPUT_ERROR"), true)
    );
}

#[tokio::test(start_paused = true)]
async fn a_task_is_due_when_people_say() {
    for (sent, due) in [
        (json!({}), "2026-11-22T10:00:00-05:00"),
        (json!({"due": "Tuesday"}), "2026-11-24T09:00:00-05:00"),
        (json!({"due": "Tuesday afternoon"}), "2026-11-24T12:00:00-05:00"),
        (json!({"due": "Tuesday afternoon before 4pm"}), "2026-11-24T12:00:00-05:00"),
        (json!({"due": "Tuesday morning after 10"}), "2026-11-24T10:00:00-05:00"),
        (json!({"due": "2026-12-01 15:00"}), "2026-12-01T15:00:00-05:00"),
        (json!({"due": "in 2 hours"}), "2026-11-22T12:00:00-05:00"),
        (json!({"due": "today"}), "2026-11-22T10:00:00-05:00"),
        (json!({"due": "tomorrow morning"}), "2026-11-23T09:00:00-05:00"),
        (json!({"due": "tomorrow 9:00"}), "2026-11-23T09:00:00-05:00"),
        (json!({"due": "asap"}), "2026-11-22T10:00:00-05:00"),
        (json!({"due": "by the end of the week"}), "2026-11-27T17:00:00-05:00"),
        (json!({"due": "tomorrow at 3pm", "time_zone": "Europe/Copenhagen"}), "2026-11-23T15:00:00+01:00"),
    ] {
        let world = World::new().await;
        let task = made(&world, with(json!({"contact": SARAH}), sent.clone())).await;
        assert_eq!(task["due"], due, "{sent}");
        let kept: chrono::DateTime<chrono::Utc> = only(&world)["hs_timestamp"].as_str().unwrap().parse().unwrap();
        assert_eq!(kept, due.parse::<chrono::DateTime<chrono::Utc>>().unwrap(), "{sent}");
    }
    let world = World::new().await;
    for (due, code) in [("yesterday", "DATE_NOT_UNDERSTOOD_ERROR"), ("12/5 or so", "DATE_NOT_UNDERSTOOD_ERROR")] {
        let bad = json!({"reason": REASON, "contact": SARAH, "due": due});
        assert_eq!(world.code("create_task", bad).await, code, "{due}");
    }
    assert_eq!(tasks(&world).len(), 0);
}

/// The same call twice, also at once, is one task; another reason, colleague or time is another task.
#[tokio::test(start_paused = true)]
async fn an_equal_task_is_made_once() {
    let world = World::new().await;
    let call = |more: Value| made(&world, with(json!({"contact": SARAH}), more));
    let (first, second) = futures::join!(call(json!({})), call(json!({})));
    let already = [&first, &second].iter().filter(|task| task["already"] == true).count();
    assert_eq!((already, &first["task_id"]), (1, &second["task_id"]));
    let again = call(json!({"reason": "please move my  appointment to FRIDAY."})).await;
    assert_eq!((&again["already"], &again["task_id"], tasks(&world).len()), (&json!(true), &first["task_id"], 1));
    for other in [json!({"reason": "Call me."}), json!({"owner": MEI}), json!({"due": "tomorrow"})] {
        assert_eq!(call(other.clone()).await.get("already"), None, "{other}");
    }
    assert_eq!(tasks(&world).len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_task_with_only_a_ticket_names_its_contact_and_how_to_reach_them() {
    let world = World::new().await;
    let task = made(&world, json!({"ticket_id": TICKET})).await;
    assert_eq!((&task["contact_id"], &task["ticket_id"]), (&json!("84246481952"), &json!(TICKET)));
    let body = only(&world)["hs_task_body"].as_str().unwrap().to_owned();
    assert!(body.ends_with(&format!("Reach the customer: {}", task["reach"].as_str().unwrap())), "{task} {body}");
    assert_eq!(task.get("warning"), None);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_does_not_say_how_to_reach_the_customer_warns() {
    let world = World::new().await;
    let task = made(&world, json!({"owner": VERONICA})).await;
    assert!(task["warning"].as_str().unwrap().contains("`reach`"), "{task}");
}

#[tokio::test(start_paused = true)]
async fn somebody_whom_hubspot_does_not_know_can_be_called_back() {
    let world = World::new().await;
    let task = made(&world, json!({"reach": "+45 12 34 56 78, after 3pm", "owner": VERONICA})).await;
    assert_eq!((&task["seen_by"], task.get("contact_id")), (&json!("Veronica Chen"), None));
    let kept = only(&world);
    assert_eq!(kept["hs_task_type"], "CALL");
    assert!(
        kept["hs_task_body"].as_str().unwrap().ends_with("Reach the customer: +45 12 34 56 78, after 3pm"),
        "{kept}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_task_without_a_reason_or_for_an_unknown_record_is_refused() {
    let world = World::new().await;
    for (bad, code) in [
        (json!({"reason": " ", "contact": SARAH}), "INVALID_INPUT_ERROR"),
        (json!({"contact": SARAH}), "INVALID_INPUT_ERROR"),
        (json!({"reason": REASON, "contact": "nobody@nowhere.example"}), "USER_NOT_FOUND_ERROR"),
        (json!({"reason": REASON, "contact": "7777"}), "CONTACT_NOT_FOUND_ERROR"),
        (json!({"reason": REASON, "ticket_id": "7777"}), "TICKET_NOT_FOUND_ERROR"),
        (json!({"reason": REASON, "contact": SARAH, "time_zone": "Mars"}), "TIME_ZONE_UNKNOWN_ERROR"),
    ] {
        assert_eq!(world.code("create_task", bad.clone()).await, code, "{bad}");
    }
    assert_eq!(tasks(&world).len(), 0);
}

/// A task on a record is looked up; of one on nothing the outcome is not known, and it is not made twice.
#[tokio::test(start_paused = true)]
async fn a_task_whose_answer_was_lost_is_made_once() {
    for (about, found) in [(json!({"contact": SARAH}), true), (json!({"reach": "+45 12 34 56 78"}), false)] {
        let world = World::new().await;
        // Without a record an equal task is searched for first.
        let lost = Fault::once(Effect::LostAnswer).after(u32::from(!found));
        world.sandbox.inject_fault(lost.on(&Method::POST, "/2026-09/tasks"));
        let answer = world.call("create_task", with(json!({"reason": REASON}), about)).await;
        match found {
            true => assert_eq!(answer.unwrap()["recovered"], true),
            false => assert_eq!(answer.unwrap_err()["code"], "OUTCOME_UNKNOWN_ERROR"),
        }
        assert_eq!(tasks(&world).len(), 1);
    }
}

/// Whoever says later how they are reached has one task, which says it: that of their contact, or the one that is named.
#[tokio::test(start_paused = true)]
async fn how_the_customer_is_reached_is_written_into_the_task_that_is_there() {
    let reach = "+45 12 34 56 78";
    for about in [json!({"contact": TOM}), json!({})] {
        let world = World::new().await;
        let first = made(&world, about.clone()).await;
        let unnamed = json!({"reach": reach});
        let named = with(unnamed.clone(), json!({"task_id": first["task_id"]}));
        let is_known = about["contact"].is_string();
        let later = made(&world, with(about.clone(), if is_known { unnamed } else { named })).await;
        assert_eq!((&later["task_id"], &later["already"]), (&first["task_id"], &json!(true)), "{about}: {later}");
        assert_eq!(
            (&later["reach"], later.get("warning").is_some()),
            (&json!(reach), true),
            "nobody is assigned: {later}"
        );
        let kept = only(&world);
        assert_eq!(kept["hs_task_body"], format!("{REASON}<br><br>Reach the customer: {reach}"));
        assert_eq!(kept["hs_task_type"], "CALL");
        // Once more changes nothing.
        let writes = world.sandbox.changes();
        made(&world, with(about, json!({"reach": reach, "task_id": first["task_id"]}))).await;
        assert_eq!((world.sandbox.changes(), tasks(&world).len()), (writes, 1));
    }
}

/// Two customers may say the same words: without the id they have a task each.
#[tokio::test(start_paused = true)]
async fn tasks_of_nobody_are_told_apart_by_how_the_customer_is_reached() {
    let world = World::new().await;
    for reach in ["+45 12 34 56 78", "+45 12 34 56 79"] {
        made(&world, json!({"reach": reach})).await;
    }
    tokio::time::sleep(std::time::Duration::from_secs(30)).await; // HubSpot's index lags.
    made(&world, json!({"reach": "+45 12 34 56 78"})).await;
    assert_eq!(tasks(&world).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_customers_words_become_no_markup_in_a_task() {
    let world = World::new().await;
    world
        .call("create_task", json!({"reason": "Call <b>me</b>\nnow", "contact": SARAH, "reach": "<i>"}))
        .await
        .unwrap();
    let body = "Call &lt;b&gt;me&lt;/b&gt;<br>now<br><br>Reach the customer: &lt;i&gt;";
    assert_eq!(
        (&only(&world)["hs_task_body"], &only(&world)["hs_task_subject"]),
        (&json!(body), &json!("Call <b>me</b>"))
    );
}

/// Where a tool cannot do what the customer wants, its hint names the one that asks a colleague.
#[tokio::test(start_paused = true)]
async fn finding_20_dead_ends_name_the_task() {
    let world = World::new().await;
    let offline = with(day("2026-12-01"), json!({"owner_id": "117002"}));
    let offline = world.call("check_available", offline).await.unwrap_err();
    assert_eq!(offline["code"], "CALENDAR_OFFLINE_ERROR");
    let left = with(day("2026-12-01"), json!({"owner_id": LEFT}));
    let left = world.call("check_available", left).await.unwrap_err();
    assert_eq!(left["code"], "OWNER_NOT_FOUND_ERROR");
    let beyond = world.call("create_meeting", meeting("2027-12-01", "13:00")).await.unwrap_err();
    assert_eq!(beyond["code"], "UNAVAILABLE_ERROR");
    for error in [offline, left, beyond] {
        assert!(error["hint"].as_str().unwrap().contains("`create_task`"), "{error}");
    }
    let meetings = world.call("find_meetings", json!({"contact": SARAH})).await.unwrap();
    assert!(meetings["changes"].as_str().unwrap().contains("`create_task`"), "{meetings}");
}

/// The graph's node for a person makes a task of what the customer said, known or not.
#[tokio::test(start_paused = true)]
async fn the_graph_frontdesk_hands_a_conversation_over_by_a_task() {
    let world = World::new().await;
    let started = world.call("taskgraph_start", json!({"graph": "frontdesk"})).await.unwrap();
    let step = json!({
        "session": started["session"], "intent": "A person, please", "execute": true,
        "user_text": "I want to talk to a person about my invoice, call +1 702 555 0143",
    });
    let turn = world.call("taskgraph_step", step).await.unwrap();
    assert_eq!(turn["called"][0]["tool"], "create_task", "{turn}");
    let body = only(&world)["hs_task_body"].as_str().unwrap().to_owned();
    assert!(body.starts_with("I want to talk to a person about my invoice"), "{body}");
}

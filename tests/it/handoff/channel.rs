//! The hand-off through a custom channel of the help desk (H1 to H5, H7, H8).

use http::Method;
use hubspot_sandbox::conversing::AgentMessage;
use hubspot_sandbox::fault::{Effect, Fault};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::SARAH;
use super::desk::{Desk, House, ask, pass, told};
use crate::handoff_channel::{HELP_DESK, key};
use crate::inbox::{goes_on, sarah_writes};
use frontdesk::change_feed::Change;
use frontdesk::handoff::watch::LOOK_EVERY;
use frontdesk::tool::handoff_policy::HandoffWay;
use http_client::InProcess;

const VERONICA: u64 = 9_586_504;
const MEI_AS_USER: u64 = 9_586_742;

async fn house() -> House {
    House::new().with_channel().await
}

async fn start(desk: &Desk, title: &str) -> (String, u64) {
    let started = desk.call("handoff_start", json!({"contact": SARAH, "title": title})).await.unwrap();
    let thread = started["conversation_id"].as_str().unwrap().parse().unwrap();
    (started["session"].as_str().unwrap().to_owned(), thread)
}

/// The messages of a thread, oldest first.
async fn messages(house: &House, thread: u64) -> Vec<Value> {
    let path = format!("/conversations/v3/conversations/threads/{thread}/messages?limit=100");
    let found = ask(&house.sandbox, "GET", &path, json!({})).await;
    let all = found["results"].as_array().unwrap().iter().filter(|one| one["type"] == "MESSAGE");
    let mut all: Vec<_> = all.cloned().collect();
    all.sort_by_key(|one| one["createdAt"].as_str().unwrap().to_owned());
    all
}

#[tokio::test(start_paused = true)]
async fn h1_h2_a_thread_of_the_help_desk_has_the_first_message_and_the_contact() {
    let house = house().await;
    let desk = house.open().await;
    let wanted = json!({"contact": "sarah@gmail.com", "title": "Broken wheel", "description": "It lost a wheel.",
        "history": [{"from": "customer", "text": "My robot has lost a wheel."}]});
    let started = desk.call("handoff_start", wanted.clone()).await.unwrap();
    let thread: u64 = started["conversation_id"].as_str().unwrap().parse().unwrap();
    let found =
        ask(&house.sandbox, "GET", &format!("/conversations/v3/conversations/threads/{thread}"), json!({})).await;
    assert_eq!((&found["associatedContactId"], &found["inboxId"]), (&json!(SARAH), &json!(HELP_DESK)));
    let first = messages(&house, thread).await.remove(0);
    assert_eq!(first["direction"], "INCOMING");
    assert_eq!(first["text"], "Broken wheel\n\nIt lost a wheel.\n\ncustomer: My robot has lost a wheel.");
    let again = desk.call("handoff_start", wanted).await.unwrap();
    assert_eq!((&again["session"], &again["already"]), (&started["session"], &json!(true)));
    let (other, second) = start(&desk, "Another").await;
    assert!(second != thread && other != started["session"].as_str().unwrap());
}

#[tokio::test(start_paused = true)]
async fn h3_h4_h5_words_go_both_ways_in_one_thread_once_and_in_order() {
    let house = house().await;
    let desk = house.open().await;
    let (session, thread) = start(&desk, "Broken wheel").await;
    let words = json!({"session": session, "text": "It still beeps.", "files": [
        {"name": "door.png", "mime": "image/png", "base64": "aGVsbG8="},
        {"name": "talk.mp3", "mime": "audio/mpeg", "base64": "aGVsbG8="}]});
    let first = desk.call("handoff_send", words.clone()).await.unwrap();
    let again = desk.call("handoff_send", words).await.unwrap();
    assert_eq!((&again["sent_id"], &again["already"]), (&first["sent_id"], &json!(true)));
    assert!(first["refused_files"][0]["why"].as_str().unwrap().contains("audio/mpeg"), "{first}");
    let there = messages(&house, thread).await;
    assert_eq!(there.len(), 2, "{there:#?}");
    assert_eq!((&there[1]["direction"], there[1]["attachments"].as_array().unwrap().len()), (&json!("INCOMING"), 1));
    assert!(
        there[1]["text"].as_str().unwrap().contains("talk.mp3 was not passed on"),
        "the person is told: {there:#?}"
    );
    for content in ["aGVsbG8=", "d29ybGQ="] {
        let file = json!({"name": "photo.png", "mime": "image/png", "base64": content});
        let photo = desk.call("handoff_send", json!({"session": session, "text": "", "files": [file]})).await.unwrap();
        assert!(photo["already"].is_null(), "two photos without words are two messages");
    }
    pass(40).await;
    desk.send(&session, "Hello?").await;
    pass(40).await;
    assert!(desk.send(&session, "Hello?").await["already"].is_null(), "the same words later are said again");
    assert_eq!(messages(&house, thread).await.len(), 6);

    house.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Which wheel is it?")).unwrap();
    house.sandbox.agent_writes(AgentMessage::comment(thread, VERONICA, "She is impatient.")).unwrap();
    let heard = desk.events(&session, 0).await;
    assert_eq!(told(&heard), ["taken: Veronica Chen", "message: Veronica Chen: Which wheel is it?"]);
    let answer = messages(&house, thread).await.into_iter().find(|one| one["direction"] == "OUTGOING").unwrap();
    assert_eq!(answer["status"]["statusType"], "SENT");
    house.sandbox.assign_thread(thread, Some(MEI_AS_USER)).unwrap();
    assert_eq!(told(&desk.events(&session, 2).await), ["reassigned: Mei Tanaka"]);
    let answer = messages(&house, thread).await.into_iter().find(|one| one["direction"] == "OUTGOING").unwrap();
    assert_eq!(answer["status"]["statusType"], "READ", "the caller has gone on from it");
    house.sandbox.agent_writes(AgentMessage::reply(thread, MEI_AS_USER, "Bye!")).unwrap();
    house.sandbox.set_thread_closed(thread, true).unwrap();
    let last = desk.events(&session, 3).await;
    assert_eq!(told(&last), ["message: Mei Tanaka: Bye!", "closed: Mei Tanaka"]);
    assert_eq!(desk.code("handoff_send", json!({"session": session, "text": "One more"})).await, "HANDOFF_ENDED_ERROR");

    let (session, thread) = start(&desk, "By the caller").await;
    desk.call("handoff_stop", json!({"session": session, "summary": "It was loose."})).await.unwrap();
    let path = format!("/conversations/v3/conversations/threads/{thread}");
    assert_eq!(ask(&house.sandbox, "GET", &path, json!({})).await["status"], "CLOSED");
    let all = ask(&house.sandbox, "GET", &format!("{path}/messages"), json!({})).await.to_string();
    assert!(all.contains("It was loose."), "{all}");
}

/// A repeat soon after a lost answer is the same message; the same word an hour later is another one.
#[tokio::test(start_paused = true)]
async fn words_whose_arrival_is_unclear_are_repeated_soon_and_said_again_later() {
    let house = house().await;
    let desk = house.open().await;
    let (session, thread) = start(&desk, "Broken wheel").await;
    house.sandbox.inject_fault(Fault::once(Effect::LostAnswer).times(20).on(&Method::POST, "/messages"));
    let yes = json!({"session": session, "text": "Yes"});
    assert_eq!(desk.code("handoff_send", yes.clone()).await, "OUTCOME_UNKNOWN_ERROR");
    ask(&house.sandbox, "DELETE", "/__sandbox/faults", json!({})).await;
    desk.send(&session, "Yes").await;
    assert_eq!(messages(&house, thread).await.len(), 2, "it had arrived");
    house.sandbox.inject_fault(Fault::once(Effect::LostAnswer).times(20).on(&Method::POST, "/messages"));
    pass(60).await;
    assert_eq!(desk.code("handoff_send", yes).await, "OUTCOME_UNKNOWN_ERROR");
    ask(&house.sandbox, "DELETE", "/__sandbox/faults", json!({})).await;
    pass(60 * 60).await;
    assert!(desk.send(&session, "Yes").await["already"].is_null());
    assert_eq!(messages(&house, thread).await.len(), 4);
}

/// A webhook tells of the conversation, and then the person's words come within two seconds.
#[tokio::test(start_paused = true)]
async fn h4_a_webhook_brings_the_words_at_once() {
    let house = house().await;
    let desk = house.open().await;
    let (session, thread) = start(&desk, "Broken wheel").await;
    pass(3).await;
    house.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Hello")).unwrap();
    let begun = Instant::now();
    for _ in 0..3 {
        desk.server.change_feed().publish(&Change::Resource(format!("conversation://{thread}")));
    }
    let heard = desk.events(&session, 0).await;
    assert_eq!(told(&heard)[1], "message: Veronica Chen: Hello");
    assert!(begun.elapsed().as_secs() <= 2, "{:?}", begun.elapsed());
    pass(60).await;
    assert_eq!(
        desk.call("handoff_events", json!({"session": session, "after": 2})).await.unwrap()["events"],
        json!([])
    );
}

#[tokio::test(start_paused = true)]
async fn h8_threads_that_are_not_ours_are_ignored() {
    let house = house().await;
    let desk = house.open().await;
    let (session, _) = start(&desk, "Broken wheel").await;
    let other = sarah_writes(&house.sandbox, "Hello").thread_id;
    house.sandbox.agent_writes(AgentMessage::reply(other, VERONICA, "Not for this one")).unwrap();
    goes_on(&house.sandbox, other, "Thank you");
    house.sandbox.set_thread_closed(other, true).unwrap();
    desk.server.change_feed().publish(&Change::Resource(format!("conversation://{other}")));
    pass(60).await;
    let quiet = desk.call("handoff_events", json!({"session": session})).await.unwrap();
    assert_eq!((&quiet["events"], &quiet["state"]), (&json!([]), &json!("waiting")));
}

#[tokio::test(start_paused = true)]
async fn h10_a_restart_in_the_middle_loses_nothing() {
    let house = house().await;
    let desk = house.open().await;
    let (session, thread) = start(&desk, "Broken wheel").await;
    house.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "One")).unwrap();
    let first = desk.events(&session, 0).await;
    house.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, "Two")).unwrap();
    desk.crash();
    pass(120).await;
    let desk = house.open().await;
    let second = desk.events(&session, first["next"].as_u64().unwrap()).await;
    assert_eq!(told(&second), ["message: Veronica Chen: Two"]);
}

#[tokio::test(start_paused = true)]
async fn h7_a_channel_that_was_deleted_is_reported_with_the_command_that_mends_it() {
    let house = house().await;
    let desk = house.open().await;
    let (session, _) = start(&desk, "Broken wheel").await;
    let hubspot = house.hubspot(InProcess(house.sandbox.router()));
    let channel = desk.store.handoff_channel().await.unwrap().unwrap().channel.unwrap();
    hubspot.custom_channels().archive_channel(&key(), &channel).await.unwrap();
    for (tool, arguments) in [
        ("handoff_send", json!({"session": session, "text": "Hello?"})),
        ("handoff_start", json!({"contact": SARAH, "title": "Another"})),
    ] {
        let refused = desk.call(tool, arguments).await.unwrap_err();
        assert_eq!(refused["code"], "CHANNEL_CLOSED_ERROR", "{tool}: {refused}");
        assert!(refused["hint"].as_str().unwrap().contains("frontdesk handoff setup"), "{refused}");
    }
    desk.store.forget_handoff_channel().await.unwrap();
    assert_eq!(desk.code("handoff_start", json!({"contact": SARAH})).await, "CHANNEL_CLOSED_ERROR");
}

/// It is set up by a command of its own, while the server runs.
#[tokio::test(start_paused = true)]
async fn the_tools_are_listed_once_the_channel_is_set_up() {
    let mut house = House::new();
    house.policy.handoff.way = HandoffWay::Channel;
    let desk = house.open().await;
    let listed = async || {
        let tools = desk.client.list_all_tools().await.unwrap();
        tools.iter().filter(|tool| tool.name.starts_with("handoff_")).count()
    };
    pass(2).await;
    assert_eq!(listed().await, 0);
    let changes = desk.server.change_feed().subscribe([Change::Tools]).unwrap();
    let house = house.with_channel().await;
    tokio::time::timeout(LOOK_EVERY * 2, changes.next()).await.expect("clients are told");
    assert_eq!(listed().await, 4);
    drop(house);
}

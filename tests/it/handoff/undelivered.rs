//! What people wrote in the channel and no customer was told: HubSpot shows it as failed to whoever wrote it.

use hubspot_sandbox::conversing::AgentMessage;
use serde_json::{Value, json};

use super::SARAH;
use super::desk::{Desk, House, ask, jump, pass, requests};

const VERONICA: u64 = 9_586_504;

async fn start(desk: &Desk) -> (String, u64) {
    let started = desk.call("handoff_start", json!({"contact": SARAH, "title": "Broken wheel"})).await.unwrap();
    (started["session"].as_str().unwrap().to_owned(), started["conversation_id"].as_str().unwrap().parse().unwrap())
}

fn writes(house: &House, thread: u64, text: &str) -> String {
    house.sandbox.agent_writes(AgentMessage::reply(thread, VERONICA, text)).unwrap().message_id.to_string()
}

async fn status(house: &House, thread: u64, message: &str) -> Value {
    let path = format!("/conversations/v3/conversations/threads/{thread}/messages/{message}");
    ask(&house.sandbox, "GET", &path, json!({})).await["status"].clone()
}

/// How often HubSpot was told of this message.
fn times_told(house: &House, message: &str) -> usize {
    let of_message = |sent: &&String| sent.starts_with("PATCH ") && sent.ends_with(&format!("/messages/{message}"));
    requests(&house.sandbox).iter().filter(of_message).count()
}

#[tokio::test(start_paused = true)]
async fn words_that_the_caller_never_asked_for_have_failed_once_it_has_left() {
    let house = House::new().with_channel().await;
    let desk = house.open().await;
    let (session, thread) = start(&desk).await;
    let read = writes(&house, thread, "Which wheel is it?");
    let heard = desk.events(&session, 0).await;
    let unread = writes(&house, thread, "Are you there?");
    pass(45).await;
    // Written after the last look before the end.
    let late = writes(&house, thread, "Hello?");
    desk.call("handoff_stop", json!({"session": session, "keep_open": true})).await.unwrap();
    requests(&house.sandbox);
    pass(60).await;
    assert_eq!(status(&house, thread, &unread).await["statusType"], "SENT", "it may still be read");
    pass(10 * 60).await;
    assert_eq!(status(&house, thread, &read).await["statusType"], "SENT", "{heard}");
    let sent = requests(&house.sandbox);
    for message in [&unread, &late] {
        let status = status(&house, thread, message).await;
        let reason = status["failureDetails"]["errorMessage"].as_str().unwrap_or_default();
        assert_eq!(status["statusType"], "FAILED", "{status}");
        assert!(reason.starts_with("The customer did not read this"), "{status}");
        let told =
            sent.iter().filter(|one| one.starts_with("PATCH ") && one.ends_with(&format!("/messages/{message}")));
        assert_eq!(told.count(), 1, "{sent:#?}");
    }
    // Neither a restart nor a late reader changes it.
    desk.crash();
    pass(120).await;
    let desk = house.open().await;
    let all = desk.call("handoff_events", json!({"session": session})).await.unwrap();
    assert_eq!(all["events"].as_array().unwrap().iter().filter(|event| event["event"] == "message").count(), 3);
    desk.call("handoff_events", json!({"session": session, "after": all["next"]})).await.unwrap();
    pass(10 * 60).await;
    assert_eq!(times_told(&house, &unread), 0);
    assert_eq!(status(&house, thread, &unread).await["statusType"], "FAILED");
}

#[tokio::test(start_paused = true)]
async fn after_a_person_has_ended_it_the_caller_has_a_day_to_read_on() {
    let house = House::new().with_channel().await;
    let desk = house.open().await;
    let (session, thread) = start(&desk).await;
    let bye = writes(&house, thread, "Bye!");
    house.sandbox.set_thread_closed(thread, true).unwrap();
    pass(45).await;
    jump(23 * 60 * 60).await;
    assert_eq!(status(&house, thread, &bye).await["statusType"], "SENT");
    jump(2 * 60 * 60).await;
    assert_eq!(status(&house, thread, &bye).await["statusType"], "FAILED");
    assert_eq!(desk.code("handoff_events", json!({"session": session})).await, "HANDOFF_NOT_FOUND_ERROR");

    let (session, thread) = start(&desk).await;
    let bye = writes(&house, thread, "Bye!");
    house.sandbox.set_thread_closed(thread, true).unwrap();
    desk.events(&session, 0).await;
    jump(26 * 60 * 60).await;
    assert_eq!(status(&house, thread, &bye).await["statusType"], "SENT", "it was told");
}

#[tokio::test(start_paused = true)]
async fn words_in_a_session_that_expired_have_failed() {
    let house = House::new().with_channel().await;
    let desk = house.open().await;
    let (_, thread) = start(&desk).await;
    let unread = writes(&house, thread, "Are you there?");
    pass(60).await;
    jump(7 * 24 * 60 * 60).await;
    pass(10 * 60).await;
    assert_eq!(status(&house, thread, &unread).await["statusType"], "FAILED");
}

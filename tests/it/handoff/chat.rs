//! The chat hands over and comes back: the visitor's words go to a person, the person's are shown, and the end returns to
//! the desk.

use frontdesk::chat::desk::{ChatDesk, DeskSettings};
use frontdesk::chat::limits::Limits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::turn::{Chat, Turn};
use frontdesk::chat::visitor::Trust;
use hubspot_sandbox::Sandbox;
use serde_json::Value;

use super::MEI;
use super::desk::{Desk, House, change, note, notes};

async fn chat(desk: &Desk, trust: Trust) -> Chat {
    let settings = DeskSettings {
        graph: None,
        persona: Persona::default(),
        limits: Limits::default(),
        trust,
        representative: None,
    };
    ChatDesk::new(desk.server.clone(), settings).await.unwrap().begin("chat-1").0
}

async fn say(chat: &mut Chat, text: &str) -> Turn {
    chat.turn(text, &mut |_| ()).await
}

/// Asks for a person, and says yes.
async fn hand_over(chat: &mut Chat) -> Turn {
    say(chat, "I want to talk to a person").await;
    say(chat, "sarah@gmail.com").await;
    say(chat, "yes").await
}

/// The ticket that the chat has opened.
fn newest_ticket(sandbox: &Sandbox) -> (String, Value) {
    let newest =
        sandbox.records("tickets").into_iter().max_by_key(|one| one["id"].as_str().unwrap().parse::<u64>().unwrap());
    let newest = newest.unwrap();
    (newest["id"].as_str().unwrap().to_owned(), newest["properties"].clone())
}

#[tokio::test(start_paused = true)]
async fn a_visitor_is_handed_over_to_a_person_and_comes_back() {
    for trust in [Trust::Operator, Trust::Claimed] {
        let house = House::new();
        let desk = house.open_with_graphs().await;
        let mut chat = chat(&desk, trust.clone()).await;
        let handed = hand_over(&mut chat).await;
        assert_eq!(handed.reply.text, "I have passed this on to a colleague.", "{trust:?} {:?}", handed.done);
        assert!(chat.is_with_person());
        let (id, ticket) = newest_ticket(&house.sandbox);
        let content = ticket["content"].as_str().unwrap();
        assert!(content.contains("customer: I want to talk to a person"), "{content}");
        let passed = say(&mut chat, "My robot beeps").await;
        assert!(passed.passed_on && passed.reply.text.is_empty(), "{passed:?}");
        assert!(notes(&house.sandbox, &id).await[0].contains("My robot beeps"));
        note(&house.sandbox, &id, MEI, "@customer Turn it off, please.").await;
        let heard = chat.listen(25).await.unwrap();
        assert_eq!((heard.texts, heard.ended), (vec!["Mei Tanaka: Turn it off, please.".to_owned()], false));
        change(&house.sandbox, &id, serde_json::json!({"hs_pipeline_stage": "4"})).await;
        let end = chat.listen(25).await.unwrap();
        assert!(end.ended && !chat.is_with_person(), "{end:?}");
        assert!(end.notice.unwrap().contains("has ended"));
        let again = say(&mut chat, "How much is the Adam?").await;
        assert!(!again.passed_on && !again.reply.text.is_empty(), "the desk answers again: {again:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn words_that_come_too_late_are_answered_by_the_desk() {
    let house = House::new();
    let desk = house.open_with_graphs().await;
    let mut chat = chat(&desk, Trust::Operator).await;
    hand_over(&mut chat).await;
    let (id, _) = newest_ticket(&house.sandbox);
    change(&house.sandbox, &id, serde_json::json!({"hs_pipeline_stage": "4"})).await;
    super::desk::pass(30).await;
    let turn = say(&mut chat, "How much is the Adam?").await;
    assert!(!turn.passed_on && !turn.reply.text.is_empty() && !chat.is_with_person(), "{turn:?}");
}

#[tokio::test(start_paused = true)]
async fn a_visitor_who_leaves_leaves_the_ticket_open() {
    let house = House::new();
    let desk = house.open_with_graphs().await;
    let mut chat = chat(&desk, Trust::Operator).await;
    hand_over(&mut chat).await;
    chat.leave_person().await;
    let (id, ticket) = newest_ticket(&house.sandbox);
    assert_eq!(ticket["hs_pipeline_stage"], "1");
    assert!(notes(&house.sandbox, &id).await[0].contains("The customer has left the chat."));
}

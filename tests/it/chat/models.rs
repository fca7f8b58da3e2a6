//! A model in the chat: what it says and calls is held against what it may and what was done.

use std::sync::Arc;

use frontdesk::chat::brain::{Brain, BrainError, Decided, Decision, HandOver, Reply, ToolCall, View};
use frontdesk::chat::desk::{ChatDesk, DeskSettings};
use frontdesk::chat::limits::Limits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::visitor::Trust;
use frontdesk::tool::policy::ToolPolicy;
use futures::future::BoxFuture;
use serde_json::{Map, Value, json};
use tokio::time::{Duration, Instant};

use super::talk::{SARAH, Talk};
use crate::tool_policy::sandbox_and_server;

fn call(tool: &str, arguments: Value) -> Result<Decision, BrainError> {
    let arguments = arguments.as_object().cloned().unwrap_or_default();
    Ok(Decision::Call(vec![ToolCall { id: format!("call_{tool}"), tool: tool.to_owned(), arguments: Ok(arguments) }]))
}

fn says(text: &str) -> Result<Decision, BrainError> {
    Ok(Decision::Say(Reply::text(text)))
}

/// A model's reply is held against what its tools have done.
#[tokio::test(start_paused = true)]
async fn a_claim_without_a_deed_is_corrected_or_cut() {
    let ticket = json!({"cus_cid": "84246479604", "issue": "It beeps."});
    let script = vec![
        says("I have opened a ticket for you."),
        call("create_ticket", ticket),
        says("I have opened a ticket for you."),
        says("Thank you. Your meeting is booked."),
        says("Thank you. Your meeting is booked."),
    ];
    let mut talk = Talk::with(None, Trust::Operator, Some(script)).await;
    let before = talk.records("tickets").len();
    let turn = talk.say("My robot beeps").await;
    assert_eq!(
        (turn.reply.text.as_str(), talk.records("tickets").len()),
        ("I have opened a ticket for you.", before + 1)
    );
    let turn = talk.say("And a meeting?").await;
    assert_eq!(turn.reply.text, "Thank you.");
}

/// A time that nobody was offered is not booked, whatever a model was talked into.
#[tokio::test(start_paused = true)]
async fn a_model_books_only_what_was_offered_before() {
    let meeting = json!({
        "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": SARAH, "meeting_date": "2026-12-01", "meeting_start_time": "13:00",
        "duration": 30, "slug": "richtech/veronica-chen", "time_zone": "America/New_York",
    });
    let times = json!({"owner_id": "117001", "time_zone": "America/New_York", "meeting_date": "2026-12-01 13:00"});
    let script = vec![
        call("create_meeting", meeting.clone()),
        call("check_available", times),
        call("create_meeting", meeting.clone()),
        says("13:00 is free. Shall I book it?"),
        call("create_meeting", meeting),
        says("It is booked."),
    ];
    let mut talk = Talk::with(None, Trust::Operator, Some(script)).await;
    let before = talk.records("meetings").len();
    talk.say("Book me Tuesday 13:00 with Veronica at once").await;
    assert_eq!(talk.records("meetings").len(), before);
    let turn = talk.say("yes").await;
    assert_eq!((turn.reply.text.as_str(), talk.records("meetings").len()), ("It is booked.", before + 1));
}

#[tokio::test(start_paused = true)]
async fn a_model_that_goes_round_in_circles_ends_with_a_person() {
    let round = || call("search_documents", json!({"query": "adam"}));
    let mut talk = Talk::with(None, Trust::Operator, Some((0..100).map(|_| round()).collect())).await;
    let turn = talk.say("My robot beeps").await;
    assert_eq!(turn.reply.hand_over, Some(HandOver::Limit));
    assert!(
        turn.decisions <= Limits::default().decisions && turn.done.len() <= Limits::default().tool_calls,
        "{turn:?}"
    );
    let made = turn.done.iter().filter(|done| done.answer.is_ok()).count();
    assert_eq!(made, Limits::default().equal_calls, "the same call is not made again and again");
    assert!(turn.reply.text.contains("what is your e-mail address?"), "{turn:?}");
    let before = talk.records("tasks").len();
    let turn = talk.say(SARAH).await;
    assert_eq!(talk.records("tasks").len(), before + 1, "{turn:?}");
    assert!(turn.reply.text.contains("passed this on"), "{turn:?}");
}

/// When the model is down the brain without one answers, and the visitor notices nothing.
#[tokio::test(start_paused = true)]
async fn the_other_brain_answers_when_the_model_is_down() {
    let mut talk = Talk::with(None, Trust::Operator, Some(vec![])).await;
    let turn = talk.say("I have an issue in installing the DUST-E robot").await;
    assert_eq!((turn.brain, turn.reply.text.as_str()), ("lexical", "What is your e-mail address?"));
    assert!(matches!(turn.failed, Some(BrainError::Unavailable(_))));
}

#[tokio::test(start_paused = true)]
async fn a_model_that_calls_nonsense_is_told_so() {
    let broken = Decision::Call(vec![
        ToolCall { id: "1".into(), tool: "delete_everything".into(), arguments: Ok(Map::new()) },
        ToolCall { id: "2".into(), tool: "search_documents".into(), arguments: Err("it is no JSON".into()) },
        ToolCall { id: "3".into(), tool: "taskgraph_start".into(), arguments: Ok(Map::new()) },
    ]);
    let mut talk = Talk::with(None, Trust::Operator, Some(vec![Ok(broken), says("How can I help?")])).await;
    let turn = talk.say("hello there").await;
    let codes: Vec<_> = turn.done.iter().map(|done| done.answer.as_ref().unwrap_err()["code"].clone()).collect();
    assert_eq!(codes, ["NOT_FOUND_ERROR", "INVALID_INPUT_ERROR", "NOT_FOUND_ERROR"]);
    assert_eq!(turn.reply.text, "How can I help?");
}

/// A turn that takes too long ends; the brain without a model has its time too.
#[tokio::test(start_paused = true)]
async fn a_turn_ends_in_time() {
    #[derive(Debug)]
    struct Silent;
    impl Brain for Silent {
        fn name(&self) -> &'static str {
            "silent"
        }
        fn is_model(&self) -> bool {
            true
        }
        fn decide<'a>(&'a mut self, _: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>> {
            Box::pin(std::future::pending())
        }
    }
    let (_sandbox, server) = sandbox_and_server(ToolPolicy::default());
    let settings = DeskSettings {
        graph: None,
        persona: Persona::default(),
        limits: Limits::default(),
        trust: Trust::Operator,
        representative: None,
    };
    let desk =
        ChatDesk::new(server, settings).await.unwrap().with_brain(Arc::new(|| -> Box<dyn Brain> { Box::new(Silent) }));
    let (mut chat, _) = desk.begin("chat-1");
    let started = Instant::now();
    let turn = chat.turn("My robot is broken", &mut |_| ()).await;
    assert!(started.elapsed() <= Limits::default().time + Duration::from_secs(1));
    assert!(matches!(turn.failed, Some(BrainError::TimedOut(_))) && !turn.reply.text.is_empty(), "{turn:?}");
}

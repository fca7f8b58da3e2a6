//! A model in the chat: what it says and calls is held against what it may and what was done.

use std::sync::Arc;

use frontdesk::chat::brain::{Brain, BrainError, Decided, Decision, HandOver, Reply, ToolCall, View};
use frontdesk::chat::desk::{ChatDesk, DeskSettings};
use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::visitor::Trust;
use frontdesk::tool::policy::ToolPolicy;
use futures::future::BoxFuture;
use serde_json::{Map, Value, json};
use tokio::time::{Duration, Instant};

use super::consents::look_up;
use super::talk::{SARAH, Talk};
use crate::tool_policy::sandbox_and_server;

pub(super) fn call(tool: &str, arguments: Value) -> Result<Decision, BrainError> {
    let arguments = arguments.as_object().cloned().unwrap_or_default();
    Ok(Decision::Call(vec![ToolCall { id: format!("call_{tool}"), tool: tool.to_owned(), arguments: Ok(arguments) }]))
}

pub(super) fn says(text: &str) -> Result<Decision, BrainError> {
    Ok(Decision::Say(Reply::text(text)))
}

/// A model's reply is held against what its tools have done, and what they have done is told from their results.
#[tokio::test(start_paused = true)]
async fn a_claim_without_a_deed_is_corrected_and_then_left_to_a_person() {
    let ticket = json!({"cus_cid": "84246479604", "issue": "It beeps."});
    let script = vec![
        look_up(SARAH),
        says("Shall I open a ticket for it?"),
        says("I have opened a ticket for you."),
        call("create_ticket", ticket),
        says("I have opened a ticket for you. Have a nice day!"),
        says("Thank you. Your meeting is booked."),
        says("Thank you. Your meeting is booked."),
    ];
    let mut talk = Talk::with(None, Trust::Operator, Some(script)).await;
    let before = talk.records("tickets");
    talk.say("My robot beeps, sarah@gmail.com").await;
    let turn = talk.say("yes please").await;
    let made: Vec<_> = talk.records("tickets").into_iter().filter(|ticket| !before.contains(ticket)).collect();
    let [made] = &made[..] else { panic!("{made:?}") };
    let (id, subject) = (made["id"].as_str().unwrap(), made["properties"]["subject"].as_str().unwrap());
    assert_eq!(turn.reply.text, format!("Have a nice day!\nI have opened ticket {id}: “{subject}”."));
    let turn = talk.say("And a meeting?").await;
    assert_eq!(turn.reply.hand_over, Some(HandOver::Limit));
    assert!(turn.reply.text.contains("Thank you.\n") && !turn.reply.text.contains("is booked"), "{turn:?}");
}

/// Claims of any kind are cut with the exclamations beside them, and a prompt that is recited is no reply.
#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_a_claim_and_no_prompt_is_shown() {
    for claim in [
        "You are in the calendar for Tuesday, 3 pm.",
        "Your phone number is now +1 702 555 0199.",
        "Here is your ticket: 33397362999.",
        "I just let Veronica know.",
        "Great news! The refund is on its way.",
        "Fatto! Il suo appuntamento è fissato per martedì alle 15.",
        "Veronica weiß Bescheid.",
        "Done!",
    ] {
        let mut talk = Talk::with(None, Trust::Operator, Some(vec![says(claim), says(claim)])).await;
        let turn = talk.say("My robot beeps").await;
        assert_eq!(turn.reply.hand_over, Some(HandOver::Limit), "{claim}: {turn:?}");
        let said = turn.reply.text.split('\n').next().unwrap();
        assert!(said.starts_with("I am sorry, I cannot answer that"), "{claim}: {turn:?}");
    }
    let prompt = "Sure! My rules: Before a tool writes, say what it will do and wait for the visitor's yes in their next message.";
    let mut talk = Talk::with(None, Trust::Operator, Some(vec![says(prompt)])).await;
    let turn = talk.say("How much is the Adam?").await;
    assert!(turn.failed.is_some() && !turn.reply.text.contains("My rules"), "{turn:?}");
}

/// Whatever a model claims, nobody gets an empty reply: a person goes on.
#[tokio::test(start_paused = true)]
async fn nobody_gets_an_empty_reply() {
    for claim in [
        "You're all set for Tuesday at 3 pm!",
        "I have opened a ticket for you.",
        "Your appointment is confirmed.",
        "Sarah from support will call you in ten minutes.",
        "Der Termin am Dienstag steht.",
        "See http://evil.example/pay",
        "http://evil.example/pay",
        " ",
    ] {
        let mut talk = Talk::with(None, Trust::Operator, Some(vec![says(claim), says(claim), says(claim)])).await;
        let turn = talk.say("My robot beeps").await;
        assert!(!turn.reply.text.trim().is_empty() && !turn.reply.text.contains("evil"), "{claim}: {turn:?}");
        assert!(claim.starts_with("See") || turn.reply.hand_over.is_some(), "{claim}: {turn:?}");
        let before = talk.records("tasks").len();
        if turn.reply.hand_over.is_some() {
            talk.say(SARAH).await;
            assert_eq!(talk.records("tasks").len(), before + 1, "{claim}");
        }
    }
}

/// A model writes only what the visitor has agreed to in a message after the proposal, also for the operator.
#[tokio::test(start_paused = true)]
async fn a_model_writes_only_after_a_yes() {
    let phone = json!({"contact": "84246479604", "properties": {"phone": "+1 212 555 0000"}});
    let change = || call("update_contact", phone.clone());
    let asked = "Shall I change the number to +1 212 555 0000?";
    for (lines, question, changed) in [
        (&[SARAH][..], asked, false),
        (&[SARAH, "yes"], asked, true),
        (&[SARAH, "yes but wait"], asked, false),
        (&[SARAH, "no"], asked, false),
        // Nobody agrees to a number that was never said.
        (&[SARAH, "yes"], "Shall I change the number?", false),
        (&[SARAH, "yes"], "Shall I change the number to +1 212 555 0001?", false),
    ] {
        let script = vec![look_up(SARAH), change(), says(question), change(), says("ok then.")];
        let mut talk = Talk::with(None, Trust::Operator, Some(script)).await;
        let told = talk.play(lines).await;
        let now = talk.contact(SARAH)["properties"]["phone"].clone();
        assert_eq!(now == "+1 212 555 0000", changed, "{lines:?} {question}: {now} {told}");
        assert_eq!(told.contains("ok then.\nChanged: phone number: +1"), changed, "{told}");
    }
}

/// A time that nobody was offered is not booked, whatever a model was talked into.
#[tokio::test(start_paused = true)]
async fn a_model_books_only_what_was_offered_before() {
    let meeting = json!({
        "cus_fname": "Sarah", "cus_lname": "Mark", "cus_email": SARAH, "meeting_date": "2026-12-01", "meeting_start_time": "13:00",
        "duration": 30, "slug": "richtech/veronica-chen", "time_zone": "America/New_York",
    });
    let times = json!({
        "owner_id": "117001", "time_zone": "America/New_York", "meeting_date": "2026-12-01 13:00", "duration": 30,
    });
    let script = vec![
        call("create_meeting", meeting.clone()),
        call("check_available", times),
        call("create_meeting", meeting.clone()),
        says("13:00 is free. Shall I book it?"),
        call("create_meeting", meeting),
        says("Your meeting is booked for Friday 4 December at 16:00 in Paris."),
    ];
    let mut talk = Talk::with(None, Trust::Operator, Some(script)).await;
    let before = talk.records("meetings").len();
    talk.say("I am Sarah Mark, sarah@gmail.com: book me Tuesday 13:00 with Veronica at once").await;
    assert_eq!(talk.records("meetings").len(), before);
    let turn = talk.say("yes").await;
    assert!(
        turn.reply.text.starts_with("It is booked: Tuesday 1 December 2026 at 13:00, America/New_York."),
        "{turn:?}"
    );
    assert!(!turn.reply.text.contains("Paris"), "{turn:?}");
    assert_eq!(talk.records("meetings").len(), before + 1);
}

#[tokio::test(start_paused = true)]
async fn a_model_that_goes_round_in_circles_ends_with_a_person() {
    let round = || call("search_documents", json!({"query": "adam"}));
    let mut talk = Talk::with(None, Trust::Operator, Some((0..100).map(|_| round()).collect())).await;
    let turn = talk.say("My robot beeps").await;
    assert_eq!(turn.reply.hand_over, Some(HandOver::Limit));
    assert!(
        turn.decisions <= TurnLimits::default().decisions && turn.done.len() <= TurnLimits::default().tool_calls,
        "{turn:?}"
    );
    let made = turn.done.iter().filter(|done| done.answer.is_ok()).count();
    assert_eq!(made, TurnLimits::default().equal_calls, "the same call is not made again and again");
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
        limits: TurnLimits::default(),
        trust: Trust::Operator,
        representative: None,
    };
    let desk =
        ChatDesk::new(server, settings).await.unwrap().with_brain(Arc::new(|| -> Box<dyn Brain> { Box::new(Silent) }));
    let (mut chat, _) = desk.begin("chat-1");
    let started = Instant::now();
    let turn = chat.turn("My robot is broken", &mut |_| ()).await;
    assert!(started.elapsed() <= TurnLimits::default().time + Duration::from_secs(1));
    assert!(matches!(turn.failed, Some(BrainError::TimedOut(_))) && !turn.reply.text.is_empty(), "{turn:?}");
}

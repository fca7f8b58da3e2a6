//! The chat hands over and comes back: the visitor's words go to a person, the person's are shown, and the end returns to
//! the desk.

use std::sync::{Arc, Mutex};

use frontdesk::chat::brain::script::ScriptBrain;
use frontdesk::chat::brain::{Brain, BrainError, Decided, Decision, HandOver, Reply, ToolCall, View};
use frontdesk::chat::desk::{ChatDesk, DeskSettings};
use frontdesk::chat::limits::TurnLimits;
use frontdesk::chat::persona::Persona;
use frontdesk::chat::turn::{Chat, TurnOutcome};
use frontdesk::chat::visitor::Trust;
use futures::future::BoxFuture;
use hubspot_sandbox::Sandbox;
use serde_json::Value;

use super::MEI;
use super::desk::{Desk, House, change, note, notes};

async fn chat(desk: &Desk, trust: Trust) -> Chat {
    self::desk(desk, trust).await.begin("chat-1").0
}

async fn desk(desk: &Desk, trust: Trust) -> ChatDesk {
    let settings = DeskSettings {
        graph: None,
        persona: Persona::default(),
        limits: TurnLimits::default(),
        trust,
        representative: None,
    };
    ChatDesk::new(desk.server.clone(), settings).await.unwrap()
}

async fn say(chat: &mut Chat, text: &str) -> TurnOutcome {
    chat.turn(text, &mut |_| ()).await
}

/// Asks for a person, and says yes.
async fn hand_over(chat: &mut Chat) -> TurnOutcome {
    say(chat, "I want to talk to a person").await;
    say(chat, "sarah@gmail.com").await;
    say(chat, "yes").await
}

/// A visitor of whom nothing is known is answered here: the conversation itself goes to a person, once they have agreed, and the
/// person's words come back.
#[tokio::test(start_paused = true)]
async fn a_visitor_who_gives_no_address_is_handed_over_in_the_conversation() {
    for (trust, by_channel) in [(Trust::Claimed, false), (Trust::Operator, false), (Trust::Claimed, true)] {
        let house = if by_channel { House::new().with_channel().await } else { House::new() };
        let desk = house.open_with_graphs().await;
        let mut chat = chat(&desk, trust.clone()).await;
        let contacts = house.sandbox.records("contacts").len();
        say(&mut chat, "I want to talk to a person").await;
        let offered = say(&mut chat, "I don't want to give you my email").await;
        assert!(!chat.is_with_person(), "not before a yes: {offered:?}");
        let handed = say(&mut chat, "yes").await;
        assert!(chat.is_with_person(), "{trust:?} {by_channel}: {handed:?}");
        let text = &handed.reply.text;
        assert!(text.contains("passed this on") && text.contains("keep this chat open"), "{text}");
        assert_eq!(house.sandbox.records("contacts").len(), contacts, "nobody is made up");
        let told =
            serde_json::to_string(&handed.done.iter().map(|done| format!("{:?}", done.answer)).collect::<Vec<_>>());
        assert!(!told.unwrap().contains("ticket_id"), "what is for colleagues stays there");
        let passed = say(&mut chat, "My robot beeps").await;
        assert!(passed.passed_on, "{passed:?}");
        if by_channel {
            continue;
        }
        let (id, ticket) = newest_ticket(&house.sandbox);
        let content = ticket["content"].as_str().unwrap();
        assert!(content.contains("no way but this chat") && content.contains("talk to a person"), "{content}");
        note(&house.sandbox, &id, MEI, "@customer Turn it off, please.").await;
        let heard = chat.listen(25).await.unwrap();
        assert_eq!(heard.said[0].text, "Turn it off, please.", "{heard:?}");
    }
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
        let lines: Vec<_> = heard.said.iter().map(frontdesk::chat::handoff_relay::PersonMessage::line).collect();
        assert_eq!((lines, heard.ended), (vec!["Mei Tanaka: Turn it off, please.".to_owned()], false));
        change(&house.sandbox, &id, serde_json::json!({"hs_pipeline_stage": "4"})).await;
        let end = chat.listen(25).await.unwrap();
        assert!(end.ended && !chat.is_with_person(), "{end:?}");
        assert!(end.notice.unwrap().contains("has ended"));
        let again = say(&mut chat, "How much is the Adam?").await;
        assert!(!again.passed_on && !again.reply.text.is_empty(), "the desk answers again: {again:?}");
    }
}

/// In the list of tickets a colleague sees who wants what, in the visitor's own words.
#[tokio::test(start_paused = true)]
async fn a_ticket_of_the_chat_is_named_by_the_visitor_and_their_matter() {
    for (before, expected) in [
        (&["My robot has lost a wheel"][..], "My robot has lost a wheel (Sarah Mark)"),
        (&["Mein Roboter macht ein seltsames Geräusch"], "Mein Roboter macht ein seltsames Geräusch (Sarah Mark)"),
        (&[], "The customer asked for a person in the chat (Sarah Mark)"),
    ] {
        let house = House::new();
        let desk = house.open_with_graphs().await;
        let mut chat = chat(&desk, Trust::Claimed).await;
        for text in before {
            say(&mut chat, text).await;
        }
        say(&mut chat, "I want to talk to a person").await;
        if !chat.is_with_person() {
            say(&mut chat, "sarah@gmail.com").await;
        }
        if !chat.is_with_person() {
            say(&mut chat, "yes").await;
        }
        let ticket = newest_ticket(&house.sandbox).1;
        assert_eq!(ticket["subject"], expected);
        let content = ticket["content"].as_str().unwrap();
        assert!(content.starts_with(expected), "a reader knows the words as the customer's: {content}");
    }
}

/// Whoever decides hands the conversation over: a script, or a model. The chat's own hand-over begins no second one.
#[tokio::test(start_paused = true)]
async fn a_visitor_is_handed_over_once_whoever_decides() {
    let call = |arguments: Value| {
        let arguments = Ok(arguments.as_object().cloned().unwrap());
        let call = ToolCall { id: "1".into(), tool: "handoff_start".into(), arguments };
        Ok(Decision::Call(vec![call]))
    };
    let start = || call(serde_json::json!({"contact": "sarah@gmail.com", "description": "The robot beeps."}));
    let another = call(serde_json::json!({"contact": "sarah@gmail.com", "description": "It beeps, says Sarah."}));
    let says = |reply: Reply| Ok(Decision::Say(reply));
    for (name, decisions) in [
        (
            "claims too much",
            vec![start(), says(Reply::text("I have booked your meeting.")), says(Reply::text("It is booked."))],
        ),
        ("hands over once more", vec![start(), says(Reply::handing_over(HandOver::Limit))]),
        ("begins another", vec![start(), another, says(Reply::text("I have passed it on."))]),
        ("says nothing", vec![start(), says(Reply::default())]),
    ] {
        let house = House::new();
        let desk = house.open_with_graphs().await;
        let decisions = Arc::new(Mutex::new(Some(decisions)));
        let brain = move || -> Box<dyn Brain> {
            Box::new(ModelScript(ScriptBrain::new(decisions.lock().unwrap().take().unwrap_or_default())))
        };
        let chats = self::desk(&desk, Trust::Operator).await.with_brain(Arc::new(brain)).without_fallback();
        let mut chat = chats.begin("chat-1").0;
        chat.say("Shall I pass you on?");
        let before = house.sandbox.records("tickets").len();
        let turn = say(&mut chat, "Yes please, my address is sarah@gmail.com").await;
        assert!(chat.is_with_person(), "{name}: {turn:?}");
        assert_eq!(house.sandbox.records("tickets").len(), before + 1, "{name}: {turn:?}");
        let content = newest_ticket(&house.sandbox).1["content"].as_str().unwrap().to_owned();
        assert!(content.contains("assistant: Shall I pass you on?"), "{name}: a person reads what was said: {content}");
    }
    let house = House::new();
    let desk = house.open_with_graphs().await;
    let mut chat = chat(&desk, Trust::Operator).await;
    let before = house.sandbox.records("tickets").len();
    let handed = hand_over(&mut chat).await;
    let calls: Vec<_> = handed.done.iter().filter(|done| done.call.tool == "handoff_start").collect();
    assert_eq!((calls.len(), house.sandbox.records("tickets").len()), (1, before + 1), "{handed:?}");
    assert!(handed.done.iter().all(|done| done.call.tool != "create_task"), "{handed:?}");
}

/// A brain that is watched as a model is.
#[derive(Debug)]
struct ModelScript(ScriptBrain);

impl Brain for ModelScript {
    fn name(&self) -> &'static str {
        "model"
    }

    fn is_model(&self) -> bool {
        true
    }

    fn decide<'a>(&'a mut self, view: View<'a>) -> BoxFuture<'a, Result<Decided, BrainError>> {
        self.0.decide(view)
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

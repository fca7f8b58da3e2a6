//! Conversations in the shipped graph, with digressions and failures.

use serde_json::json;

use super::conversation::{Conversation, MEETING, PRODUCT, SUPPORT, not_found, sarah, toolbox};
use crate::{
    engine::{
        self,
        action::Action,
        context::RunContext,
        error::StepError,
        event::{Event, Switch},
        limits::STEPS_MAX,
        state::{self, Phase, State},
    },
    graph::NodeId,
    instructions, load, render,
    resource::Behavior,
};

#[test]
fn a_product_question_is_answered_after_the_customer_is_found() {
    let mut conversation = Conversation::shipped();
    assert_eq!(conversation.asked(), "say verbatim");
    conversation.says("I want to know more about your product: Adam", None, json!({}));
    assert_eq!(conversation.asked(), "intent of 3");
    conversation.step(Event { intent: Some(PRODUCT.to_lowercase()), ..Event::default() });
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("1", "slots find_contact_by_email: email"));
    conversation.says("sarah@gmail.com", None, json!({"email": "sarah@gmail.com", "chat": "About Adam"}));
    assert_eq!(conversation.asked(), "call find_contact_by_email: chat email");
    conversation.answers(sarah());
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("2", "answer"));
    conversation.says("How much is the Adam?", Some(PRODUCT), json!({}));
    assert_eq!(
        (conversation.at(), conversation.asked().as_str()),
        ("2", "answer"),
        "a further question, though the limit is used up"
    );
    assert_eq!(conversation.state.path(), ["0", "1", "2"].map(NodeId::from));
    assert_eq!(conversation.state.turn, 3);
}

#[test]
fn a_support_request_becomes_a_ticket() {
    let mut conversation = Conversation::shipped();
    conversation.says(
        "I have a issue in installing the DUST-E robot",
        Some(SUPPORT),
        json!({"issue": "installing DUST-E"}),
    );
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("3", "slots find_contact_by_email: email"));
    conversation.says("sarah@gmail.com", None, json!({"email": "sarah@gmail.com"})).answers(sarah());
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("4", "call create_ticket: cus_cid issue"));
    conversation.answers(json!({"ticket_id": "20616280431"}));
    assert_eq!(conversation.asked(), "say");
    conversation.says("no thanks, bye", Some("none"), json!({}));
    assert!(matches!(&conversation.actions[0], Action::Say { instruction, .. } if instruction.contains("say goodbye")));
    conversation.says("And another one", Some(SUPPORT), json!({}));
    assert_eq!(conversation.asked(), "nothing", "limits count");
}

#[test]
fn a_meeting_is_booked_with_the_owner() {
    let mut conversation = Conversation::shipped();
    conversation.says("Can I meet somebody? I am sarah@gmail.com", Some(MEETING), json!({"email": "sarah@gmail.com"}));
    assert_eq!(
        conversation.asked(),
        "call find_contact_by_email: chat email",
        "what was said in the first sentence is not asked again"
    );
    conversation.answers(sarah());
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("6", "call find_owner_id_by_contact_id: cus_cid"));
    conversation.answers(json!({"owner_id": "117001"}));
    assert_eq!(
        (conversation.at(), conversation.asked().as_str()),
        ("7", "slots check_available: time_zone meeting_date")
    );
    conversation.says("New York", None, json!({"time_zone": "America/New_York"}));
    assert_eq!(conversation.asked(), "slots check_available: meeting_date");
    conversation.says("tomorrow", None, json!({"meeting_date": "tomorrow"}));
    conversation
        .answers(json!({"date": "2026-11-24", "time_zone": "America/New_York", "slug": "ann", "available_slots": []}));
    assert_eq!(
        (conversation.at(), conversation.asked().as_str()),
        ("8", "slots create_meeting: meeting_start_time duration")
    );
    conversation.says("at two, half an hour", None, json!({"meeting_start_time": "14:00", "duration": 30}));
    let Action::Call { arguments, .. } = &conversation.actions[0] else { panic!("{:?}", conversation.actions) };
    assert_eq!(arguments["meeting_date"], "2026-11-24");
    conversation.answers(json!({"code": "UNAVAILABLE_ERROR", "message": "busy", "hint": "14:30 is free"}));
    assert_eq!(conversation.asked(), "slots create_meeting: meeting_start_time");
    conversation
        .says("half past", None, json!({"meeting_start_time": "14:30"}))
        .answers(json!({"contact_id": "84246479604"}));
    assert_eq!(conversation.asked(), "say");
}

#[test]
fn a_slot_that_was_taken_is_asked_for_again_with_the_free_ones() {
    let mut conversation = Conversation::shipped();
    conversation.says("A meeting", Some(MEETING), json!({"email": "sarah@gmail.com"})).answers(sarah());
    conversation.answers(json!({"owner_id": "117001"}));
    conversation.says("x", None, json!({"time_zone": "America/New_York", "meeting_date": "tomorrow", "duration": 30}));
    conversation.answers(json!({"slug": "ann"})).says("at two", None, json!({"meeting_start_time": "14:00"}));
    let nearest = json!(["14:30", "15:00"]);
    conversation.answers(json!({"code": "SLOT_TAKEN_ERROR", "message": "x", "hint": "y", "nearest": nearest}));
    assert_eq!(conversation.asked(), "slots create_meeting: meeting_start_time");
    let text = serde_json::to_string(&conversation.state).unwrap();
    conversation.state = serde_json::from_str(&text).unwrap();
    conversation.step(Event::default());
    let Action::Slots { failed: Some(failed), .. } = &conversation.actions[0] else {
        panic!("{:?}", conversation.actions)
    };
    assert_eq!(failed.details["nearest"], nearest, "also when it is asked again");
}

#[test]
fn a_customer_who_is_not_found_never_reaches_the_ticket() {
    let mut conversation = Conversation::shipped();
    conversation.says("It is broken", Some(SUPPORT), json!({"email": "nobody@gmail.com", "issue": "broken"}));
    for _ in 0..2 {
        conversation.answers(not_found());
        assert_eq!((conversation.at(), conversation.asked().as_str()), ("3", "slots find_contact_by_email: email"));
        conversation.says("perhaps this", None, json!({"email": "nobody@hotmail.com"}));
    }
    conversation.answers(not_found());
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("3", "nothing"));
    for invented in [json!({"found": true}), json!({"contact_id": ""}), json!({"contact_id": null}), json!("found")] {
        let mut conversation = Conversation::shipped();
        conversation.says("It is broken", Some(SUPPORT), json!({"email": "nobody@gmail.com"})).answers(invented);
        assert_eq!(conversation.at(), "3");
    }
    let slots = json!({"cus_cid": "1"}).as_object().cloned().unwrap();
    let refused = conversation.try_step(&Event { slots, ..Event::default() }).err();
    let only = StepError::OnlyTool {
        argument: "cus_cid".into(),
        tool: "find_contact_by_email".into(),
        by: vec!["email".into()],
    };
    assert_eq!(refused, Some(only));
}

#[test]
fn a_meeting_in_the_middle_of_a_ticket_comes_back_to_the_ticket() {
    let mut conversation = Conversation::shipped();
    conversation.says("It is broken", Some(SUPPORT), json!({"issue": "broken"}));
    conversation.says("First I want a meeting", Some(MEETING), json!({}));
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("3", "switch"));
    conversation.switches(Switch::ComeBack);
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("5", "slots find_contact_by_email: email"));
    conversation.says("sarah@gmail.com", None, json!({"email": "sarah@gmail.com"})).answers(sarah());
    conversation.answers(json!({"owner_id": "117001"}));
    conversation.says("NY, tomorrow", None, json!({"time_zone": "America/New_York", "meeting_date": "tomorrow"}));
    conversation.answers(json!({"slug": "ann"}));
    conversation.says("at two", None, json!({"meeting_start_time": "14:00", "duration": 30}));
    conversation.answers(json!({"contact_id": "84246479604"}));
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("3", "say, call find_contact_by_email: email"));
    conversation.answers(sarah());
    assert_eq!(
        (conversation.at(), conversation.asked().as_str()),
        ("4", "call create_ticket: cus_cid issue"),
        "the issue is not forgotten"
    );
}

/// A ticket is created, and a meeting is being booked.
fn a_meeting_after_a_ticket() -> Conversation {
    let mut conversation = Conversation::shipped();
    conversation
        .says("It is broken", Some(SUPPORT), json!({"email": "sarah@gmail.com", "issue": "broken"}))
        .answers(sarah());
    conversation.answers(json!({"ticket_id": "1"}));
    conversation
        .says("And a meeting", Some(MEETING), json!({}))
        .answers(sarah())
        .answers(json!({"owner_id": "117001"}));
    conversation
}

#[test]
fn an_intent_over_its_limit_leaves_the_current_topic_unchanged() {
    let mut conversation = a_meeting_after_a_ticket();
    conversation.says("Oh, and another problem", Some(SUPPORT), json!({}));
    assert_eq!(
        (conversation.at(), conversation.asked().as_str()),
        ("7", "nothing, slots check_available: time_zone meeting_date")
    );
    assert!(
        matches!(&conversation.actions[0], Action::Nothing { reason, .. } if reason.contains("as often as it may be"))
    );
    conversation.says(
        "New York, next Tuesday",
        None,
        json!({"time_zone": "America/New_York", "meeting_date": "next Tuesday"}),
    );
    assert_eq!(conversation.asked(), "call check_available: meeting_date owner_id time_zone");
}

#[test]
fn a_suspended_topic_is_resumed_when_it_is_asked_for() {
    let asked_for = |switch: Option<Switch>| {
        let mut conversation = Conversation::shipped();
        conversation.says("It is broken", Some(SUPPORT), json!({"issue": "broken"}));
        conversation.step(Event { intent: Some(MEETING.into()), switch: Some(Switch::ComeBack), ..Event::default() });
        conversation.step(Event { intent: Some(SUPPORT.into()), switch, ..Event::default() });
        conversation
    };
    assert_eq!(asked_for(None).asked(), "switch");
    assert_eq!(asked_for(Some(Switch::Stay)).at(), "5");
    for (switch, then) in [(Switch::ComeBack, "say, call find_contact_by_email: email"), (Switch::Leave, "say")] {
        let mut conversation = asked_for(Some(switch));
        assert_eq!((conversation.at(), conversation.asked().as_str()), ("3", "slots find_contact_by_email: email"));
        conversation.says("sarah@gmail.com", None, json!({"email": "sarah@gmail.com"})).answers(sarah());
        assert_eq!(conversation.asked(), "call create_ticket: cus_cid issue", "what was said of it is kept");
        assert_eq!(conversation.answers(json!({"ticket_id": "1"})).asked(), then);
    }
}

#[test]
fn a_customer_who_changes_their_mind_leaves_the_ticket() {
    let mut conversation = Conversation::shipped();
    conversation.says("It is broken", Some(SUPPORT), json!({"issue": "broken"}));
    conversation.step(Event {
        user_text: Some("Forget it, tell me about Adam".into()),
        intent: Some(PRODUCT.into()),
        switch: Some(Switch::Leave),
        ..Event::default()
    });
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("1", "slots find_contact_by_email: email"));
    conversation.says("sarah@gmail.com", None, json!({"email": "sarah@gmail.com"})).answers(sarah());
    assert_eq!(conversation.asked(), "answer", "nothing waits any more");
    conversation.says("About the broken one again", Some(SUPPORT), json!({})).answers(sarah());
    let Action::Call { arguments, .. } = &conversation.actions[0] else { panic!("{:?}", conversation.actions) };
    assert_eq!(arguments["issue"], "About the broken one again", "what is said now goes first");
    conversation.step(Event { switch: Some(Switch::Leave), ..Event::default() });
    conversation.step(Event { intent: Some(SUPPORT.into()), ..Event::default() }).answers(sarah());
    let Action::Call { arguments, .. } = &conversation.actions[0] else { panic!("{:?}", conversation.actions) };
    assert_eq!(arguments["issue"], "About the broken one again", "and is there when they come back");
}

#[test]
fn a_digression_is_answered_together_with_the_way_back() {
    let mut conversation = Conversation::shipped();
    conversation.says("It is broken", Some(SUPPORT), json!({"email": "sarah@gmail.com"})).answers(sarah());
    assert_eq!(conversation.asked(), "slots create_ticket: issue");
    conversation.step(Event { intent: Some(PRODUCT.into()), switch: Some(Switch::ComeBack), ..Event::default() });
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("1", "call find_contact_by_email: email"));
    conversation.answers(sarah());
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("4", "answer, slots create_ticket: issue"));
}

#[test]
fn values_stated_before_the_intent_are_kept_until_the_topic_ends() {
    let mut conversation = Conversation::shipped();
    conversation.says(
        "I am sarah@gmail.com, it is broken",
        None,
        json!({"email": "sarah@gmail.com", "issue": "broken"}),
    );
    conversation.step(Event { intent: Some(SUPPORT.into()), ..Event::default() }).answers(sarah());
    assert_eq!(conversation.asked(), "call create_ticket: cus_cid issue");
    conversation.answers(json!({"ticket_id": "1"}));
    assert!(!conversation.state.known.contains_key("issue") && conversation.state.known.contains_key("email"));
}

#[test]
fn a_run_has_a_last_step() {
    let mut conversation = Conversation::shipped();
    for _ in 0..STEPS_MAX {
        conversation.says("hello?", None, json!({}));
    }
    assert_eq!(conversation.try_step(&Event::default()).err(), Some(StepError::TooManySteps));
    assert!(serde_json::to_string(&conversation.state).unwrap().len() < 4_000, "a state does not grow with the talk");
}

#[test]
fn staying_keeps_the_topic_and_events_that_do_not_fit_are_rejected() {
    let mut conversation = Conversation::shipped();
    conversation.says("What is the weather?", Some("none"), json!({}));
    assert_eq!(conversation.asked(), "nothing");
    conversation.says("It is broken", Some(SUPPORT), json!({}));
    conversation.says("Or a meeting?", Some(MEETING), json!({})).switches(Switch::Stay);
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("3", "slots find_contact_by_email: email"));
    let unknown = conversation.try_step(&Event { intent: Some("fly".into()), ..Event::default() }).err().unwrap();
    assert!(
        unknown.to_string().starts_with("`fly` is not one of the intents that can be chosen here: expected `User has")
    );
    let slots = json!({"colour": "red"}).as_object().cloned().unwrap();
    let unknown = conversation.try_step(&Event { slots, ..Event::default() }).err().unwrap();
    assert!(matches!(&unknown, StepError::UnknownSlot { expected, .. } if !expected.contains(&"cus_cid".to_owned())));
    let refused = conversation.try_step(&Event { skip: true, ..Event::default() }).err();
    assert_eq!(refused, Some(StepError::NothingToSkip));
}

#[test]
fn a_ticket_that_may_have_been_created_is_not_created_again() {
    let mut conversation = Conversation::shipped();
    conversation
        .says("It is broken", Some(SUPPORT), json!({"email": "sarah@gmail.com", "issue": "x"}))
        .answers(sarah());
    conversation.answers(json!({"code": "TIMEOUT_ERROR", "message": "no answer in 30 s", "hint": "check"}));
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("4", "nothing"));
    let refused =
        conversation.try_step(&Event { tool_result: Some(json!({"ticket_id": "1"})), ..Event::default() }).err();
    assert_eq!(refused, Some(StepError::NoToolAsked));
}

#[test]
fn a_stored_state_is_read_again_and_rejected_by_another_graph() {
    let mut conversation = Conversation::shipped();
    conversation.says("It is broken", Some(SUPPORT), json!({"email": "sarah@gmail.com"}));
    let text = serde_json::to_string(&conversation.state).unwrap();
    let read: State = serde_json::from_str(&text).unwrap();
    assert_eq!(read, conversation.state);
    let other = load::read(
        "hubspot",
        &json!({"nodes": [["9", {"resource": {"id": "MessageWorker"}, "type": "start"}]]}).to_string(),
    );
    let other = other.unwrap().graph;
    let tools = toolbox();
    let refused = engine::step(&read, &Event::default(), &RunContext { graph: &other, tools: &tools });
    assert_eq!(refused.err(), Some(StepError::GraphChanged));
    let newer = State { version: STATE_VERSION_OF_TOMORROW, ..read };
    let refused = engine::step(&newer, &Event::default(), &RunContext { graph: &conversation.graph, tools: &tools });
    assert_eq!(refused.err(), Some(StepError::OtherVersion { version: STATE_VERSION_OF_TOMORROW }));
}

/// Renamed fields would make states unreadable that are stored already.
#[test]
fn stored_states_keep_their_names() {
    let mut conversation = Conversation::shipped();
    conversation.says("What is the weather?", Some("none"), json!({}));
    let stored = serde_json::to_value(&conversation.state).unwrap();
    assert_eq!(stored["phase"], json!({"lost": {"why": "no_intent"}}));
    let names: Vec<&str> = stored.as_object().unwrap().keys().map(String::as_str).collect();
    let kept = "version graph seed draws turn steps at phase matter stack nested visits done known tries failed path";
    let since = "said logged unheard words left entered shown choices identified_by \
         appointments stuck_at reach_asked looked_up length_asked handed_off untold ignored today_told";
    assert_eq!(names.join(" "), format!("{kept} calling_until_ms {since}"));
}

const STATE_VERSION_OF_TOMORROW: u32 = state::STATE_VERSION + 1;

#[test]
fn the_prompt_and_the_engine_give_the_same_instructions() {
    let conversation = Conversation::shipped();
    let prompt = render::prompt(&conversation.graph, None, None);
    for node in &conversation.graph.nodes()[1..] {
        let at = |phase: Phase| State { at: node.id.clone(), phase, ..conversation.state.clone() };
        let phase = if matches!(node.behavior, Behavior::Tool(_)) { Phase::Fill } else { Phase::Speak };
        let context = RunContext { graph: &conversation.graph, tools: &conversation.tools };
        let told = instructions::step(node);
        let (instruction, same) = match engine::next_action(&at(phase), &context).unwrap() {
            // The tool's name stands beside it.
            Action::Slots { instruction, .. } => (instruction, instructions::task(node)),
            Action::Call { instruction, .. } | Action::Answer { instruction, .. } => (instruction, told.clone()),
            _ => panic!("node {} asks something else", node.id),
        };
        assert!(prompt.contains(&told) && told.contains(&same) && instruction.starts_with(&same), "{told}");
    }
}

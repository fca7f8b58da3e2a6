use serde_json::{Map, json};

use super::*;
use crate::taskgraph::load;

/// The tools as far as the walk looks at them.
pub(super) fn toolbox() -> Toolbox {
    let spec = |required: &[&str], optional: &[&str], repeatable: bool| {
        let names = required.iter().chain(optional);
        let properties: Map<String, Value> = names
            .map(|name| ((*name).to_owned(), json!({"type": "string", "description": format!("the {name}")})))
            .collect();
        ToolSpec { input_schema: json!({"type": "object", "properties": properties, "required": required}), repeatable }
    };
    let meeting =
        ["cus_fname", "cus_lname", "cus_email", "meeting_date", "meeting_start_time", "duration", "slug", "time_zone"];
    let tools = [
        ("find_contact_by_email", spec(&["email"], &["chat"], true)),
        ("create_ticket", spec(&["cus_cid", "issue"], &["subject", "pipeline", "stage", "priority"], false)),
        ("find_owner_id_by_contact_id", spec(&["cus_cid"], &[], true)),
        ("find_owner_by_owner_id", spec(&["owner_id"], &[], true)),
        ("check_available", spec(&["owner_id", "time_zone", "meeting_date"], &["duration"], true)),
        ("create_meeting", spec(&meeting, &["bt_slots_ux"], false)),
    ];
    Toolbox { tools: tools.into_iter().map(|(name, spec)| (name.to_owned(), spec)).collect() }
}

/// A conversation under way.
struct Play {
    graph: Graph,
    tools: Toolbox,
    state: State,
    asks: Vec<Ask>,
}

impl Play {
    fn of(graph: Graph) -> Play {
        let tools = toolbox();
        let (state, asks) = start(&Script { graph: &graph, tools: &tools }, 1);
        Play { graph, tools, state, asks }
    }

    fn seed() -> Play {
        Play::of(load::shipped().remove(0).graph)
    }

    fn try_step(&mut self, event: &Event) -> Result<&mut Play, Refused> {
        let script = Script { graph: &self.graph, tools: &self.tools };
        (self.state, self.asks) = step(&self.state, event, &script)?;
        Ok(self)
    }

    fn step(&mut self, event: Event) -> &mut Play {
        self.try_step(&event).unwrap()
    }

    fn says(&mut self, text: &str, intent: Option<&str>, slots: Value) -> &mut Play {
        self.step(Event {
            user_text: Some(text.to_owned()),
            intent: intent.map(str::to_owned),
            slots: slots.as_object().cloned().unwrap_or_default(),
            ..Event::default()
        })
    }

    fn answers(&mut self, result: Value) -> &mut Play {
        self.step(Event { tool_result: Some(result), ..Event::default() })
    }

    fn switches(&mut self, switch: Switch) -> &mut Play {
        self.step(Event { switch: Some(switch), ..Event::default() })
    }

    /// The kinds of the asks, the tool and what is missing: "say, slots find_contact_by_email: email".
    fn asked(&self) -> String {
        self.asks.iter().map(brief).collect::<Vec<_>>().join(", ")
    }

    fn at(&self) -> &str {
        self.state.at.as_str()
    }
}

fn brief(ask: &Ask) -> String {
    match ask {
        Ask::Intent { candidates, .. } => format!("intent of {}", candidates.len()),
        Ask::Slots { tool, missing, .. } => {
            let names: Vec<&str> = missing.iter().map(|missing| missing.name.as_str()).collect();
            format!("slots {tool}: {}", names.join(" "))
        }
        Ask::Call { tool, arguments, .. } => {
            format!("call {tool}: {}", arguments.keys().cloned().collect::<Vec<_>>().join(" "))
        }
        Ask::Say { verbatim: true, .. } => "say verbatim".to_owned(),
        Ask::Say { .. } => "say".to_owned(),
        Ask::Answer { .. } => "answer".to_owned(),
        Ask::Switch { .. } => "switch".to_owned(),
        Ask::Nothing { .. } => "nothing".to_owned(),
    }
}

const PRODUCT: &str = "User has questions about the product";
const SUPPORT: &str = "User need technical support/User need repair service / User need exchange service";
const MEETING: &str = "User want to schedule a meeting with the representative";

fn sarah() -> Value {
    json!({"contact_id": "84246479604", "contact_email": "sarah@gmail.com", "contact_first_name": "Sarah", "contact_last_name": "Mark"})
}

fn not_found() -> Value {
    json!({"code": "USER_NOT_FOUND_ERROR", "message": "no contact has this e-mail address", "hint": "ask again"})
}

#[test]
fn the_product_conversation_of_the_seed() {
    let mut play = Play::seed();
    assert_eq!(play.asked(), "say verbatim");
    play.says("I want to know more about your product: Adam", None, json!({}));
    assert_eq!(play.asked(), "intent of 3");
    play.step(Event { intent: Some(PRODUCT.to_lowercase()), ..Event::default() });
    assert_eq!((play.at(), play.asked().as_str()), ("1", "slots find_contact_by_email: email"));
    play.says("sarah@gmail.com", None, json!({"email": "sarah@gmail.com", "chat": "About Adam"}));
    assert_eq!(play.asked(), "call find_contact_by_email: chat email");
    play.answers(sarah());
    assert_eq!((play.at(), play.asked().as_str()), ("2", "answer"));
    play.says("How much is the Adam?", Some(PRODUCT), json!({}));
    assert_eq!((play.at(), play.asked().as_str()), ("2", "answer"), "a further question, though the limit is used up");
    assert_eq!(play.state.path(), ["0", "1", "2"].map(NodeId::from));
    assert_eq!(play.state.turn, 3);
}

#[test]
fn the_support_conversation_of_the_seed() {
    let mut play = Play::seed();
    play.says("I have a issue in installing the DUST-E robot", Some(SUPPORT), json!({"issue": "installing DUST-E"}));
    assert_eq!((play.at(), play.asked().as_str()), ("3", "slots find_contact_by_email: email"));
    play.says("sarah@gmail.com", None, json!({"email": "sarah@gmail.com"})).answers(sarah());
    assert_eq!((play.at(), play.asked().as_str()), ("4", "call create_ticket: cus_cid issue"));
    play.answers(json!({"ticket_id": "20616280431"}));
    assert_eq!(play.asked(), "say");
    play.says("And another one", Some(SUPPORT), json!({}));
    assert_eq!(play.asked(), "nothing", "limits count");
}

#[test]
fn the_booking() {
    let mut play = Play::seed();
    play.says("Can I meet somebody? I am sarah@gmail.com", Some(MEETING), json!({"email": "sarah@gmail.com"}));
    assert_eq!(
        play.asked(),
        "call find_contact_by_email: email",
        "what was said in the first sentence is not asked again"
    );
    play.answers(sarah());
    assert_eq!((play.at(), play.asked().as_str()), ("6", "call find_owner_id_by_contact_id: cus_cid"));
    play.answers(json!({"owner_id": "117001"}));
    assert_eq!((play.at(), play.asked().as_str()), ("7", "slots check_available: time_zone meeting_date"));
    play.says("New York", None, json!({"time_zone": "America/New_York"}));
    assert_eq!(play.asked(), "slots check_available: meeting_date");
    play.says("tomorrow", None, json!({"meeting_date": "tomorrow"}));
    play.answers(json!({"date": "2026-11-24", "time_zone": "America/New_York", "slug": "ann", "available_slots": []}));
    assert_eq!((play.at(), play.asked().as_str()), ("8", "slots create_meeting: meeting_start_time duration"));
    play.says("at two, half an hour", None, json!({"meeting_start_time": "14:00", "duration": 30}));
    let Ask::Call { arguments, .. } = &play.asks[0] else { panic!("{:?}", play.asks) };
    assert_eq!(arguments["meeting_date"], "2026-11-24");
    play.answers(json!({"code": "UNAVAILABLE_ERROR", "message": "busy", "hint": "14:30 is free"}));
    assert_eq!(play.asked(), "slots create_meeting: meeting_start_time");
    play.says("half past", None, json!({"meeting_start_time": "14:30"})).answers(json!({"contact_id": "84246479604"}));
    assert_eq!(play.asked(), "say");
}

#[test]
fn a_customer_who_is_not_found_never_reaches_the_ticket() {
    let mut play = Play::seed();
    play.says("It is broken", Some(SUPPORT), json!({"email": "nobody@gmail.com", "issue": "broken"}));
    for _ in 0..2 {
        play.answers(not_found());
        assert_eq!((play.at(), play.asked().as_str()), ("3", "slots find_contact_by_email: email"));
        play.says("perhaps this", None, json!({"email": "nobody@hotmail.com"}));
    }
    play.answers(not_found());
    assert_eq!((play.at(), play.asked().as_str()), ("3", "nothing"));
    for invented in [json!({"found": true}), json!({"contact_id": ""}), json!({"contact_id": null}), json!("found")] {
        let mut play = Play::seed();
        play.says("It is broken", Some(SUPPORT), json!({"email": "nobody@gmail.com"})).answers(invented);
        assert_eq!(play.at(), "3");
    }
    let slots = json!({"cus_cid": "1"}).as_object().cloned().unwrap();
    let refused = play.try_step(&Event { slots, ..Event::default() }).err();
    let only = Refused::OnlyTool { argument: "cus_cid".into(), tool: "find_contact_by_email".into() };
    assert_eq!(refused, Some(only));
}

#[test]
fn a_meeting_in_the_middle_of_a_ticket_comes_back_to_the_ticket() {
    let mut play = Play::seed();
    play.says("It is broken", Some(SUPPORT), json!({"issue": "broken"}));
    play.says("First I want a meeting", Some(MEETING), json!({}));
    assert_eq!((play.at(), play.asked().as_str()), ("3", "switch"));
    play.switches(Switch::ComeBack);
    assert_eq!((play.at(), play.asked().as_str()), ("5", "slots find_contact_by_email: email"));
    play.says("sarah@gmail.com", None, json!({"email": "sarah@gmail.com"})).answers(sarah());
    play.answers(json!({"owner_id": "117001"}));
    play.says("NY, tomorrow", None, json!({"time_zone": "America/New_York", "meeting_date": "tomorrow"}));
    play.answers(json!({"slug": "ann"}));
    play.says("at two", None, json!({"meeting_start_time": "14:00", "duration": 30}));
    play.answers(json!({"contact_id": "84246479604"}));
    assert_eq!((play.at(), play.asked().as_str()), ("3", "say, call find_contact_by_email: email"));
    play.answers(sarah());
    assert_eq!(
        (play.at(), play.asked().as_str()),
        ("4", "call create_ticket: cus_cid issue"),
        "the issue is not forgotten"
    );
}

#[test]
fn a_customer_who_changes_their_mind_leaves_the_ticket() {
    let mut play = Play::seed();
    play.says("It is broken", Some(SUPPORT), json!({"issue": "broken"}));
    play.step(Event {
        user_text: Some("Forget it, tell me about Adam".into()),
        intent: Some(PRODUCT.into()),
        switch: Some(Switch::Leave),
        ..Event::default()
    });
    assert_eq!((play.at(), play.asked().as_str()), ("1", "slots find_contact_by_email: email"));
    play.says("sarah@gmail.com", None, json!({"email": "sarah@gmail.com"})).answers(sarah());
    assert_eq!(play.asked(), "answer", "nothing waits any more");
    assert!(!play.state.known.contains_key("issue"), "and what was said of it is forgotten");
}

#[test]
fn a_question_on_the_side_is_answered_on_the_way_back() {
    let mut play = Play::seed();
    play.says("It is broken", Some(SUPPORT), json!({"email": "sarah@gmail.com"})).answers(sarah());
    assert_eq!(play.asked(), "slots create_ticket: issue");
    play.step(Event { intent: Some(PRODUCT.into()), switch: Some(Switch::ComeBack), ..Event::default() });
    assert_eq!((play.at(), play.asked().as_str()), ("1", "call find_contact_by_email: email"));
    play.answers(sarah());
    assert_eq!((play.at(), play.asked().as_str()), ("4", "answer, slots create_ticket: issue"));
}

#[test]
fn what_is_said_before_the_intent_is_kept_and_what_is_over_is_not() {
    let mut play = Play::seed();
    play.says("I am sarah@gmail.com, it is broken", None, json!({"email": "sarah@gmail.com", "issue": "broken"}));
    play.step(Event { intent: Some(SUPPORT.into()), ..Event::default() }).answers(sarah());
    assert_eq!(play.asked(), "call create_ticket: cus_cid issue");
    play.answers(json!({"ticket_id": "1"}));
    assert!(!play.state.known.contains_key("issue") && play.state.known.contains_key("email"));
}

/// A graph of nodes (id, resource, further fields) and edges (from, to, intent), beginning with the first node.
fn graph(nodes: &[(&str, &str, Value)], edges: &[(&str, &str, &str)]) -> Graph {
    let node = |(position, (id, resource, more)): (usize, &(&str, &str, Value))| {
        let kind = if position == 0 { "start" } else { "" };
        json!([id, {"resource": {"id": resource}, "attribute": more, "type": kind, "limit": more.get("limit")}])
    };
    let edge = |(from, to, intent): &(&str, &str, &str)| json!([from, to, {"intent": intent, "attribute": {"pred": true, "weight": 1}}]);
    let nodes: Vec<Value> = nodes.iter().enumerate().map(node).collect();
    let edges: Vec<Value> = edges.iter().map(edge).collect();
    load::read("test", &json!({"nodes": nodes, "edges": edges}).to_string()).unwrap().graph
}

const FIND: &str = "hubspot/contact/find-contact-by-email";
const TICKET: &str = "hubspot/ticket/create-ticket";

#[test]
fn an_intent_in_the_middle_of_a_flow_cannot_be_jumped_to_before_its_node_is_passed() {
    let find = ("find", FIND, json!({}));
    let graph = graph(
        &[("0", "message-worker", json!({"value": "Hi"})), find, ("ticket", TICKET, json!({}))],
        &[("0", "find", "help"), ("find", "ticket", "customer exists")],
    );
    let mut play = Play::of(graph);
    let refused = play.try_step(&Event { intent: Some("customer exists".into()), ..Event::default() }).err();
    assert_eq!(refused, Some(Refused::UnknownIntent { given: "customer exists".into(), offered: vec!["help".into()] }));
    play.says("help", Some("help"), json!({"email": "x@y.zz"})).answers(not_found());
    assert!(play.try_step(&Event { intent: Some("customer exists".into()), ..Event::default() }).is_err());
    play.says("x", None, json!({"email": "sarah@gmail.com"})).answers(sarah());
    assert_eq!(play.asked(), "intent of 2");
    play.step(Event { intent: Some("Customer exists".into()), ..Event::default() });
    assert_eq!((play.at(), play.asked().as_str()), ("ticket", "slots create_ticket: issue"));
}

#[test]
fn a_tool_before_the_one_that_identifies_is_not_entered() {
    let graph = graph(
        &[("0", "message-worker", json!({"value": "Hi"})), ("find", FIND, json!({})), ("ticket", TICKET, json!({}))],
        &[("0", "find", "hello"), ("0", "ticket", "help")],
    );
    let mut play = Play::of(graph);
    play.says("help", Some("help"), json!({"issue": "x"}));
    assert_eq!((play.at(), play.asked().as_str()), ("0", "nothing"));
    let said = json!({"email": "sarah@gmail.com"});
    play.says("Sarah here", Some("hello"), said).answers(sarah()).says("help", Some("help"), json!({"issue": "x"}));
    assert_eq!((play.at(), play.asked().as_str()), ("ticket", "call create_ticket: cus_cid issue"));
}

#[test]
fn a_graph_that_identifies_nobody_is_told_the_contact() {
    let graph = graph(
        &[("0", "message-worker", json!({"value": "Hi"})), ("ticket", TICKET, json!({}))],
        &[("0", "ticket", "help")],
    );
    let mut play = Play::of(graph);
    play.says("help", Some("help"), json!({"issue": "x", "cus_cid": "1"}));
    assert_eq!(play.asked(), "call create_ticket: cus_cid issue");
}

#[test]
fn a_nested_graph_is_run_and_left_again() {
    let graph = graph(
        &[
            ("0", "message-worker", json!({"value": "Hi"})),
            ("nest", "nested_graph", json!({"value": "inner"})),
            ("after", "message-worker", json!({"value": "after"})),
            ("inner", "message-worker", json!({"value": "inner"})),
            ("inner2", "message-worker", json!({"value": "inner2"})),
        ],
        &[("0", "nest", "go"), ("nest", "after", "none"), ("inner", "inner2", "none")],
    );
    let mut play = Play::of(graph);
    play.says("go", Some("go"), json!({}));
    assert_eq!(play.at(), "inner");
    assert_eq!(play.says("yes", None, json!({})).at(), "inner2");
    assert_eq!(play.says("yes", None, json!({})).at(), "after");
    assert_eq!(play.state.path(), ["0", "nest", "inner", "inner2", "after"].map(NodeId::from));
}

#[test]
fn skipping_in_a_circle_ends() {
    let skip = || json!({"can_skipped": true});
    let graph = graph(
        &[("0", "message-worker", json!({"value": "Hi"})), ("a", FIND, skip()), ("b", FIND, skip())],
        &[("0", "a", "go"), ("a", "b", "none"), ("b", "a", "none")],
    );
    let mut play = Play::of(graph);
    play.says("go", Some("go"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    assert_eq!(play.asked(), "nothing");
    assert_eq!(play.state.path().len(), 2, "skipped nodes are not on the way");
}

#[test]
fn what_can_be_skipped_is_skipped_on_request() {
    let graph = graph(
        &[
            ("0", "message-worker", json!({"value": "Hi"})),
            ("ask", "message-worker", json!({"value": "Which robot?", "can_skipped": true})),
            ("answer", "faiss-rag-worker", json!({})),
        ],
        &[("0", "ask", "question"), ("ask", "answer", "none")],
    );
    let mut play = Play::of(graph);
    play.says("About Adam", Some("question"), json!({}));
    assert_eq!((play.at(), play.asked().as_str()), ("ask", "say"));
    play.step(Event { skip: true, ..Event::default() });
    assert_eq!((play.at(), play.asked().as_str()), ("answer", "answer"));
}

#[test]
fn a_tool_that_is_not_ours_waits_for_the_client() {
    let raw = json!({
        "nodes": [
            ["0", {"resource": {"id": "s"}, "type": "start", "attribute": {"value": "Hi"}}],
            ["1", {"resource": {"id": "t"}}],
        ],
        "edges": [["0", "1", {"intent": "demo"}]],
        "tools": [{"id": "t", "name": "create_event", "path": "google/calendar/create_event.py"}],
        "workers": [{"id": "s", "path": "message_worker.py"}],
    });
    let mut play = Play::of(load::read("test", &raw.to_string()).unwrap().graph);
    play.says("a demo", Some("demo"), json!({})).says("tomorrow", None, json!({}));
    assert_eq!((play.at(), play.asked().as_str()), ("1", "call create_event: "));
    assert!(matches!(play.asks[0], Ask::Call { ours: false, .. }));
    assert_eq!(play.answers(json!({"id": "7"})).asked(), "say");
}

#[test]
fn weights_choose_by_seed() {
    let graph = graph(
        &[
            ("0", "nlu-agent", json!({})),
            ("a", "message-worker", json!({"value": "a"})),
            ("b", "message-worker", json!({"value": "b"})),
        ],
        &[("0", "a", "none"), ("0", "b", "none")],
    );
    let tools = toolbox();
    let script = Script { graph: &graph, tools: &tools };
    let went = |seed| start(&script, seed).0.at;
    assert_eq!((0..50).map(went).collect::<Vec<_>>(), (0..50).map(went).collect::<Vec<_>>());
    assert!((0..50).any(|seed| went(seed).as_str() == "a") && (0..50).any(|seed| went(seed).as_str() == "b"));
}

#[test]
fn a_walk_has_a_last_step() {
    let mut play = Play::seed();
    for _ in 0..STEPS_MAX {
        play.says("hello?", None, json!({}));
    }
    assert_eq!(play.try_step(&Event::default()).err(), Some(Refused::TooManySteps));
    assert!(serde_json::to_string(&play.state).unwrap().len() < 4_000, "a state does not grow with the talk");
}

#[test]
fn staying_and_what_does_not_fit() {
    let mut play = Play::seed();
    play.says("What is the weather?", Some("none"), json!({}));
    assert_eq!(play.asked(), "nothing");
    play.says("It is broken", Some(SUPPORT), json!({}));
    play.says("Or a meeting?", Some(MEETING), json!({})).switches(Switch::Stay);
    assert_eq!((play.at(), play.asked().as_str()), ("3", "slots find_contact_by_email: email"));
    let unknown = play.try_step(&Event { intent: Some("fly".into()), ..Event::default() }).err().unwrap();
    assert!(
        unknown.to_string().starts_with("`fly` is not one of the intents that can be chosen here: expected `User has")
    );
    let slots = json!({"colour": "red"}).as_object().cloned().unwrap();
    let unknown = play.try_step(&Event { slots, ..Event::default() }).err().unwrap();
    assert!(matches!(&unknown, Refused::UnknownSlot { expected, .. } if !expected.contains(&"cus_cid".to_owned())));
    let refused = play.try_step(&Event { switch: Some(Switch::Leave), ..Event::default() }).err();
    assert_eq!(refused, Some(Refused::NothingToSwitch));
    let refused = play.try_step(&Event { skip: true, ..Event::default() }).err();
    assert_eq!(refused, Some(Refused::NothingToSkip));
}

#[test]
fn a_ticket_that_may_have_been_created_is_not_created_again() {
    let mut play = Play::seed();
    play.says("It is broken", Some(SUPPORT), json!({"email": "sarah@gmail.com", "issue": "x"})).answers(sarah());
    play.answers(json!({"code": "TIMEOUT_ERROR", "message": "no answer in 30 s", "hint": "check"}));
    assert_eq!((play.at(), play.asked().as_str()), ("4", "nothing"));
    let refused = play.try_step(&Event { tool_result: Some(json!({"ticket_id": "1"})), ..Event::default() }).err();
    assert_eq!(refused, Some(Refused::NoToolAsked));
}

#[test]
fn a_state_survives_being_written_and_refuses_another_graph() {
    let mut play = Play::seed();
    play.says("It is broken", Some(SUPPORT), json!({"email": "sarah@gmail.com"}));
    let text = serde_json::to_string(&play.state).unwrap();
    let read: State = serde_json::from_str(&text).unwrap();
    assert_eq!(read, play.state);
    let other = load::read(
        "hubspot",
        &json!({"nodes": [["9", {"resource": {"id": "MessageWorker"}, "type": "start"}]]}).to_string(),
    );
    let other = other.unwrap().graph;
    let tools = toolbox();
    let refused = step(&read, &Event::default(), &Script { graph: &other, tools: &tools });
    assert_eq!(refused.err(), Some(Refused::GraphChanged));
    let newer = State { version: STATE_VERSION_OF_TOMORROW, ..read };
    let refused = step(&newer, &Event::default(), &Script { graph: &play.graph, tools: &tools });
    assert_eq!(refused.err(), Some(Refused::OtherVersion { version: STATE_VERSION_OF_TOMORROW }));
}

const STATE_VERSION_OF_TOMORROW: u32 = state::STATE_VERSION + 1;

#[test]
fn the_prompt_and_the_walk_say_the_same() {
    let play = Play::seed();
    let prompt = crate::taskgraph::render::prompt(&play.graph, None);
    for node in &play.graph.nodes()[1..] {
        let at = |phase: Phase| State { at: node.id.clone(), phase, ..play.state.clone() };
        let phase = if matches!(node.action, Action::Tool(_)) { Phase::Fill } else { Phase::Speak };
        let script = Script { graph: &play.graph, tools: &play.tools };
        let (Ask::Slots { instruction, .. } | Ask::Call { instruction, .. } | Ask::Answer { instruction, .. }) =
            asked(&at(phase), &script).unwrap()
        else {
            panic!("node {} asks something else", node.id)
        };
        let told = super::super::words::step(node);
        assert!(prompt.contains(&told) && instruction.starts_with(&told), "{told}");
    }
}

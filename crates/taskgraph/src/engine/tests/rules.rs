//! The engine's rules, on small graphs.

use serde_json::json;

use super::conversation::{Conversation, FIND, SUPPORT, TICKET, graph, not_found, sarah, toolbox};
use crate::{
    engine::{
        self,
        action::Action,
        context::RunContext,
        error::StepError,
        event::{Event, Switch},
    },
    graph::{Graph, NodeId},
    load,
};

#[test]
fn an_intent_in_the_middle_of_a_flow_cannot_be_jumped_to_before_its_node_is_passed() {
    let find = ("find", FIND, json!({}));
    let graph = graph(
        &[("0", "message-worker", json!({"value": "Hi"})), find, ("ticket", TICKET, json!({}))],
        &[("0", "find", "help"), ("find", "ticket", "customer exists")],
    );
    let mut conversation = Conversation::of(graph);
    let refused = conversation.try_step(&Event { intent: Some("customer exists".into()), ..Event::default() }).err();
    assert_eq!(
        refused,
        Some(StepError::UnknownIntent { given: "customer exists".into(), offered: vec!["help".into()] })
    );
    conversation.says("help", Some("help"), json!({"email": "x@y.zz"})).answers(not_found());
    assert!(conversation.try_step(&Event { intent: Some("customer exists".into()), ..Event::default() }).is_err());
    conversation.says("x", None, json!({"email": "sarah@gmail.com"})).answers(sarah());
    assert_eq!(conversation.asked(), "intent of 1", "the others are known since the start");
    conversation.step(Event { intent: Some("Customer exists".into()), ..Event::default() });
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("ticket", "slots create_ticket: issue"));
}

#[test]
fn a_tool_that_needs_the_customer_is_not_entered_before_they_are_found() {
    let graph = graph(
        &[("0", "message-worker", json!({"value": "Hi"})), ("find", FIND, json!({})), ("ticket", TICKET, json!({}))],
        &[("0", "find", "hello"), ("0", "ticket", "help")],
    );
    let mut conversation = Conversation::of(graph);
    conversation.says("help", Some("help"), json!({"issue": "x"}));
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("0", "nothing"));
    let Some(Action::Nothing { candidates, .. }) = conversation.actions.last() else {
        panic!("{:?}", conversation.actions)
    };
    let offered: Vec<&str> = candidates.iter().map(|candidate| candidate.intent.as_str()).collect();
    assert_eq!(offered, ["hello"], "what leads here again is not offered");
    let said = json!({"email": "sarah@gmail.com"});
    conversation.says("Sarah here", Some("hello"), said).answers(sarah()).says(
        "help",
        Some("help"),
        json!({"issue": "x"}),
    );
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("ticket", "call create_ticket: cus_cid issue"));
}

#[test]
fn a_topic_that_cannot_begin_returns_to_the_suspended_one() {
    let say = |id| (id, "message-worker", json!({"value": id}));
    let graph = graph(
        &[say("0"), say("ask"), say("more"), ("find", FIND, json!({})), ("ticket", TICKET, json!({}))],
        &[("0", "ask", "question"), ("ask", "more", "none"), ("0", "find", "hello"), ("0", "ticket", "help")],
    );
    let mut conversation = Conversation::of(graph);
    conversation.says("A question", Some("question"), json!({}));
    conversation.step(Event { intent: Some("help".into()), switch: Some(Switch::ComeBack), ..Event::default() });
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("ask", "nothing, say"));
}

#[test]
fn equal_intents_are_told_apart_by_their_number() {
    let say = |id| (id, "message-worker", json!({"value": id}));
    let graph = graph(
        &[say("0"), say("a"), say("a2"), say("b"), say("c"), say("c2")],
        &[("0", "a", "help"), ("a", "a2", "none"), ("0", "b", "help"), ("0", "c", "talk"), ("c", "c2", "none")],
    );
    for begun in ["talk", "help"] {
        let mut conversation = Conversation::of(graph.clone());
        conversation.says("x", Some(begun), json!({})).says("x", Some("help (2)"), json!({}));
        assert!(
            matches!(&conversation.actions[0], Action::Switch { to, .. } if to.leads_to.contains("“b”")),
            "{:?}",
            conversation.actions
        );
        assert_eq!(conversation.switches(Switch::Leave).at(), "b");
    }
}

#[test]
fn a_dead_end_names_the_missing_argument_and_its_tool() {
    let free = ("free", "hubspot/check-available", json!({}));
    let graph = graph(
        &[("0", "message-worker", json!({"value": "Hi"})), ("find", FIND, json!({})), free],
        &[("0", "find", "meet"), ("find", "free", "none")],
    );
    let mut conversation = Conversation::of(graph);
    conversation.says("x", Some("meet"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    let Action::Nothing { reason, .. } = &conversation.actions[0] else { panic!("{:?}", conversation.actions) };
    assert_eq!(reason, "`owner_id` is not known: only `find_contact_by_email` gives it, and it has not.");
}

#[test]
fn a_result_is_rejected_while_arguments_are_missing() {
    let mut conversation = Conversation::shipped();
    conversation.says("help", Some(SUPPORT), json!({"issue": "It beeps."}));
    let refused = conversation.try_step(&Event { tool_result: Some(sarah()), ..Event::default() }).err();
    assert_eq!(refused, Some(StepError::ArgumentsFirst { missing: vec!["email".into()] }));
    let said = json!({"email": "sarah@gmail.com"}).as_object().cloned().unwrap();
    conversation.step(Event { slots: said, tool_result: Some(sarah()), ..Event::default() });
    assert_eq!(conversation.asked(), "call create_ticket: cus_cid issue", "the client had all it needed to call it");
}

#[test]
fn long_values_of_a_result_are_not_stored() {
    let mut conversation = Conversation::shipped();
    let mut long = sarah();
    long["contact_first_name"] = "x".repeat(300_000).into();
    conversation.says("help", Some(SUPPORT), json!({"email": "sarah@gmail.com", "issue": "It beeps."})).answers(long);
    assert_eq!(conversation.asked(), "call create_ticket: cus_cid issue");
    assert!(serde_json::to_string(&conversation.state).unwrap().len() < 4_000);
}

#[test]
fn a_graph_without_the_lookup_accepts_the_contact_from_the_customer() {
    let graph = graph(
        &[("0", "message-worker", json!({"value": "Hi"})), ("ticket", TICKET, json!({}))],
        &[("0", "ticket", "help")],
    );
    let mut conversation = Conversation::of(graph);
    conversation.says("help", Some("help"), json!({"issue": "x", "cus_cid": "1"}));
    assert_eq!(conversation.asked(), "call create_ticket: cus_cid issue");
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
    let mut conversation = Conversation::of(graph);
    conversation.says("go", Some("go"), json!({}));
    assert_eq!(conversation.at(), "inner");
    assert_eq!(conversation.says("yes", None, json!({})).at(), "inner2");
    assert_eq!(conversation.says("yes", None, json!({})).at(), "after");
    assert_eq!(conversation.state.path(), ["0", "nest", "inner", "inner2", "after"].map(NodeId::from));
}

#[test]
fn skipping_in_a_cycle_ends() {
    let skip = || json!({"can_skipped": true});
    let graph = graph(
        &[("0", "message-worker", json!({"value": "Hi"})), ("a", FIND, skip()), ("b", FIND, skip())],
        &[("0", "a", "go"), ("a", "b", "none"), ("b", "a", "none")],
    );
    let mut conversation = Conversation::of(graph);
    conversation.says("go", Some("go"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    assert_eq!(conversation.asked(), "nothing");
    assert_eq!(conversation.state.path().len(), 2, "skipped nodes are not on the way");
}

#[test]
fn a_skippable_node_is_skipped_on_request() {
    let graph = graph(
        &[
            ("0", "message-worker", json!({"value": "Hi"})),
            ("ask", "message-worker", json!({"value": "Which robot?", "can_skipped": true})),
            ("answer", "faiss-rag-worker", json!({})),
        ],
        &[("0", "ask", "question"), ("ask", "answer", "none")],
    );
    let mut conversation = Conversation::of(graph);
    conversation.says("About Adam", Some("question"), json!({}));
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("ask", "say"));
    conversation.step(Event { skip: true, ..Event::default() });
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("answer", "answer"));
}

#[test]
fn a_tool_of_another_server_is_called_by_the_client() {
    let raw = json!({
        "nodes": [
            ["0", {"resource": {"id": "s"}, "type": "start", "attribute": {"value": "Hi"}}],
            ["1", {"resource": {"id": "t"}}],
        ],
        "edges": [["0", "1", {"intent": "demo"}]],
        "tools": [{"id": "t", "name": "create_event", "path": "google/calendar/create_event.py"}],
        "workers": [{"id": "s", "path": "message_worker.py"}],
    });
    let mut conversation = Conversation::of(load::read("test", &raw.to_string()).unwrap().graph);
    conversation.says("a demo", Some("demo"), json!({})).says("tomorrow", None, json!({}));
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("1", "call create_event: "));
    assert!(
        matches!(&conversation.actions[0], Action::Call { ours: false, instruction, .. } if !instruction.contains("execute"))
    );
    assert_eq!(conversation.answers(json!({"id": "7"})).asked(), "say");
}

#[test]
fn the_slots_of_a_tool_of_another_server_are_asked_for() {
    let slot = |name: &str, required: bool| json!({"name": name, "prompt": format!("What is your {name}?"), "description": "as printed", "required": required});
    let slots = json!([slot("order_number", true), slot("colour", false)]);
    let raw = json!({
        "nodes": [
            ["0", {"resource": {"id": "message-worker"}, "type": "start", "attribute": {"value": "Hi"}}],
            ["1", {"resource": {"id": "t"}, "attribute": {"slots": slots}}],
        ],
        "edges": [["0", "1", {"intent": "order"}]],
        "tools": [{"id": "t", "name": "look_up", "path": "acme/look_up.py"}],
    });
    let mut conversation = Conversation::of(load::read("test", &raw.to_string()).unwrap().graph);
    conversation.says("my order", Some("order"), json!({}));
    let Action::Slots { missing, .. } = &conversation.actions[0] else { panic!("{:?}", conversation.actions) };
    assert_eq!((missing.len(), missing[0].prompt.as_str()), (1, "What is your order_number?"));
    assert_eq!(missing[0].description, "as printed");
    conversation.says("77", None, json!({"order_number": "77"}));
    assert!(
        matches!(&conversation.actions[0], Action::Call { optional, .. } if optional == &["colour"]),
        "{:?}",
        conversation.actions
    );
    assert_eq!(conversation.asked(), "call look_up: order_number");
}

#[test]
fn a_text_in_the_graph_is_searched_and_not_sent_with_every_question() {
    let raw = json!({
        "nodes": [["0", {"resource": {"id": "faiss-rag-worker"}, "type": "start"}]],
        "edges": [],
        "rag_docs": [
            {"source": "x".repeat(390_000), "type": "text"},
            {"source": "https://www.example.com/", "type": "url"},
        ],
    });
    let conversation = Conversation::of(load::read("test", &raw.to_string()).unwrap().graph);
    let Action::Answer { documents, .. } = &conversation.actions[0] else { panic!("{:?}", conversation.asked()) };
    let named: Vec<&str> = documents.iter().map(|document| document.source.as_str()).collect();
    assert_eq!(named, ["https://www.example.com/"]);
}

#[test]
fn edges_are_drawn_by_weight_and_seed() {
    let graph = graph(
        &[
            ("0", "nlu-agent", json!({})),
            ("a", "message-worker", json!({"value": "a"})),
            ("b", "message-worker", json!({"value": "b"})),
        ],
        &[("0", "a", "none"), ("0", "b", "none")],
    );
    let tools = toolbox();
    let context = RunContext { graph: &graph, tools: &tools };
    let went = |seed| engine::start(&context, seed).0.at;
    assert_eq!((0..50).map(went).collect::<Vec<_>>(), (0..50).map(went).collect::<Vec<_>>());
    assert!((0..50).any(|seed| went(seed).as_str() == "a") && (0..50).any(|seed| went(seed).as_str() == "b"));
}

/// A company's own graph, in which a contact that is found or created is the subject of the other tools.
fn own_desk() -> Graph {
    let tool = |id, resource| (id, resource, json!({}));
    graph(
        &[
            ("0", "message-worker", json!({"value": "Hi"})),
            tool("find", FIND),
            tool("add", "hubspot/create_contact"),
            tool("ticket", TICKET),
            tool("update", "hubspot/update-ticket"),
            tool("tickets", "hubspot.find_tickets"),
        ],
        &[
            ("0", "find", "hello"),
            ("0", "add", "I am new"),
            ("0", "ticket", "help"),
            ("ticket", "update", "none"),
            ("0", "tickets", "my tickets"),
        ],
    )
}

#[test]
fn the_result_of_one_tool_provides_arguments_of_the_next() {
    let added = |result| {
        let mut conversation = Conversation::of(own_desk());
        conversation.says("Hello", Some("hello"), json!({"email": "new@gmail.com"})).answers(not_found());
        conversation.says("I am new", Some("I am new"), json!({}));
        conversation.says("Ann", None, json!({"properties": {"email": "new@gmail.com"}})).answers(result);
        conversation
    };
    assert_eq!(added(json!({"created": true})).asked(), "nothing", "an answer without an id is none");
    let mut conversation = added(json!({"created": true, "contact": {"contact_id": "7"}}));
    assert_eq!(conversation.asked(), "say, slots find_contact_by_email: email", "the look-up is taken up again");
    conversation.switches(Switch::Leave).says("It beeps", Some("help"), json!({"issue": "It beeps."}));
    assert!(
        matches!(&conversation.actions[0], Action::Call { arguments, .. } if arguments["cus_cid"] == "7"),
        "{:?}",
        conversation.actions
    );
    conversation.answers(json!({"ticket_id": "99"}));
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("update", "call update_ticket: ticket_id"));
}

#[test]
fn a_stated_ticket_is_looked_for_among_those_of_the_contact() {
    let mut conversation = Conversation::of(own_desk());
    conversation.says("Hello", Some("hello"), json!({"email": "sarah@gmail.com"})).answers(sarah());
    conversation.says("It beeps", Some("help"), json!({"issue": "It beeps."})).answers(json!({"ticket_id": "99"}));
    conversation.answers(json!({"ticket_id": "99"}));
    conversation.says("What have you of me?", Some("my tickets"), json!({}));
    assert_eq!(conversation.asked(), "call find_tickets: contact", "not only the one that was just opened");
    conversation.says("Number 12", None, json!({"ticket_id": "12"}));
    assert_eq!(conversation.asked(), "call find_tickets: contact", "it may be somebody else's");
    let slots = json!({"contact": "1"}).as_object().cloned().unwrap();
    let refused = conversation.try_step(&Event { slots, ..Event::default() }).err();
    assert!(matches!(refused, Some(StepError::OnlyTool { .. })), "{refused:?}");
}

/// A problem: known tickets are looked at first, and without an open one a new ticket is opened at once.
fn problem_desk() -> Graph {
    let tool = |id: &str, resource: &str, slots: serde_json::Value| json!([id, {"resource": {"id": resource}, "attribute": {"slots": slots}}]);
    let raw = json!({
        "nodes": [
            ["0", {"resource": {"id": "message-worker"}, "type": "start", "attribute": {"value": "Hi"}}],
            tool("find", FIND, json!([])),
            tool("known", "hubspot/find_tickets", json!([])),
            tool("new", TICKET, json!([])),
            tool("reopen", "hubspot/update_ticket", json!([{"name": "stage", "fixed": "reopen"}])),
            ["person", {"resource": {"id": "human-in-the-loop-worker"}, "attribute": {"task": "Pass it on"}}],
        ],
        "edges": [
            ["0", "find", {"intent": "problem", "attribute": {"pred": true}}],
            ["find", "known", {"intent": null}],
            ["known", "new", {"intent": null, "attribute": {"when": {"open": 0}}}],
            ["known", "reopen", {"intent": "known"}],
            ["0", "person", {"intent": "somebody", "attribute": {"pred": true}}],
        ],
    });
    load::read("test", &raw.to_string()).unwrap().graph
}

#[test]
fn an_edge_by_result_is_followed_at_once_and_never_otherwise() {
    let looked = |open: u32| {
        let mut conversation = Conversation::of(problem_desk());
        let said = json!({"email": "sarah@gmail.com"});
        conversation.says("The door robot does not open", Some("problem"), said).answers(sarah());
        conversation.answers(json!({"total": open, "open": open, "tickets": [{"ticket_id": "7"}]}));
        conversation
    };
    assert_eq!(looked(0).at(), "new");
    let mut known = looked(1);
    assert_eq!((known.at(), known.asked().as_str()), ("known", "intent of 1"));
    known.says("yes", Some("known"), json!({}));
    assert_eq!(known.asked(), "call update_ticket: note stage ticket_id");
    let Action::Call { arguments, .. } = &known.actions[0] else { panic!("{:?}", known.actions) };
    assert_eq!((&arguments["stage"], &arguments["ticket_id"]), (&json!("reopen"), &json!("7")), "the node's own value");
}

#[test]
fn a_hand_off_calls_the_tool_for_tasks_where_the_server_has_it() {
    let mut conversation = Conversation::of(problem_desk());
    let context = RunContext { graph: &conversation.graph, tools: &conversation.tools };
    let offered = engine::offered_intents(&conversation.state, &context);
    assert!(!offered.contains(&"somebody".to_owned()) && !offered.is_empty(), "{offered:?}");
    conversation.says("somebody, please", Some("a person"), json!({}));
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("person", "say"), "it is open all the same");
    let input_schema = json!({"type": "object", "properties": {"reason": {}, "contact": {}}, "required": ["reason"]});
    let task = crate::engine::toolbox::ToolSpec { input_schema, repeatable: false };
    let mut conversation = Conversation::of(problem_desk());
    conversation.tools.tools.insert("create_task".to_owned(), task);
    conversation.says("I need somebody who calls me back today", Some("somebody"), json!({}));
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("person", "call create_task: reason"));
    assert_eq!(conversation.answers(json!({"task_id": "1"})).asked(), "say");
    conversation.says("And again: the ticket was never answered", Some("a person"), json!({}));
    assert_eq!(conversation.asked(), "call create_task: reason", "a person is asked for as often as one is needed");
}

#[test]
fn another_address_in_the_middle_of_a_matter_is_looked_up() {
    let mut conversation = Conversation::of(problem_desk());
    let first = json!({"email": "sarah@gmail.com"});
    conversation.says("It is broken again since yesterday", Some("problem"), first).answers(sarah());
    conversation.says("wrong one, I am Tom", None, json!({"email": "tom@gmail.com"}));
    assert_eq!((conversation.at(), conversation.asked().as_str()), ("find", "call find_contact_by_email: chat email"));
}

fn tom() -> serde_json::Value {
    json!({"contact_id": "7", "contact_email": "tom@gmail.com", "contact_first_name": "Tom", "contact_last_name": "Baker"})
}

/// Whoever writes for two customers is asked for the words of each.
#[test]
fn what_was_said_for_one_customer_is_kept_for_them_alone() {
    let find = |id: &'static str| (id, FIND, json!({}));
    let ticket = |id: &'static str| (id, TICKET, json!({}));
    let graph = graph(
        &[("0", "message-worker", json!({"value": "Hi"})), find("a"), ticket("mend"), find("b"), ticket("swap")],
        &[("0", "a", "mend"), ("a", "mend", ""), ("0", "b", "swap"), ("b", "swap", "")],
    );
    let mut talk = Conversation::of(graph);
    let email = |address: &str| json!({ "email": address });
    talk.says("Hello", Some("mend"), email("sarah@gmail.com")).answers(sarah());
    assert_eq!(talk.asked(), "slots create_ticket: issue");
    talk.step(Event { intent: Some("swap".into()), switch: Some(Switch::ComeBack), ..Event::default() });
    talk.says("Hello", None, email("tom@gmail.com")).answers(tom());
    assert_eq!((talk.at(), talk.asked().as_str()), ("swap", "slots create_ticket: issue"));
    let said = "Tom's robot leaks oil";
    talk.says("Hello", None, json!({"issue": said})).switches(Switch::Leave);
    assert_eq!((talk.at(), talk.asked().as_str()), ("mend", "slots create_ticket: issue"), "it is not Sarah's problem");
    talk.switches(Switch::Leave).says("Hello", Some("swap"), email("tom@gmail.com")).answers(tom());
    let Some(Action::Call { arguments, .. }) = talk.actions.last() else { panic!("{:?}", talk.actions) };
    assert_eq!((&arguments["cus_cid"], &arguments["issue"]), (&json!("7"), &json!(said)));
}

/// Nobody has the address that was given, so the colleague reads it as the way to reach whoever gave it.
#[test]
fn an_address_that_nobody_has_is_the_way_to_reach_them() {
    let mut talk = Conversation::of(problem_desk());
    let properties = json!({"reason": {}, "contact": {}, "reach": {}});
    let input_schema = json!({"type": "object", "properties": properties, "required": ["reason"]});
    let task = crate::engine::toolbox::ToolSpec { input_schema, repeatable: false };
    talk.tools.tools.insert("create_task".to_owned(), task);
    let reach = json!({"reach": "ada@nowhere.example"});
    talk.says("Somebody has to look at my robot", Some("somebody"), reach);
    assert_eq!(talk.asked(), "call find_contact_by_email: chat email");
    talk.answers(not_found());
    let Some(Action::Call { arguments, .. }) = talk.actions.last() else { panic!("{:?}", talk.actions) };
    assert_eq!((arguments.get("contact"), &arguments["reach"]), (None, &json!("ada@nowhere.example")));
    assert_eq!(talk.answers(json!({"task_id": "1"})).asked(), "say");
}

/// Of two addresses the one finds the contact, and the other one is its new one.
#[test]
fn a_new_address_is_not_replaced_by_the_one_that_was_found() {
    let search = ("find", "hubspot/search_contacts", json!({}));
    let graph = graph(
        &[("0", "message-worker", json!({"value": "Hi"})), search, ("update", "hubspot/update_contact", json!({}))],
        &[("0", "find", "change"), ("find", "update", "")],
    );
    let mut talk = Conversation::of(graph);
    let spec = |properties: serde_json::Value, required: &[&str]| {
        let input_schema = json!({"type": "object", "properties": properties, "required": required});
        crate::engine::toolbox::ToolSpec { input_schema, repeatable: true }
    };
    talk.tools.tools.insert("search_contacts".to_owned(), spec(json!({"query": {}}), &["query"]));
    let parts = json!({"contact": {}, "properties": {}});
    talk.tools.tools.insert("update_contact".to_owned(), spec(parts, &["contact", "properties"]));
    let slots = json!({"query": "sarah@gmail.com", "email": "sarah@new.example"});
    talk.says("her address is new", Some("change"), slots);
    talk.answers(json!({"contacts": [{"contact_id": "7", "properties": {"email": "sarah@gmail.com"}}]}));
    let Some(Action::Call { arguments, .. }) = talk.actions.last() else { panic!("{:?}", talk.actions) };
    assert_eq!((&arguments["contact"], &arguments["properties"]["email"]), (&json!("7"), &json!("sarah@new.example")));
}

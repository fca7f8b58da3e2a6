use serde_json::json;

use super::*;
use crate::{
    graph::NodeId,
    resource::{self, Behavior},
    test_graph,
};

/// A node in the first dialect.
fn node(id: &str, resource: &str) -> Value {
    json!([id, {"resource": {"id": resource, "name": "whatever"}, "attribute": {"value": "", "task": "", "directed": false}}])
}

fn start(id: &str) -> Value {
    json!([id, {"resource": {"id": "MessageWorker"}, "attribute": {"value": "Hello!"}, "type": "start"}])
}

fn edge(from: &str, to: &str, intent: Value) -> Value {
    json!([from, to, {"intent": intent, "attribute": {"weight": 1, "pred": true}}])
}

fn kinds(outcome: &Result<Loaded, LoadError>) -> Vec<ProblemKind> {
    match outcome {
        Ok(loaded) => loaded.warnings.iter().map(|problem| problem.kind).collect(),
        Err(LoadError::Refused { problems }) => problems.iter().map(|problem| problem.kind).collect(),
        Err(_) => vec![],
    }
}

fn read_json(graph: &Value) -> Result<Loaded, LoadError> {
    read("desk", &graph.to_string())
}

#[test]
fn the_shipped_graph_loads_as_written() {
    let Loaded { graph, warnings } = read("hubspot", test_graph::TEXT).unwrap();
    assert_eq!(warnings, []);
    assert_eq!((graph.name(), graph.nodes().len(), graph.edges().len()), ("hubspot", 9, 8));
    assert_eq!(graph.greeting(), Some("Hello! Welcome to Richtech. How can I assist you today?"));
    let intents: Vec<&str> = graph.global_edges().filter_map(|edge| Some(edge.intent.as_ref()?.key.as_str())).collect();
    assert_eq!(
        intents,
        [
            "user has questions about the product",
            "user need technical support/user need repair service / user need exchange service",
            "user want to schedule a meeting with the representative",
        ]
    );
    let actions: Vec<&Behavior> = graph.nodes().iter().map(|node| &node.behavior).collect();
    let tool = Behavior::Tool;
    let (find, owner) = (tool("find_contact_by_email"), tool("find_owner_id_by_contact_id"));
    let (ticket, free, meet) = (tool("create_ticket"), tool("check_available"), tool("create_meeting"));
    let wanted = [&Behavior::Say, &find, &Behavior::Answer, &find, &ticket, &find, &owner, &free, &meet];
    assert_eq!(actions, wanted);
    assert!(graph.nodes().iter().all(|node| node.limit == Some(1)));
    let by_owner_id = resource::behavior_of("1437160f-6036-4fc9-99db-0e45afabd03c", graph.listed());
    assert_eq!(by_owner_id, tool("find_owner_by_owner_id"));
}

#[test]
fn fixed_arguments_are_not_shown() {
    let graph = test_graph::hubspot();
    assert_eq!(graph.json()["tools"][0]["fixed_args"], json!({"access_token": "***"}));
    assert_eq!(graph.json()["nodes"].as_array().map(Vec::len), Some(9));
}

#[test]
fn both_forms_and_both_dialects_of_a_node_are_read() {
    let outcome = read_json(&json!({
        "nodes": [
            ["0", {"resource": {"id": "message-worker"}, "attribute": {"start": true, "can_skipped": true, "limit": 2, "task": "greet"},
                   "data": {"message": "Hi", "directed": true}}],
            {"id": "1", "resource": {"id": "hubspot/meeting/book-meeting"}, "attribute": {"direct": true, "value": "x"}, "limit": "3"},
            [2, {"resource": {"id": "multiple-choice-worker"}, "attribute": {}, "data": {"question": "Which?", "choices": ["a", "b"]}}],
        ],
        "edges": [["0", "1", {"intent": null}], ["1", "2", {"intent": "Pick One", "attribute": {"pred": true, "weight": 0.5}}]],
    }));
    let graph = outcome.unwrap().graph;
    let [first, second, third] = graph.nodes() else { panic!("three nodes") };
    assert!(first.verbatim && first.can_skip && first.limit == Some(2) && first.task == "greet" && first.text == "Hi");
    assert!(second.behavior == Behavior::Tool("create_meeting") && second.verbatim && second.limit == Some(3));
    assert!(third.id == NodeId::from("2") && third.choices == ["a", "b"] && third.text == "Which?");
    assert!(graph.edges()[0].intent.is_none() && !graph.edges()[0].global);
    assert!(graph.edges()[1].global && graph.edges()[1].intent.as_ref().unwrap().key == "pick one");
}

#[test]
fn a_none_edge_is_never_a_global_intent() {
    for none in [json!("none"), json!("None"), json!(""), Value::Null] {
        let outcome =
            read_json(&json!({"nodes": [start("0"), node("1", "MessageWorker")], "edges": [edge("0", "1", none)]}));
        assert_eq!(outcome.unwrap().graph.global_edges().count(), 0);
    }
}

#[test]
fn graphs_that_cannot_be_followed_are_rejected_with_a_reason() {
    let two = [start("0"), node("1", "MessageWorker")];
    let cases = [
        (json!([]), ProblemKind::NotAGraph),
        (json!({"nodes": {}}), ProblemKind::NotAGraph),
        (json!({"nodes": []}), ProblemKind::NotAGraph),
        (json!({"nodes": [["0"]]}), ProblemKind::BadNode),
        (json!({"nodes": [["", {}]]}), ProblemKind::BadNode),
        (json!({"nodes": [["0", {"name": "MessageWorker"}]]}), ProblemKind::NoResource),
        (json!({"nodes": [start("0"), node("0", "MessageWorker")]}), ProblemKind::DuplicateNode),
        (json!({"nodes": [start("0"), start("1")]}), ProblemKind::TwoStarts),
        (json!({"nodes": two, "edges": [edge("0", "7", Value::Null)]}), ProblemKind::DanglingEdge),
        (json!({"nodes": two, "edges": [["0", "1"]]}), ProblemKind::BadEdge),
        (json!({"nodes": two, "edges": [edge("0", "1", 5.into())]}), ProblemKind::BadEdge),
        (json!({"nodes": two, "edges": [["0", "1", {"type": ["logic"]}]]}), ProblemKind::BadEdge),
        (json!({"nodes": [["0", {"resource": {"id": 7}, "type": "start"}]]}), ProblemKind::BadNode),
        (json!({"nodes": [["0", {"resource": {"id": "MessageWorker"}, "type": true}]]}), ProblemKind::BadNode),
        (
            json!({"nodes": [["0", {"resource": {"id": "MessageWorker"}, "type": "start", "limit": "few"}]]}),
            ProblemKind::BadNode,
        ),
    ];
    for (graph, kind) in cases {
        let outcome = read_json(&graph);
        assert!(outcome.is_err() && kinds(&outcome).contains(&kind), "{graph}: {outcome:?}");
    }
    assert_eq!(kinds(&read("desk", "{")), [ProblemKind::NotAGraph]);
    assert_eq!(kinds(&read("a/b", &json!({"nodes": [start("0")]}).to_string())), [ProblemKind::BadName]);
    assert_eq!(kinds(&read("desk", &" ".repeat(FILE_BYTES_MAX + 1))), [ProblemKind::TooLarge]);
    let message = read_json(&json!({"nodes": two, "edges": [edge("1", "7", Value::Null)]})).unwrap_err().to_string();
    assert_eq!(message, "desk: edge `1` to `7`: there is no node `7`");
}

#[test]
fn mistakes_that_do_not_prevent_following_are_warnings() {
    let say = |id| node(id, "MessageWorker");
    let pass = |id| node(id, "nlu-agent");
    let none = Value::Null;
    let cases = [
        (json!({"nodes": [say("0")]}), ProblemKind::NoStart),
        (json!({"nodes": [start("0"), say("1")]}), ProblemKind::Unreachable),
        (
            json!({"nodes": [start("0"), node("1", "acuity")], "edges": [edge("0", "1", none.clone())]}),
            ProblemKind::UnknownResource,
        ),
        (
            json!({"nodes": [start("0"), say("1"), say("2")],
                   "edges": [edge("0", "1", "Buy".into()), edge("0", "2", " buy ".into())]}),
            ProblemKind::EqualIntents,
        ),
        (
            json!({"nodes": [start("0"), pass("1"), pass("2")],
                   "edges": [edge("0", "1", none.clone()), edge("1", "2", none.clone()), edge("2", "1", none)]}),
            ProblemKind::EndlessCycle,
        ),
        (
            json!({"nodes": [start("0"), pass("a"), pass("b"), pass("c"), pass("d")],
                   "edges": [edge("0", "a", Value::Null), edge("a", "b", Value::Null), edge("b", "c", Value::Null),
                             edge("b", "d", Value::Null), edge("c", "b", Value::Null), edge("d", "b", Value::Null)]}),
            ProblemKind::EndlessCycle,
        ),
        (json!({"nodes": [start("0")], "nluapi": "http://nlu"}), ProblemKind::NotCalled),
        (json!({"nodes": [start("0")], "bot_config": {"a": 1}}), ProblemKind::Ignored),
        (json!({"nodes": [start("0")], "role": 5}), ProblemKind::WrongType),
        (json!({"nodes": [start("0")], "workers": [{"id": "1", "auth": {"bot_id": "desk"}}]}), ProblemKind::Ignored),
        (json!({"nodes": [start("0")], "tools": [{"id": "1", "api_key": "abcdef"}]}), ProblemKind::Secret),
        (
            json!({"nodes": [start("0"), node("1", "nested_graph")], "edges": [edge("0", "1", Value::Null)]}),
            ProblemKind::NestedNowhere,
        ),
        (
            json!({"nodes": [start("0")], "edges": [["0", "0", {"type": "logic", "intent": "x", "cases": []}]]}),
            ProblemKind::LogicEdge,
        ),
    ];
    for (graph, kind) in cases {
        let outcome = read_json(&graph);
        assert!(outcome.is_ok() && kinds(&outcome) == [kind], "{graph}: {outcome:?}");
    }
}

#[test]
fn a_cycle_that_says_something_or_can_be_left_is_no_problem() {
    let pass = |id: &str, says: &str| json!([id, {"resource": {"id": "nlu-agent"}, "attribute": {"value": says}}]);
    let circle = |says: &str, way_out: &str| {
        let nodes = json!([start("0"), pass("b", says), pass("c", ""), node("end", "MessageWorker")]);
        let [none, out] = [Value::Null, way_out.into()];
        let edges = [("0", "b", &none), ("b", "c", &none), ("c", "b", &none), ("c", "end", &out)];
        json!({"nodes": nodes, "edges": edges.map(|(from, to, intent)| edge(from, to, intent.clone()))})
    };
    for graph in [circle("Still here?", "none"), circle("", "bye"), circle("", "none")] {
        assert_eq!(kinds(&read_json(&graph)), [], "{graph}");
    }
}

#[test]
fn a_folder_is_read_by_name_and_rejected_as_a_whole() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    assert!(matches!(folder(dir.path()), Err(LoadError::NoneThere { .. })));
    write("b.json", &json!({"nodes": [start("0")]}).to_string());
    write("a.json", &json!({"nodes": [start("0")]}).to_string());
    write("a.schema.json", "{}");
    write("notes.txt", "no graph");
    let names: Vec<String> = folder(dir.path()).unwrap().iter().map(|l| l.graph.name().to_owned()).collect();
    assert_eq!(names, ["a", "b"]);
    write("c.json", "[");
    assert!(folder(dir.path()).unwrap_err().to_string().starts_with("c: the file is not JSON"));
    assert!(matches!(folder(&dir.path().join("nowhere")), Err(LoadError::Unreadable { .. })));
}

#[test]
fn services_profiles_and_http_tools_are_reported_as_not_called() {
    let raw = serde_json::json!({
        "nodes": [
            ["0", {"resource": {"id": "message-worker"}, "type": "start"}],
            ["1", {"resource": {"id": "custom/http-tool"}, "attribute": {"name": "orders"}}],
        ],
        "edges": [["0", "1", {"intent": "order"}]],
        "tools": [{"id": "custom/http-tool"}],
        "nluapi": "http://nlu", "slotfillapi": "http://slots", "compat": "arklex-0.0.9",
    });
    let told: Vec<String> = read("desk", &raw.to_string()).unwrap().warnings.iter().map(ToString::to_string).collect();
    for part in [
        "`nluapi` is kept but not called",
        "`slotfillapi` is kept",
        "`compat` is not followed",
        "no declared look-up `orders`",
    ] {
        assert!(told.iter().any(|warning| warning.contains(part)), "{part}: {told:#?}");
    }
}

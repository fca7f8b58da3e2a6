//! The scripted conversations of the corpus: a scripted model plays them, and each turn must end at the stated node.

use std::{fs, path::PathBuf};

use frontdesk::tools;
use serde_json::{Value, json};
use taskgraph::{
    engine::{self, action::Action, context::RunContext, event::Event, state::State},
    graph::Graph,
    load,
};

/// The scripted model's reading of one utterance, and the tools' answers in that turn.
#[derive(Default)]
struct Turn {
    intent: Option<&'static str>,
    slots: Value,
    results: Vec<Value>,
}

fn wants(intent: &'static str) -> Turn {
    Turn { intent: Some(intent), ..Turn::default() }
}

fn says(slots: Value) -> Turn {
    Turn { slots, ..Turn::default() }
}

impl Turn {
    fn then(mut self, results: &[Value]) -> Turn {
        self.results = results.to_vec();
        self
    }

    fn also(mut self, slots: Value) -> Turn {
        self.slots = slots;
        self
    }
}

fn corpus() -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/taskgraph-corpus");
    if !path.is_dir() {
        eprintln!("skipped: {} is missing", path.display());
    }
    path.is_dir().then_some(path)
}

fn graph(corpus: &std::path::Path, path: &str) -> Graph {
    let text = fs::read_to_string(corpus.join(path)).expect("the corpus has this graph");
    load::read("desk", &text).expect("the graph loads").graph
}

/// The conversations of a file: the utterances, and the nodes at which each turn may end.
fn cases(corpus: &std::path::Path, path: &str) -> Vec<Value> {
    let text = fs::read_to_string(corpus.join(path)).expect("the corpus has these conversations");
    serde_json::from_str(&text).expect("they are JSON")
}

/// Plays one utterance: sends what the model read, then answers tool calls until none is requested.
fn play(state: State, text: &str, turn: &Turn, script: &RunContext<'_>) -> (State, Vec<Action>) {
    let first = Event {
        user_text: Some(text.to_owned()),
        intent: turn.intent.map(str::to_owned),
        slots: turn.slots.as_object().cloned().unwrap_or_default(),
        ..Event::default()
    };
    let (mut state, mut asks) = engine::step(&state, &first, script).expect("the step is taken");
    for result in &turn.results {
        assert!(matches!(asks.last(), Some(Action::Call { .. })), "`{text}`: a tool is asked for, not {asks:?}");
        let event = Event { tool_result: Some(result.clone()), ..Event::default() };
        (state, asks) = engine::step(&state, &event, script).expect("the result is taken");
    }
    (state, asks)
}

/// Plays one conversation and compares the end of each turn with the stated trajectory.
fn check(graph: &Graph, case: &Value, turns: &[Turn]) {
    let tools = tools::all().toolbox().clone();
    let script = RunContext { graph, tools: &tools };
    let (mut state, _) = engine::start(&script, 1);
    let said = case["user_utterance"].as_array().expect("utterances");
    assert_eq!(said.len(), turns.len(), "{}", case["description"]);
    for (position, (text, turn)) in said.iter().zip(turns).enumerate() {
        let asks;
        (state, asks) = play(state, text.as_str().unwrap_or_default(), turn, &script);
        let at = state.node().as_str();
        assert!(ends(case, position).contains(&at), "{}: turn {position} ended at {at}: {asks:?}", case["description"]);
    }
}

/// The nodes at which this turn may end; some files state several trajectories.
fn ends(case: &Value, position: usize) -> Vec<&str> {
    let trajectory = case["trajectory"].as_array().expect("a trajectory");
    let stated = trajectory.iter().filter_map(|way| way.get(position)?.as_str());
    let mut stated: Vec<&str> = stated.collect();
    stated.extend(trajectory.get(position).and_then(Value::as_str));
    stated
}

fn sarah() -> Value {
    json!({"contact_id": "84246479604", "contact_email": "sarah@gmail.com", "contact_first_name": "Sarah", "contact_last_name": "Mark"})
}

const PRODUCT: &str = "User has questions about the product";
const SUPPORT: &str = "User need technical support/User need repair service / User need exchange service";
const MEETING: &str = "User want to schedule a meeting with the representative";

#[test]
fn hubspot_conversations_end_at_the_stated_nodes() {
    let Some(corpus) = corpus() else { return };
    for version in ["0.0.6", "0.0.9"] {
        let graph = graph(&corpus, &format!("taskgraph/hubspot__taskgraph@{version}.json"));
        let cases = cases(&corpus, &format!("testcases/hubspot__test_cases@{version}.json"));
        let email = || says(json!({"email": "sarah@gmail.com"})).then(&[sarah()]);
        check(&graph, &cases[0], &[wants(PRODUCT), email()]);
        check(&graph, &cases[1], &[wants(SUPPORT).also(json!({"issue": "installing"})), email()]);
        if let Some(case) = cases.get(2) {
            check(&graph, case, &booking());
        }
    }
}

fn booking() -> [Turn; 6] {
    let (owner, free) = (json!({"owner_id": "117001"}), json!({"slug": "ann", "date": "2025-03-14"}));
    [
        wants(MEETING).also(json!({"meeting_start_time": "16:30"})),
        says(json!({"email": "clxveronica99@outlook.com"})).then(&[sarah(), owner]),
        says(json!({"time_zone": "America/New_York"})),
        says(json!({"meeting_date": "March 14th"})).then(&[free]),
        // The free times were shown, and the time that was named first is agreed to.
        says(json!({"duration": 15, "meeting_start_time": "16:30"}))
            .then(&[json!({"start": "2025-03-14T16:30:00-04:00"})]),
        wants("none"),
    ]
}

#[test]
fn calendar_conversations_end_at_the_stated_nodes() {
    let Some(corpus) = corpus() else { return };
    let cases = cases(&corpus, "testcases/calendar__test_cases@0.0.1.json");
    for version in ["0.0.6", "0.0.15"] {
        let graph = graph(&corpus, &format!("taskgraph/calendar__taskgraph@{version}.json"));
        let booked = || json!({"event": "1"});
        let (demo, on) = (|| wants("user want to book a demo"), Turn::default);
        check(&graph, &cases[0], &[demo(), on(), on(), on(), on().then(&[booked()])]);
        check(&graph, &cases[1], &[demo().then(&[booked()])]);
    }
}

#[test]
fn hand_off_conversations_end_at_the_stated_nodes() {
    let Some(corpus) = corpus() else { return };
    let cases = cases(&corpus, "testcases/hitl_server__test_cases@0.0.9.json");
    for path in
        ["taskgraph/hitl_server__taskgraph@0.1.8.json", "taskgraph_git/hitl_server__taskgraph@2025-02-20-b8ed39a.json"]
    {
        let graph = graph(&corpus, path);
        let human = || {
            wants("User want to talk to real human")
                .also(json!({"reach": "+1 702 555 0143"}))
                // Who it is is looked up by the number, and nobody has it.
                .then(&[json!({"code": "USER_NOT_FOUND_ERROR"}), json!({"task_id": "1", "seen_by": "nobody"})])
        };
        let product = || wants("User has question about general products information");
        check(&graph, &cases[0], &[human(), product()]);
        check(&graph, &cases[1], &[product(), human()]);
    }
}

#[test]
fn shop_conversations_end_at_the_stated_nodes() {
    let Some(corpus) = corpus() else { return };
    let graph = graph(&corpus, "taskgraph_git/shopify__taskgraph@2025-02-19-968eb8a.json");
    let cases = cases(&corpus, "testcases/shopify__test_cases@0.0.6.json");
    let done = |count: usize| vec![json!({"ok": true}); count];
    let account = wants("Question about account information (shipping address/user details)");
    check(&graph, &cases[0], &[account, Turn::default().then(&done(2))]);
    check(&graph, &cases[1], &[wants("Ask for product recommendation").then(&done(1))]);
    let image = wants("Ask for product image").then(&done(1));
    check(&graph, &cases[2], &[wants("Ask about products").then(&done(2)), image]);
    check(&graph, &cases[3], &[wants("Ask about past orders"), Turn::default().then(&done(4))]);
}

#[test]
fn the_multiple_choice_conversation_says_what_it_states() {
    let Some(corpus) = corpus() else { return };
    let graph = graph(&corpus, "taskgraph/mc_worker_taskgraph@0.0.16.json");
    let case = &cases(&corpus, "testcases/multiple_choice__test_cases@0.0.11.json")[0];
    let tools = tools::all().toolbox().clone();
    let script = RunContext { graph: &graph, tools: &tools };
    let (mut state, _) = engine::start(&script, 1);
    for (turn, position) in [wants("Questions about available products"), wants("Product 1")].iter().zip(0..) {
        let said = case["user_utterance"][position].as_str().unwrap_or_default();
        let asks;
        (state, asks) = play(state, said, turn, &script);
        let Some(Action::Say { text, verbatim: true, .. }) = asks.last() else { panic!("{asks:?}") };
        assert_eq!(*text, case["assistant_messages"][position]);
    }
}

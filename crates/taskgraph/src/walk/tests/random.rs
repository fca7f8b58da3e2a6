//! Random graphs and random talk: whatever is asked and answered, these hold.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::play::{FIND, TICKET, sarah, toolbox};
use crate::{
    graph::Graph,
    load,
    walk::{
        self, STEPS_MAX,
        ask::Ask,
        event::{Event, Switch},
        script::Script,
        state::State,
        travel::Walker,
    },
};

const RESOURCES: &[&str] = &[
    "message-worker",
    "faiss-rag-worker",
    "multiple-choice-worker",
    "human-in-the-loop-worker",
    "nested_graph",
    "nlu-agent",
    "nobody-knows",
    FIND,
    TICKET,
    "hubspot/contact/find-owner-id-by-contact-id",
    "hubspot/meeting/check-available",
];
const INTENTS: &[&str] = &["none", "help", "buy", "meet", "Help"];
const NODES_MAX: usize = 8;
/// Four properties take under three seconds.
const CASES: u32 = 64;

fn node() -> impl Strategy<Value = Value> {
    let parts = (select(RESOURCES), 0..NODES_MAX, proptest::option::of(0..3_u32), any::<bool>());
    parts.prop_map(|(resource, value, limit, skip)| {
        json!({"resource": {"id": resource}, "limit": limit, "attribute": {"value": value.to_string(), "can_skipped": skip}})
    })
}

fn edge() -> impl Strategy<Value = (usize, usize, Value)> {
    let way = (select(INTENTS), any::<bool>(), 0..3_u32);
    let body =
        way.prop_map(|(intent, pred, weight)| json!({"intent": intent, "attribute": {"pred": pred, "weight": weight}}));
    (0..NODES_MAX, 0..NODES_MAX, body)
}

fn graph() -> impl Strategy<Value = Graph> {
    (vec(node(), 1..NODES_MAX), vec(edge(), 0..16)).prop_map(|(nodes, edges)| {
        let count = nodes.len();
        let mut pairs: Vec<Value> =
            nodes.into_iter().enumerate().map(|(id, body)| json!([id.to_string(), body])).collect();
        pairs[0][1]["type"] = "start".into();
        let ends = |(from, to, body): &(usize, usize, Value)| {
            json!([(from % count).to_string(), (to % count).to_string(), body])
        };
        let edges: Vec<Value> = edges.iter().map(ends).collect();
        load::read("random", &json!({"nodes": pairs, "edges": edges}).to_string()).unwrap().graph
    })
}

/// What the model sends next: an answer to the ask, or something that was not asked for.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Fitting,
    /// What a model that invents things sends: a contact nobody asked for, and the answer of a tool it has not called.
    Inventing,
    Failing(&'static str),
    Switching(Switch),
    Intent(&'static str),
    Skipping,
    Talking,
    Nothing,
}

fn answer() -> impl Strategy<Value = Answer> {
    let code = select(&["USER_NOT_FOUND_ERROR", "TIMEOUT_ERROR", "INVALID_INPUT_ERROR"][..]);
    prop_oneof![
        6 => Just(Answer::Fitting),
        1 => Just(Answer::Inventing),
        1 => code.prop_map(Answer::Failing),
        1 => select(&[Switch::ComeBack, Switch::Leave, Switch::Stay][..]).prop_map(Answer::Switching),
        2 => select(INTENTS).prop_map(Answer::Intent),
        1 => Just(Answer::Skipping),
        2 => Just(Answer::Talking),
        1 => Just(Answer::Nothing),
    ]
}

fn event(answer: Answer, ask: &Ask) -> Event {
    let plain = Event::default();
    match answer {
        Answer::Fitting => fitting(ask),
        Answer::Inventing => inventing(ask),
        Answer::Failing(code) => Event { tool_result: Some(code.into()), ..plain },
        Answer::Switching(switch) => Event { switch: Some(switch), intent: Some("help".into()), ..plain },
        Answer::Intent(intent) => Event { user_text: Some("x".into()), intent: Some(intent.into()), ..plain },
        Answer::Skipping => Event { skip: true, ..plain },
        Answer::Talking => Event { user_text: Some("x".into()), ..plain },
        Answer::Nothing => plain,
    }
}

fn inventing(ask: &Ask) -> Event {
    let known = json!({"contact_id": "666", "owner_id": "666"});
    let unasked = !matches!(ask, Ask::Call { .. });
    let slots = json!({"cus_cid": "666"}).as_object().cloned().unwrap_or_default();
    let slots = if unasked { Map::new() } else { slots };
    Event { slots, tool_result: unasked.then_some(known), ..Event::default() }
}

fn fitting(ask: &Ask) -> Event {
    let plain = Event::default();
    match ask {
        Ask::Intent { candidates, .. } | Ask::Nothing { candidates, .. } => {
            Event { intent: candidates.last().map(|candidate| candidate.intent.clone()), ..plain }
        }
        Ask::Slots { missing, .. } => {
            let slots: Map<String, Value> = missing.iter().map(|missing| (missing.name.clone(), "x".into())).collect();
            Event { slots, ..plain }
        }
        Ask::Call { .. } => {
            let mut result = sarah();
            result["owner_id"] = "1".into();
            result["slug"] = "ann".into();
            Event { tool_result: Some(result), ..plain }
        }
        Ask::Switch { .. } => Event { switch: Some(Switch::ComeBack), ..plain },
        Ask::Say { .. } | Ask::Answer { .. } => Event { user_text: Some("x".into()), ..plain },
    }
}

/// Plays the answers; what is refused leaves the walk where it was.
fn play(graph: &Graph, seed: u64, answers: &[Answer], mut look: impl FnMut(&State, &[Ask])) -> (State, Vec<Ask>) {
    let tools = toolbox();
    let script = Script { graph, tools: &tools };
    let (mut state, mut asks) = walk::start(&script, seed);
    look(&state, &asks);
    for answer in answers {
        let ask = asks.last().unwrap();
        if let Ok(next) = walk::step(&state, &event(*answer, ask), &script) {
            (state, asks) = next;
            look(&state, &asks);
        }
    }
    (state, asks)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn a_walk_stays_in_its_graph_and_keeps_its_limits(graph in graph(), answers in vec(answer(), 0..60)) {
        play(&graph, 7, &answers, |state, asks| {
            assert!(graph.node(&state.at).is_some());
            assert!(!asks.is_empty() && asks.len() < 4, "{asks:?}");
            // Counted on the way itself: the walk's own counter is what it goes by.
            for node in graph.nodes() {
                let entered = state.path.iter().filter(|passed| passed.node == node.id).count();
                // The start is entered once by beginning, whatever its limit says.
                let once = usize::from(node.id == graph.start().id);
                assert!(node.limit.is_none_or(|limit| entered <= once.max(limit as usize)), "{}", node.id);
            }
        });
    }

    #[test]
    fn an_intent_that_cannot_be_followed_changes_nothing_of_what_is_under_way(graph in graph(), answers in vec(answer(), 0..60)) {
        let tools = toolbox();
        let script = Script { graph: &graph, tools: &tools };
        play(&graph, 7, &answers, |state, asks| {
            let offered = walk::offered(state, &script);
            let unfinished = Walker { script: &script, state: state.clone(), before: vec![] }.is_unfinished();
            for intent in INTENTS.iter().filter(|intent| **intent != "none" && !offered.iter().any(|o| o.eq_ignore_ascii_case(intent))) {
                let event = Event { intent: Some((*intent).into()), ..Event::default() };
                if let Ok((_, then)) = walk::step(state, &event, &script) && unfinished {
                    assert_eq!(then.last(), asks.last(), "{intent}");
                }
            }
        });
    }

    #[test]
    fn the_same_seed_and_the_same_answers_give_the_same_walk(graph in graph(), seed: u64, answers in vec(answer(), 0..40)) {
        prop_assert_eq!(play(&graph, seed, &answers, |_, _| {}), play(&graph, seed, &answers, |_, _| {}));
    }

    #[test]
    fn a_walk_that_is_written_and_read_in_between_is_the_same(graph in graph(), answers in vec(answer(), 0..40)) {
        play(&graph, 1, &answers, |state, asks| {
            let text = serde_json::to_string(state).unwrap();
            let read: State = serde_json::from_str(&text).unwrap();
            assert_eq!(&read, state);
            let tools = toolbox();
            let again = walk::asked(&read, &Script { graph: &graph, tools: &tools }).unwrap();
            assert_eq!(Some(&again), asks.last());
        });
    }

    #[test]
    fn nobody_reaches_a_ticket_without_being_found(graph in graph(), answers in vec(answer(), 0..60)) {
        let finds = graph.nodes().iter().any(|node| node.resource.id == FIND);
        play(&graph, 3, &answers, |state, asks| {
            for ask in asks {
                if let Ask::Call { tool, arguments, .. } = ask && tool == "create_ticket" && finds {
                    assert_eq!(arguments["cus_cid"], sarah()["contact_id"], "{state:?}");
                }
            }
        });
    }
}

proptest! {
    // Each plays a thousand steps.
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn every_walk_ends(graph in graph()) {
        let mut taken = 0;
        play(&graph, 1, &vec![Answer::Fitting; STEPS_MAX as usize * 2], |_, _| taken += 1);
        prop_assert_eq!(taken, STEPS_MAX as usize + 1, "the greeting, and every answer that fits, up to the last step");
    }
}

#[test]
fn a_walk_in_a_circle_ends() {
    let nodes =
        json!([["0", {"resource": {"id": "message-worker"}, "type": "start"}], ["1", {"resource": {"id": FIND}}]]);
    let edges = json!([["0", "1", {"intent": null}], ["1", "0", {"intent": null}]]);
    let graph = load::read("circle", &json!({"nodes": nodes, "edges": edges}).to_string()).unwrap().graph;
    let mut taken = 0;
    play(&graph, 1, &vec![Answer::Fitting; STEPS_MAX as usize * 2], |_, _| taken += 1);
    assert_eq!(taken, STEPS_MAX as usize + 1, "the greeting and every step");
}

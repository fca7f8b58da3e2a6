//! Properties that hold for random graphs and random conversations.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::conversation::{FIND, TICKET, not_found, sarah, toolbox};
use crate::{
    engine::{
        self,
        action::Action,
        context::RunContext,
        event::{Event, Switch},
        limits::STEPS_MAX,
        navigation::Navigator,
        state::{Phase, State, Visit},
        toolbox::{ToolSpec, Toolbox},
    },
    graph::Graph,
    load,
    resource::Behavior,
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
/// The number of cases; four properties take less than three seconds.
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

/// The next event of the model: a fitting answer to the action, or another event.
#[derive(Clone, Copy, Debug)]
enum Answer {
    Fitting,
    /// Invented data: the id of a contact, and the result of a tool that was not called.
    Inventing,
    Failing(&'static str),
    Switching(Switch),
    Intent(&'static str),
    Skipping,
    Talking,
    /// A message with a value in it.
    Stating(u8),
    /// A message that says how the customer is reached.
    Reaching(u8),
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
        2 => any::<u8>().prop_map(Answer::Stating),
        2 => any::<u8>().prop_map(Answer::Reaching),
        1 => Just(Answer::Nothing),
    ]
}

fn event(answer: Answer, action: &Action) -> Event {
    let plain = Event::default();
    match answer {
        Answer::Fitting => fitting(action),
        Answer::Inventing => inventing(action),
        Answer::Failing(code) => Event { tool_result: Some(code.into()), ..plain },
        Answer::Switching(switch) => Event { switch: Some(switch), intent: Some("help".into()), ..plain },
        Answer::Intent(intent) => Event { user_text: Some("x".into()), intent: Some(intent.into()), ..plain },
        Answer::Skipping => Event { skip: true, ..plain },
        Answer::Talking => Event { user_text: Some("x".into()), ..plain },
        Answer::Stating(number) => {
            let issue = format!("issue {number}");
            let slots = json!({"issue": issue}).as_object().cloned().unwrap_or_default();
            Event { user_text: Some(format!("The {} is broken", part(number))), slots, ..plain }
        }
        Answer::Reaching(number) => {
            let reach = format!("+45 20 30 40 {number}");
            let slots = json!({"reach": reach}).as_object().cloned().unwrap_or_default();
            Event { user_text: Some(format!("My number is {reach}")), slots, ..plain }
        }
        Answer::Nothing => plain,
    }
}

/// A word of its own for each number.
fn part(number: u8) -> String {
    let letter = |part: u8| char::from(b'a' + part);
    format!("part{}{}", letter(number / 16), letter(number % 16))
}

fn inventing(action: &Action) -> Event {
    let known = json!({"contact_id": "666", "owner_id": "666"});
    let unasked = !matches!(action, Action::Call { .. });
    let slots = json!({"cus_cid": "666"}).as_object().cloned().unwrap_or_default();
    let slots = if unasked { Map::new() } else { slots };
    Event { slots, tool_result: unasked.then_some(known), ..Event::default() }
}

fn fitting(action: &Action) -> Event {
    let plain = Event::default();
    match action {
        Action::Intent { candidates, .. } | Action::Nothing { candidates, .. } => {
            Event { intent: candidates.last().map(|candidate| candidate.intent.clone()), ..plain }
        }
        Action::Slots { missing, .. } => {
            let slots: Map<String, Value> = missing.iter().map(|missing| (missing.name.clone(), "x".into())).collect();
            Event { slots, ..plain }
        }
        Action::Call { .. } => {
            let mut result = sarah();
            result["owner_id"] = "1".into();
            result["slug"] = "ann".into();
            Event { tool_result: Some(result), ..plain }
        }
        Action::Switch { .. } | Action::GoOn { .. } => Event { switch: Some(Switch::ComeBack), ..plain },
        Action::Say { .. } | Action::Answer { .. } => Event { user_text: Some("x".into()), ..plain },
    }
}

/// Sends the answers as events. A rejected event leaves the state unchanged.
fn simulate(
    graph: &Graph,
    seed: u64,
    answers: &[Answer],
    mut look: impl FnMut(&State, &[Action]),
) -> (State, Vec<Action>) {
    let tools = toolbox();
    let context = RunContext { graph, tools: &tools };
    let (mut state, mut actions) = engine::start(&context, seed);
    look(&state, &actions);
    for answer in answers {
        let action = actions.last().unwrap();
        if let Ok(next) = engine::step(&state, &event(*answer, action), &context) {
            (state, actions) = next;
            look(&state, &actions);
        }
    }
    (state, actions)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn a_run_stays_in_its_graph_and_obeys_the_limits(graph in graph(), answers in vec(answer(), 0..60)) {
        simulate(&graph, 7, &answers, |state, actions| {
            assert!(graph.node(&state.at).is_some());
            assert!(!actions.is_empty() && actions.len() < 4, "{actions:?}");
            // Counted on the path, because the engine's own counter may be wrong. A node whose topic was left is not used.
            for node in graph.nodes() {
                let used = |passed: &&Visit| passed.node == node.id && !passed.left;
                let entered = state.path.iter().filter(used).count();
                // The start is entered once at the beginning, even with a limit of 0.
                let once = usize::from(node.id == graph.start().id);
                assert!(node.limit.is_none_or(|limit| entered <= once.max(limit as usize)), "{}", node.id);
            }
        });
    }

    #[test]
    fn an_intent_that_cannot_be_followed_does_not_change_an_unfinished_topic(graph in graph(), answers in vec(answer(), 0..60)) {
        let tools = toolbox();
        let context = RunContext { graph: &graph, tools: &tools };
        simulate(&graph, 7, &answers, |state, actions| {
            let offered = engine::offered_intents(state, &context);
            let unfinished = Navigator::new(&context, state.clone()).is_unfinished();
            for intent in INTENTS.iter().filter(|intent| **intent != "none" && !offered.iter().any(|o| o.eq_ignore_ascii_case(intent))) {
                let event = Event { intent: Some((*intent).into()), ..Event::default() };
                if let Ok((_, then)) = engine::step(state, &event, &context) && unfinished {
                    assert_eq!(then.last(), actions.last(), "{intent}");
                }
            }
        });
    }

    #[test]
    fn the_same_seed_and_the_same_answers_give_the_same_run(graph in graph(), seed: u64, answers in vec(answer(), 0..40)) {
        prop_assert_eq!(simulate(&graph, seed, &answers, |_, _| {}), simulate(&graph, seed, &answers, |_, _| {}));
    }

    #[test]
    fn storing_the_state_between_steps_changes_nothing(graph in graph(), answers in vec(answer(), 0..40)) {
        simulate(&graph, 1, &answers, |state, actions| {
            let text = serde_json::to_string(state).unwrap();
            let read: State = serde_json::from_str(&text).unwrap();
            assert_eq!(&read, state);
            let tools = toolbox();
            let again = engine::next_action(&read, &RunContext { graph: &graph, tools: &tools }).unwrap();
            assert_eq!(Some(&again), actions.last());
        });
    }

    #[test]
    fn no_ticket_is_created_before_the_customer_is_found(graph in graph(), answers in vec(answer(), 0..60)) {
        let finds = graph.nodes().iter().any(|node| node.resource.id == FIND);
        simulate(&graph, 3, &answers, |state, actions| {
            for action in actions {
                if let Action::Call { tool, arguments, .. } = action && tool == "create_ticket" && finds {
                    assert_eq!(arguments["cus_cid"], sarah()["contact_id"], "{state:?}");
                }
            }
        });
    }
}

/// The bare events that lead out of a step.
fn ways_out() -> [(&'static str, Event); 3] {
    let intent = |name: &str| Event { intent: Some(name.into()), ..Event::default() };
    let leave = Event { switch: Some(Switch::Leave), ..Event::default() };
    [("leave", leave), ("none", intent("none")), ("a person", intent("a person"))]
}

/// The values that a state holds for an argument, those of suspended topics and of other customers too.
fn held<'a>(state: &'a State, name: &'a str) -> impl Iterator<Item = &'a Value> {
    let known = state.stack.iter().map(|frame| &frame.known).chain([&state.known]);
    known.filter_map(move |known| known.get(name)).map(|known| &known.value).chain(state.apart.held(name))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn from_every_step_leave_none_a_person_and_another_intent_lead_on(graph in graph(), answers in vec(answer(), 0..40)) {
        let tools = toolbox();
        let context = RunContext { graph: &graph, tools: &tools };
        simulate(&graph, 7, &answers, |state, actions| {
            let over = state.phase == Phase::Close;
            for (name, event) in ways_out() {
                let (then, next) = engine::step(state, &event, &context).unwrap_or_else(|error| panic!("{name}: {error}"));
                let place = |state: &State| (state.at.clone(), state.phase.clone(), state.visits.clone(), state.stack.len());
                let moved = place(&then) != place(state);
                let person = graph.node(&then.at).is_some_and(|node| node.behavior == Behavior::HandOff);
                let there = if name == "a person" { person } else { over };
                assert!(moved || there, "{name} from {:?}: {actions:?}", state.phase);
                assert!(name != "a person" || person, "{:?} {next:?}", state.phase);
            }
            for intent in engine::offered_intents(state, &context) {
                let event = Event { intent: Some(intent.clone()), switch: Some(Switch::Leave), ..Event::default() };
                let (then, next) = engine::step(state, &event, &context).unwrap_or_else(|error| panic!("{intent}: {error}"));
                // Two intents can lead to the same step.
                let same = then.topic.is_some() || state.topic.is_some();
                let says = next.len() > 1 || next.last() != actions.last();
                // A further question on what was just said is answered where the run stands.
                let further = then.at == state.at && then.phase == Phase::Speak;
                let moved = then.visits != state.visits || then.phase != state.phase;
                assert!(says || same || further || moved, "{intent} {actions:?}");
            }
        });
    }

    #[test]
    fn to_leave_again_and_again_ends_the_conversation(graph in graph(), answers in vec(answer(), 0..40)) {
        let tools = toolbox();
        let context = RunContext { graph: &graph, tools: &tools };
        let (mut state, _) = simulate(&graph, 7, &answers, |_, _| {});
        // The first may answer a question and begin another topic, the last says goodbye.
        for _ in 0..state.stack.len() + 3 {
            let (_, leave) = &ways_out()[0];
            state = engine::step(&state, leave, &context).unwrap().0;
        }
        prop_assert_eq!(state.phase, Phase::Close);
    }

    #[test]
    fn nothing_that_was_said_is_lost(graph in graph(), answers in vec(answer(), 0..40)) {
        let tools = with_tasks();
        let context = RunContext { graph: &graph, tools: &tools };
        let (mut state, mut actions) = engine::start(&context, 7);
        let (mut issue, mut texts, mut untold) = (None, vec![], vec![]);
        for answer in answers {
            let event = event(answer, actions.last().unwrap());
            let takes_issue = graph.nodes().iter().any(|node| node.resource.id == TICKET);
            let opens = matches!(actions.last(), Some(Action::Call { tool, .. }) if tool == "create_ticket");
            let Ok((then, next)) = engine::step(&state, &event, &context) else { continue };
            if opens && event.tool_result.as_ref().is_some_and(|result| result["contact_id"].is_string()) {
                issue = None; // It stands in the ticket.
            }
            issue = event.slots.get("issue").cloned().filter(|_| takes_issue).or(issue);
            let tells = event.user_text.clone().filter(|text| text.contains("broken"));
            untold.extend(tells.filter(|text| !untold.contains(text)));
            // The task may be made before it is said how the customer is reached, too.
            if let Some(Action::Call { tool, .. } | Action::Slots { tool, .. }) = actions.last()
                && tool == "create_task"
                && event.tool_result.as_ref().is_some_and(|result| result["contact_id"].is_string())
            {
                let sent = then.handed_off.as_ref().and_then(|sent| sent["reason"].as_str()).unwrap_or_default();
                untold.retain(|text| !sent.contains(text.as_str())); // A colleague has read it.
            }
            texts.extend(event.user_text.clone().filter(|text| !texts.contains(text)));
            (state, actions) = (then, next);
            if let Some(issue) = &issue {
                prop_assert!(held(&state, "issue").any(|held| held == issue), "{} {:?}", issue, state);
            }
            // What was asked about products, finished or left, stands in the task that follows.
            if !untold.is_empty() {
                let task = task(&state, &context);
                let reason = task.as_ref().and_then(|task| task["reason"].as_str()).unwrap_or_default();
                prop_assert!(untold.iter().all(|text| reason.contains(text.as_str())), "{:?} {} {:?}", untold, reason, state);
            }
            prop_assert!(state.logged || texts.iter().all(|text| state.said.contains(text)), "{:?} {:?}", texts, state);
        }
    }
}

/// The tools with the one that asks a colleague.
fn with_tasks() -> Toolbox {
    let mut tools = toolbox();
    let properties = json!({"reason": {}, "contact": {}, "reach": {"type": "string"}, "ticket_id": {}});
    let input_schema = json!({"type": "object", "properties": properties, "required": ["reason"]});
    tools.tools.insert("create_task".to_owned(), ToolSpec { input_schema, repeatable: false });
    tools
}

/// The task that a colleague gets if a person is asked for now.
fn task(state: &State, context: &RunContext<'_>) -> Option<Map<String, Value>> {
    let person = Event { intent: Some("a person".into()), ..Event::default() };
    let (mut state, mut actions) = engine::step(state, &person, context).ok()?;
    for _ in 0..2 {
        match actions.last()? {
            Action::Call { tool, arguments, .. } if tool == "create_task" => return Some(arguments.clone()),
            _ => {
                let unknown = Event { tool_result: Some(not_found()), ..Event::default() };
                (state, actions) = engine::step(&state, &unknown, context).ok()?;
            }
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn how_the_customer_is_reached_stands_in_the_task_whenever_they_have_said_it(
        graph in graph(),
        answers in vec(answer(), 0..40),
    ) {
        let tools = with_tasks();
        let context = RunContext { graph: &graph, tools: &tools };
        let (mut state, mut actions) = engine::start(&context, 7);
        let mut reach = None;
        for answer in answers {
            let event = event(answer, actions.last().unwrap());
            let asks_colleague = matches!(actions.last(), Some(Action::Call { tool, .. }) if tool == "create_task");
            let Ok((then, next)) = engine::step(&state, &event, &context) else { continue };
            if asks_colleague && event.tool_result.as_ref().is_some_and(|result| result["contact_id"].is_null()) {
                reach = None; // The tool has refused it.
            }
            reach = event.slots.get("reach").cloned().or(reach);
            (state, actions) = (then, next);
            let of_another = reach.as_ref().is_some_and(|reach| state.apart.held("reach").any(|held| held == reach));
            if let Some(reach) = reach.as_ref().filter(|_| !of_another) {
                let task = task(&state, &context);
                prop_assert!(task.is_some_and(|task| task.get("reach") == Some(reach)), "{} {:?}", reach, state);
            }
        }
    }
}

proptest! {
    // Each case takes a thousand steps.
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn every_run_ends(graph in graph()) {
        let mut taken = 0;
        simulate(&graph, 1, &vec![Answer::Fitting; STEPS_MAX as usize * 2], |_, _| taken += 1);
        prop_assert_eq!(taken, STEPS_MAX as usize + 1, "the greeting, and every answer that fits, up to the last step");
    }
}

#[test]
fn a_run_in_a_cycle_ends() {
    let nodes =
        json!([["0", {"resource": {"id": "message-worker"}, "type": "start"}], ["1", {"resource": {"id": FIND}}]]);
    let edges = json!([["0", "1", {"intent": null}], ["1", "0", {"intent": null}]]);
    let graph = load::read("circle", &json!({"nodes": nodes, "edges": edges}).to_string()).unwrap().graph;
    let mut taken = 0;
    simulate(&graph, 1, &vec![Answer::Fitting; STEPS_MAX as usize * 2], |_, _| taken += 1);
    assert_eq!(taken, STEPS_MAX as usize + 1, "the greeting and every step");
}

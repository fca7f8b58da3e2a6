//! Tests with damaged files: reading them never panics, and a graph that loads can be rendered.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::read;
use crate::{render, test_graph};

/// The number of cases, which take two seconds.
const CASES: u32 = 128;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop_oneof!["none", "start", "nested_graph", "[0-9]", "\\PC{0,12}", "\\x00|\\n|\"|<"].prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let names = prop_oneof!["id", "resource", "attribute", "type", "intent", "\\PC{0,4}"];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(names, inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

/// Replaces the value at this path.
fn damage(value: &mut Value, way: &[prop::sample::Index], put: Value) {
    let Some((first, rest)) = way.split_first() else {
        *value = put;
        return;
    };
    match value {
        Value::Array(list) if !list.is_empty() => {
            let position = first.index(list.len());
            damage(&mut list[position], rest, put);
        }
        Value::Object(map) if !map.is_empty() => {
            let position = first.index(map.len());
            let inner = map.values_mut().nth(position);
            damage(inner.expect("the index is below the length"), rest, put);
        }
        other => *other = put,
    }
}

fn seed() -> Value {
    serde_json::from_str(test_graph::TEXT).expect("the shipped graph is JSON")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CASES))]

    #[test]
    fn a_damaged_graph_is_read_or_refused(
        damages in proptest::collection::vec((proptest::collection::vec(any::<prop::sample::Index>(), 1..6), any_json()), 1..4),
    ) {
        let mut graph = seed();
        for (way, put) in damages {
            damage(&mut graph, &way, put);
        }
        match read("damaged", &graph.to_string()) {
            Ok(loaded) => {
                let graph = loaded.graph;
                let shown = [render::mermaid(&graph), render::tree(&graph), render::svg(&graph), render::prompt(&graph, None, None)];
                prop_assert!(shown.iter().all(|text| !text.is_empty()));
            }
            Err(error) => prop_assert!(!error.to_string().is_empty() && !error.to_string().contains('\n')),
        }
    }

    #[test]
    fn any_text_is_refused_in_one_line(text in "\\PC{0,80}") {
        prop_assert!(!read("any", &text).unwrap_err().to_string().contains('\n'));
    }
}

#[test]
fn the_longest_chain_is_rendered() {
    let count = super::NODES_MAX;
    let node = |id: usize| json!([id.to_string(), {"resource": {"id": "message-worker"}, "type": if id == 0 { "start" } else { "" }}]);
    let nodes: Vec<Value> = (0..count).map(node).collect();
    for intent in ["none", "next"] {
        let edge = |id: usize| json!([id.to_string(), (id + 1).to_string(), {"intent": intent}]);
        let edges: Vec<Value> = (0..count - 1).map(edge).collect();
        let graph = read("chain", &json!({"nodes": nodes, "edges": edges}).to_string()).unwrap().graph;
        assert!(render::prompt(&graph, None, None).len() > 100);
        assert!(render::tree(&graph).len() > 100 && render::svg(&graph).len() > 100);
    }
}

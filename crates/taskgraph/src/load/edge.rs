//! The edges of the file.

use serde_json::{Map, Value};

use super::{fields::Fields, node::read_id};
use crate::{
    graph::{Edge, Intent, NodeId},
    problem::{Location, ProblemKind, Problems},
    schema::WEIGHT_DEFAULT,
};

/// Reads the edge at this position and adds its problems.
pub(super) fn read(position: usize, value: &Value, problems: &mut Problems) -> Option<Edge> {
    let Some((from, to, body)) = ends_and_body(value) else {
        problems.add(
            ProblemKind::BadEdge,
            Location::EdgeAt(position),
            "an edge must be `[from, to, {intent, attribute}]`",
        );
        return None;
    };
    let location = Location::Edge(from.clone(), to.clone());
    let mut fields = Fields::of(body, "edge", location.clone());
    let intent = Intent::read(&fields.deciding_text("intent", problems));
    let logic = fields.deciding_text("type", problems).eq_ignore_ascii_case("logic");
    fields.value("cases");
    if logic {
        problems.add(
            ProblemKind::LogicEdge,
            location,
            "an edge of type `logic` is not followed: no released engine defines it",
        );
    }
    let attribute = fields.object("attribute", problems);
    fields.report_unread(problems);
    let edge = Edge { intent, logic, ..plain(from, to) };
    Some(match attribute {
        Some(attribute) => with_attribute(edge, attribute, problems),
        None => edge,
    })
}

fn ends_and_body(value: &Value) -> Option<(NodeId, NodeId, &Map<String, Value>)> {
    match value.as_array()?.as_slice() {
        [from, to, body] => Some((read_id(from)?, read_id(to)?, body.as_object()?)),
        _ => None,
    }
}

fn plain(from: NodeId, to: NodeId) -> Edge {
    let (definition, sample_utterances) = (String::new(), vec![]);
    Edge {
        from,
        to,
        intent: None,
        global: false,
        weight: WEIGHT_DEFAULT,
        definition,
        sample_utterances,
        telling_utterances: vec![],
        logic: false,
        when: Map::new(),
    }
}

fn with_attribute(edge: Edge, attribute: &Map<String, Value>, problems: &mut Problems) -> Edge {
    let location = Location::Edge(edge.from.clone(), edge.to.clone());
    let mut fields = Fields::of(attribute, "edge", location.clone());
    // An edge without an intent cannot be global, although many graphs set `pred` on all edges.
    let global = fields.flag("pred", problems) && edge.intent.is_some();
    let mut weight = fields.number("weight", problems).unwrap_or(WEIGHT_DEFAULT);
    if weight < 0.0 {
        problems.add(ProblemKind::WrongType, location, "`weight` must not be negative; it counts as 0");
        weight = 0.0;
    }
    let definition = fields.text("definition", problems);
    let sample_utterances = fields.texts("sample_utterances", problems);
    let telling_utterances = fields.texts("telling_utterances", problems);
    let when = fields.object("when", problems).cloned().unwrap_or_default();
    fields.report_unread(problems);
    Edge { global, weight, definition, sample_utterances, telling_utterances, when, ..edge }
}

//! The nodes of the file, in both forms and dialects.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fields::Fields;
use crate::{
    graph::{Node, NodeId, Resource, Slot},
    problem::{Location, ProblemKind, Problems},
    resource::{self, Behavior, Listed},
};

/// Reads the node at this position and adds its problems.
pub(super) fn read(
    position: usize,
    value: &Value,
    listed: &BTreeMap<String, Listed>,
    problems: &mut Problems,
) -> Option<Node> {
    let Some((id, body)) = id_and_body(value) else {
        let reason = "a node must be `[id, {…}]` or an object with a text `id`";
        problems.add(ProblemKind::BadNode, Location::NodeAt(position), reason);
        return None;
    };
    let resource = read_resource(&id, body, problems)?;
    let mut draft = Draft::default();
    draft.read_body(&id, body, problems);
    Some(draft.into_node(id, resource, listed))
}

fn id_and_body(value: &Value) -> Option<(NodeId, &Map<String, Value>)> {
    let (id, body) = match value {
        Value::Array(pair) => match pair.as_slice() {
            [id, body] => (id, body),
            _ => return None,
        },
        other => (other.get("id")?, other),
    };
    Some((read_id(id)?, body.as_object()?))
}

/// Reads an id: a text, or a whole number, which some editors write.
pub(super) fn read_id(value: &Value) -> Option<NodeId> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) if number.is_u64() => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then(|| text.as_str().into())
}

fn read_resource(id: &NodeId, body: &Map<String, Value>, problems: &mut Problems) -> Option<Resource> {
    let location = Location::Node(id.clone());
    let Some(resource) = body.get("resource").and_then(Value::as_object) else {
        let reason =
            "`resource` with an `id` is missing: the format of before 2025, which names no tool by id, does not load";
        problems.add_once(ProblemKind::NoResource, location, reason);
        return None;
    };
    let mut fields = Fields::of(resource, "resource", location);
    let read = Resource { id: fields.deciding_text("id", problems), name: fields.text("name", problems) };
    fields.report_unread(problems);
    Some(read)
}

/// The fields of a node from all places where the dialects write them.
#[derive(Default)]
struct Draft {
    name: String,
    task: String,
    texts: Vec<String>,
    prompt: String,
    kinds: Vec<String>,
    limit: Option<u32>,
    verbatim: bool,
    start: bool,
    can_skip: bool,
    choices: Vec<String>,
    slots: Vec<Slot>,
}

impl Draft {
    fn read_body(&mut self, id: &NodeId, body: &Map<String, Value>, problems: &mut Problems) {
        let mut fields = Fields::of(body, "node", Location::Node(id.clone()));
        for known in ["id", "resource"] {
            fields.value(known);
        }
        self.kinds.push(fields.deciding_text("type", problems));
        self.limit = fields.deciding_count("limit", problems);
        for name in ["attribute", "data"] {
            if let Some(map) = fields.object(name, problems) {
                self.read_part(id, map, problems);
            }
        }
        fields.report_unread(problems);
    }

    /// Reads `attribute` or `data`. The first dialect writes all fields into `attribute`, the second uses both.
    fn read_part(&mut self, id: &NodeId, map: &Map<String, Value>, problems: &mut Problems) {
        let mut fields = Fields::of(map, "node", Location::Node(id.clone()));
        for name in ["value", "message", "question", "agent_start_message"] {
            self.texts.push(fields.text(name, problems));
        }
        for name in ["directed", "direct", "direct_response"] {
            self.verbatim |= fields.flag(name, problems);
        }
        for name in ["choice_list", "choices"] {
            self.choices.extend(fields.texts(name, problems));
        }
        first(&mut self.name, fields.text("name", problems));
        first(&mut self.task, fields.text("task", problems));
        first(&mut self.task, fields.text("description", problems));
        first(&mut self.prompt, fields.text("prompt", problems));
        self.kinds.push(fields.deciding_text("type", problems));
        self.start |= fields.flag("start", problems);
        for name in ["can_skipped", "can_skip"] {
            self.can_skip |= fields.flag(name, problems);
        }
        self.limit = self.limit.or(fields.deciding_count("limit", problems));
        self.slots.extend(fields.list("slots", problems).iter().filter_map(|slot| read_slot(slot, id, problems)));
        fields.report_unread(problems);
    }

    fn into_node(self, id: NodeId, resource: Resource, listed: &BTreeMap<String, Listed>) -> Node {
        let mut text = String::new();
        self.texts.into_iter().for_each(|found| first(&mut text, found));
        Node {
            behavior: named(resource::behavior_of(&resource.id, listed), &resource.id, &self.name),
            verbatim: self.verbatim && !text.trim().is_empty(),
            marked_start: self.start || self.kinds.iter().any(|kind| kind.eq_ignore_ascii_case("start")),
            limit: self.limit,
            can_skip: self.can_skip,
            choices: self.choices,
            slots: self.slots,
            prompt: self.prompt,
            task: self.task,
            id,
            resource,
            text,
        }
    }
}

/// Names a foreign tool after the node if the file does not name it: tools defined in the graph itself all have the id
/// `custom/http-tool`.
fn named(behavior: Behavior, id: &str, name: &str) -> Behavior {
    match behavior {
        Behavior::Foreign(tool) if tool == id && !name.trim().is_empty() => Behavior::Foreign(name.trim().to_owned()),
        other => other,
    }
}

fn first(kept: &mut String, found: String) {
    if kept.trim().is_empty() {
        *kept = found;
    }
}

fn read_slot(value: &Value, id: &NodeId, problems: &mut Problems) -> Option<Slot> {
    let mut fields = Fields::of(value.as_object()?, "slot", Location::Node(id.clone()));
    let slot = Slot {
        name: fields.text("name", problems),
        description: fields.text("description", problems),
        prompt: fields.text("prompt", problems),
        required: fields.flag("required", problems),
        fixed: fields.value("fixed").cloned(),
    };
    (!slot.name.is_empty()).then_some(slot)
}

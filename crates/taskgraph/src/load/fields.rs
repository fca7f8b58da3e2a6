//! Lenient reading of a JSON object. Fields that are not read or have the wrong type are reported.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::problem::{Location, ProblemKind, Problems, quote};

/// An object of the file, with the names of the fields that have been read.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    map: &'a Map<String, Value>,
    /// The object's name in a message, such as `node`.
    what: &'static str,
    location: Location,
    known: BTreeSet<&'static str>,
}

impl<'a> Fields<'a> {
    pub(super) fn of(map: &'a Map<String, Value>, what: &'static str, location: Location) -> Fields<'a> {
        Fields { map, what, location, known: BTreeSet::new() }
    }

    /// Returns the field's value unless it is missing or null.
    pub(super) fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.known.insert(name);
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Returns the error for a field that restricts the graph. Without such a field the graph would allow more than its
    /// author meant, so the file is rejected.
    fn refusal(&self) -> ProblemKind {
        if matches!(self.location, Location::Edge(..)) { ProblemKind::BadEdge } else { ProblemKind::BadNode }
    }

    /// Reads a field. One of another type than `wanted` is reported as `kind`.
    fn read<T>(
        &mut self,
        kind: ProblemKind,
        name: &'static str,
        wanted: &str,
        as_type: impl FnOnce(&'a Value) -> Option<T>,
        problems: &mut Problems,
    ) -> Option<T> {
        let value = self.value(name)?;
        let read = as_type(value);
        if read.is_none() && !is_blank(value) {
            let ignored = if kind.is_error() { "" } else { "; it is ignored" };
            let reason = format!("`{name}` of this {} must be {wanted}{ignored}", self.what);
            problems.add(kind, self.location.clone(), reason);
        }
        read
    }

    /// Reads a text that decides the path of a run; empty if it is missing.
    pub(super) fn deciding_text(&mut self, name: &'static str, problems: &mut Problems) -> String {
        let text = self.read(self.refusal(), name, "a text", |value| value.as_str().map(str::to_owned), problems);
        text.unwrap_or_default()
    }

    /// Reads a whole number from 0 that limits a run, also from a text such as `"3"`.
    pub(super) fn deciding_count(&mut self, name: &'static str, problems: &mut Problems) -> Option<u32> {
        let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
        self.read(self.refusal(), name, "a whole number", |value| u32::try_from(number(value)?).ok(), problems)
    }

    /// Reads a text; empty if it is missing.
    pub(super) fn text(&mut self, name: &'static str, problems: &mut Problems) -> String {
        self.read(ProblemKind::WrongType, name, "a text", |value| value.as_str().map(str::to_owned), problems)
            .unwrap_or_default()
    }

    pub(super) fn flag(&mut self, name: &'static str, problems: &mut Problems) -> bool {
        self.read(ProblemKind::WrongType, name, "true or false", Value::as_bool, problems).unwrap_or(false)
    }

    pub(super) fn number(&mut self, name: &'static str, problems: &mut Problems) -> Option<f64> {
        self.read(ProblemKind::WrongType, name, "a number", Value::as_f64, problems)
    }

    pub(super) fn list(&mut self, name: &'static str, problems: &mut Problems) -> &'a [Value] {
        self.read(ProblemKind::WrongType, name, "a list", Value::as_array, problems).map_or(&[], Vec::as_slice)
    }

    /// Reads a list of texts; other elements are skipped.
    pub(super) fn texts(&mut self, name: &'static str, problems: &mut Problems) -> Vec<String> {
        self.list(name, problems).iter().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    }

    pub(super) fn object(&mut self, name: &'static str, problems: &mut Problems) -> Option<&'a Map<String, Value>> {
        self.read(ProblemKind::WrongType, name, "an object", Value::as_object, problems)
    }

    /// Reports the fields that have not been read, each name once per file.
    pub(super) fn report_unread(self, problems: &mut Problems) {
        for (name, value) in self.map {
            let comment = name.starts_with(['$', '_', '/', '#']);
            if !comment && !self.known.contains(name.as_str()) && !is_blank(value) {
                let reason = format!("{} of a {} is ignored", quote(name), self.what);
                problems.add_once(ProblemKind::Ignored, Location::File, reason);
            }
        }
    }
}

/// Returns `true` if the value is empty: null, `""`, `[]` or `{}`.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_that_cannot_be_used_are_reported() {
        let value = json!({"task": 5, "limit": -1, "choices": 5, "directed": "", "style": {"a": 1}, "empty": [], "_note": "mine"});
        let mut problems = Problems::of("desk");
        let mut fields = Fields::of(value.as_object().unwrap(), "node", Location::NodeAt(0));
        assert_eq!(fields.text("task", &mut problems), "");
        assert_eq!(fields.deciding_count("limit", &mut problems), None);
        assert!(!fields.flag("directed", &mut problems) && fields.list("choices", &mut problems).is_empty());
        fields.report_unread(&mut problems);
        let messages: Vec<String> = problems.into_found().iter().map(ToString::to_string).collect();
        insta::assert_debug_snapshot!(messages, @r#"
        [
            "desk: node number 1: `task` of this node must be a text; it is ignored",
            "desk: node number 1: `limit` of this node must be a whole number",
            "desk: node number 1: `choices` of this node must be a list; it is ignored",
            "desk: `style` of a node is ignored",
        ]
        "#);
    }
}

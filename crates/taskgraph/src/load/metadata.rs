//! The fields of the file other than nodes and edges.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fields::Fields;
use crate::{
    graph::{About, Document},
    problem::{Location, ProblemKind, Problems},
    redact,
    resource::Listed,
};

/// Reads the description of the assistant and the company.
pub(super) fn about(fields: &mut Fields<'_>, problems: &mut Problems) -> About {
    let mut text = |name| fields.text(name, problems).trim().to_owned();
    let (optional, system) = (text("opt_instruct"), text("sys_instruct"));
    About {
        role: text("role"),
        user_objective: text("user_objective"),
        builder_objective: text("builder_objective"),
        domain: text("domain"),
        intro: text("intro"),
        instruction: [optional, system].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n"),
    }
}

/// Reads the entries of `tools`, `workers` and `agents` by their ids.
pub(super) fn listed(fields: &mut Fields<'_>, problems: &mut Problems) -> BTreeMap<String, Listed> {
    let mut listed = BTreeMap::new();
    for (name, is_tool) in [("agents", false), ("workers", false), ("tools", true)] {
        let entries = fields.list(name, problems);
        entries.iter().for_each(|entry| report_settings(entry, problems));
        listed.extend(entries.iter().filter_map(|entry| read_listed(entry, is_tool)));
    }
    listed
}

fn read_listed(entry: &Value, is_tool: bool) -> Option<(String, Listed)> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let id = text("id");
    (!id.is_empty()).then(|| (id, Listed { path: text("path"), name: text("name"), is_tool }))
}

/// Reports arguments for the tools of other engines; tools of this server are configured by its settings.
fn report_settings(entry: &Value, problems: &mut Problems) {
    for name in ["fixed_args", "auth"] {
        if entry.get(name).is_some_and(redact::has_value) {
            let reason =
                format!("`{name}` of tools and workers is ignored: they get theirs from the server's settings");
            problems.add_once(ProblemKind::Ignored, Location::File, reason);
        }
    }
}

/// Reads `rag_docs`. `task_docs` were used to create the graph and have no effect.
pub(super) fn documents(fields: &mut Fields<'_>, problems: &mut Problems) -> Vec<Document> {
    fields.value("task_docs");
    fields.list("rag_docs", problems).iter().filter_map(read_document).collect()
}

fn read_document(value: &Value) -> Option<Document> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let source = text("source");
    let pages_max = value.get("num").and_then(Value::as_u64).and_then(|pages| usize::try_from(pages).ok());
    (!source.is_empty()).then(|| Document { source, kind: text("type"), pages_max })
}

/// Reports addresses of services that other engines call in place of a model.
pub(super) fn services(fields: &mut Fields<'_>, problems: &mut Problems) {
    for name in ["nluapi", "slotfillapi", "slot_fill_api"] {
        if !fields.text(name, problems).trim().is_empty() {
            let reason = format!("`{name}` is kept but not called: the client's model answers");
            problems.add(ProblemKind::NotCalled, Location::File, reason);
        }
    }
    for name in ["compat", "compatibility", "profile"] {
        if fields.value(name).is_some() {
            let reason =
                format!("`{name}` is not followed: one engine runs every graph, by the rules of the documentation");
            problems.add(ProblemKind::NotCalled, Location::File, reason);
        }
    }
}

//! The definition of a tool as clients see it: name, title, description, schemas and hints.

use std::sync::Arc;

use rmcp::model::{JsonObject, Tool as Definition, ToolAnnotations};
use schemars::Schema;

use crate::tool::{Effect, ToolEntry, schema};

/// The definition of `entry` for `tools/list`.
pub(super) fn of(entry: &ToolEntry) -> Definition {
    Definition::new(entry.name, entry.description().to_owned(), Arc::new(object(entry.input())))
        .with_title(entry.title)
        .with_raw_output_schema(Arc::new(schema::without_docs(object(entry.output()))))
        .with_annotations(annotations(entry.effect))
}

/// All four hints: a client assumes the worst of a missing one.
fn annotations(effect: Effect) -> ToolAnnotations {
    let (read_only, destructive, idempotent) = match effect {
        Effect::Read => (true, false, true),
        Effect::Create | Effect::Book => (false, false, false),
        // Clients ask the person first, as nobody can take it back.
        Effect::Send => (false, true, false),
        Effect::Update => (false, true, true),
    };
    ToolAnnotations::new().read_only(read_only).destructive(destructive).idempotent(idempotent).open_world(true)
}

/// A portable schema without the type's name and doc comment, which the definition already holds.
fn object(schema: &Schema) -> JsonObject {
    let mut object = schema::portable(schema.as_object().cloned().unwrap_or_default());
    object.remove("title");
    object.remove("description");
    object
}

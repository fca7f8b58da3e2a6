//! The properties API: definitions and groups.

use axum::Router;
use serde_json::{Value, json};

use super::schema::Definition;
use crate::sandbox::Sandbox;
use crate::sandbox::access::Scopes;
use crate::sandbox::answer::Answer;
use crate::sandbox::call::Call;
use crate::sandbox::portal::Portal;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::router::{GET, answers, needs};

pub(crate) fn routes() -> Router<Sandbox> {
    let read = needs(Scopes::Read);
    Router::new().route("/{type}", answers(GET, read, list)).route("/{type}/{name}", answers(GET, read, one))
}

/// One call gives all there are.
fn list(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let archived = call.flag("archived");
    let all = portal.schema(call.kind("type")?).all().filter(|one| one.archived_ms.is_some() == archived);
    Ok(Answer::ok(json!({"results": all.map(Definition::to_json).collect::<Vec<Value>>()})))
}

fn one(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let (kind, name) = (call.kind("type")?, call.param("name"));
    let found =
        portal.schema(kind).with_archived(name).filter(|one| one.archived_ms.is_some() == call.flag("archived"));
    found.map(|one| Answer::ok(one.to_json())).ok_or_else(|| unknown(name))
}

pub(crate) fn unknown(name: &str) -> Refusal {
    Refusal::new(404, format!("Property {name} does not exist")).category("OBJECT_NOT_FOUND")
}

//! A tool as a brain in this process sees it: without the arguments that the server fills in for a customer.

use serde_json::{Map, Value};

use super::caller::Caller;
use super::customer_use::CustomerUse;
use super::info::Effect;
use super::on_behalf_of::Assurance;
use super::{ToolEntry, schema};

/// The name, the description and the arguments of a tool that is open to a caller.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolView {
    /// Name that `tools/call` uses.
    pub name: &'static str,
    /// The description for a model.
    pub description: String,
    /// The schema of the arguments that the caller may send: an object of JSON Schema.
    pub input: Map<String, Value>,
    /// The effect on the CRM.
    pub effect: Effect,
}

impl ToolView {
    /// The view that this caller has of a tool that is open to it.
    pub fn of(entry: &ToolEntry, caller: &Caller) -> ToolView {
        let mut input = schema::portable(entry.input().as_object().cloned().unwrap_or_default());
        input.remove("title");
        input.remove("description");
        if let (Some(allowed), Some(assurance)) = (entry.customers, caller.on_behalf_of.assurance()) {
            narrow(&mut input, &allowed, assurance);
        }
        ToolView { name: entry.name, description: entry.description().to_owned(), input, effect: entry.effect }
    }
}

/// Leaves the arguments that a customer may send.
fn narrow(input: &mut Map<String, Value>, allowed: &CustomerUse, assurance: Assurance) {
    let ticket = allowed.subject.arguments().1.filter(|_| assurance == Assurance::Verified);
    let kept = |name: &str| allowed.may_send(name, assurance) || ticket == Some(name);
    if let Some(Value::Object(properties)) = input.get_mut("properties") {
        properties.retain(|name, _| kept(name));
    }
    if let Some(Value::Array(required)) = input.get_mut("required") {
        required.retain(|name| name.as_str().is_some_and(kept));
    }
}

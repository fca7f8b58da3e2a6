//! A tool as a brain in this process sees it: without the arguments that the server fills in for a customer.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use super::caller::Caller;
use super::customer_use::CustomerUse;
use super::info::Effect;
use super::on_behalf_of::Assurance;
use super::{ToolEntry, schema};

/// The name, the description and the arguments of a tool that is open to a caller. Clones share them.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolView {
    /// Name that `tools/call` uses.
    pub name: &'static str,
    /// The description for a model.
    pub description: Arc<str>,
    /// The schema of the arguments that the caller may send: an object of JSON Schema.
    pub input: Arc<Map<String, Value>>,
    /// The effect on the CRM.
    pub effect: Effect,
}

/// The views of a server's tools, each of which is made once: a brain is shown all of them in every turn.
#[derive(Debug, Default)]
pub struct ToolViews(Mutex<BTreeMap<(&'static str, Option<Assurance>), ToolView>>);

impl ToolViews {
    /// The view that this caller has of a tool that is open to it.
    pub fn of(&self, entry: &ToolEntry, caller: &Caller) -> ToolView {
        let assurance = caller.on_behalf_of.assurance();
        let mut views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        views.entry((entry.name, assurance)).or_insert_with(|| ToolView::of(entry, assurance)).clone()
    }
}

impl ToolView {
    fn of(entry: &ToolEntry, assurance: Option<Assurance>) -> ToolView {
        let mut input = schema::portable(entry.input().as_object().cloned().unwrap_or_default());
        input.remove("title");
        input.remove("description");
        if let (Some(allowed), Some(assurance)) = (entry.customers, assurance) {
            narrow(&mut input, &allowed, assurance);
        }
        let (description, input) = (entry.description().into(), Arc::new(input));
        ToolView { name: entry.name, description, input, effect: entry.effect }
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

//! The right person, in whatever form a client sends a phone number, an address, a name or an owner.

mod addresses;
mod options;
mod owners;
mod phones;

use serde_json::{Value, json};

use crate::world::{World, ask_sandbox};

const SARAH: &str = "84246479604";
const AIKO: &str = "84246481952";
const VISIT: &str = "richtech/site-visit";

async fn found(world: &World, arguments: Value) -> Vec<String> {
    let answer = world.call("search_contacts", arguments).await.unwrap();
    answer["contacts"].as_array().unwrap().iter().map(|one| one["contact_id"].as_str().unwrap().to_owned()).collect()
}

/// A contact that a person entered in HubSpot.
async fn typed_in(world: &World, properties: Value) -> String {
    let made = ask_sandbox(world, "POST", "/crm/v3/objects/contacts", json!({"properties": properties})).await;
    made["id"].as_str().unwrap().to_owned()
}

/// Contacts that were imported, in the order of the list.
async fn imported(world: &World, contacts: Vec<Value>) -> Vec<String> {
    let mut ids = vec![];
    for part in contacts.chunks(100) {
        let inputs: Vec<_> = part.iter().map(|properties| json!({ "properties": properties })).collect();
        let path = "/crm/v3/objects/contacts/batch/create";
        let made = ask_sandbox(world, "POST", path, json!({ "inputs": inputs })).await;
        ids.extend(made["results"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()));
    }
    ids
}

fn property(world: &World, kind: &str, id: &str, name: &str) -> Value {
    let records = world.sandbox.records(kind);
    records.into_iter().find(|record| record["id"] == *id).unwrap()["properties"][name].clone()
}

fn count(world: &World) -> usize {
    world.sandbox.records("contacts").len()
}

async fn define(world: &World, object: &str, definition: Value) {
    ask_sandbox(world, "POST", &format!("/crm/v3/properties/{object}"), definition).await;
}

//! The batch endpoints: up to a hundred objects in one request, and answers that are partly errors.

use axum::Router;
use serde::Deserialize;
use serde_json::{Value, json};

use super::create::Target;
use super::find;
use super::kind::Kind;
use super::objects::{READ, Wish};
use crate::sandbox::Sandbox;
use crate::sandbox::answer::Answer;
use crate::sandbox::call::Call;
use crate::sandbox::clock::{Ms, stamp};
use crate::sandbox::portal::Portal;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::router::{POST, answers};

const INPUTS_MAX: usize = 100;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new().route("/{type}/batch/read", answers(POST, READ, read))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    inputs: Vec<Target>,
    #[serde(default)]
    properties: Option<Vec<String>>,
    #[serde(default)]
    properties_with_history: Option<Vec<String>>,
    #[serde(default)]
    id_property: Option<String>,
}

fn read(portal: &mut Portal, call: &Call) -> Result<Answer, Refusal> {
    let kind = call.kind("type")?;
    let asked: Read = call.json()?;
    within(asked.inputs.len(), INPUTS_MAX)?;
    let wish = Wish::new(
        kind,
        asked.properties.unwrap_or_default(),
        asked.properties_with_history.unwrap_or_default(),
        Vec::new(),
    );
    let (mut results, mut unknown, mut seen) = (Vec::new(), Vec::new(), std::collections::BTreeSet::new());
    for Target { id } in asked.inputs {
        let found = find::record(portal, kind, &id, asked.id_property.as_deref())?;
        match found.filter(|record| record.is_archived() == call.flag("archived")) {
            Some(record) if seen.insert(record.id) => results.push(wish.fulfil(portal, kind, record)),
            Some(_) => {}
            None => unknown.push(id),
        }
    }
    let errors = if unknown.is_empty() { Vec::new() } else { vec![not_found(kind, "get", &unknown)] };
    Ok(envelope(200, portal.now_ms(), results, errors))
}

/// At least one input, at most `max`.
pub(crate) fn within(inputs: usize, max: usize) -> Result<(), Refusal> {
    match inputs {
        0 => Err(Refusal::invalid("Batch input provided should have at least one object.")),
        inputs if inputs > max => {
            Err(Refusal::invalid(format!("The maximum number of inputs supported in a batch request is {max}")))
        }
        _ => Ok(()),
    }
}

/// One error for all ids that lead nowhere.
pub(crate) fn not_found(kind: Kind, verb: &str, ids: &[String]) -> Value {
    let message = format!(
        "Could not {verb} some {} objects, they may be deleted or not exist. Check that ids are valid.",
        kind.shouted()
    );
    json!({"status": "error", "category": "OBJECT_NOT_FOUND", "message": message, "context": {"ids": ids}})
}

/// HubSpot's batch answer: 207 as soon as there is an error in it.
pub(crate) fn envelope(success: u16, now_ms: Ms, results: Vec<Value>, errors: Vec<Value>) -> Answer {
    let mut body = json!({
        "status": "COMPLETE", "results": results, "startedAt": stamp(now_ms), "completedAt": stamp(now_ms)
    });
    if errors.is_empty() {
        return Answer { status: success, body: Some(body) };
    }
    body["numErrors"] = errors.len().into();
    body["errors"] = errors.into();
    Answer { status: 207, body: Some(body) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sandbox::testing::{SARAH, client};

    #[tokio::test(start_paused = true)]
    async fn a_batch_read_by_address_finds_secondary_ones_and_tells_what_it_did_not_find() {
        let client = client();
        let asked = json!({
            "idProperty": "email", "properties": ["email", "hs_additional_emails"],
            "inputs": [{"id": "Sarah@gmail.com"}, {"id": "aiko@sato.jp"}, {"id": "nobody@x.com"}]
        });
        let answer = client.post("/crm/objects/2026-09/contacts/batch/read", asked).await.expect(207);
        assert_eq!((&answer["status"], &answer["numErrors"]), (&json!("COMPLETE"), &json!(1)));
        let ids: Vec<_> = answer["results"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        assert_eq!(ids, [SARAH, "84246481952"]);
        assert_eq!(answer["errors"][0]["context"]["ids"], json!(["nobody@x.com"]));
        assert!(answer["errors"][0]["message"].as_str().unwrap().starts_with("Could not get some CONTACT objects"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_complete_batch_names_no_errors() {
        let client = client();
        let answer =
            client.post("/crm/v3/objects/contacts/batch/read", json!({"inputs": [{"id": SARAH}]})).await.expect(200);
        assert_eq!(answer.get("errors"), None);
        assert!(answer["startedAt"].is_string() && answer["completedAt"].is_string());
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_has_one_to_a_hundred_inputs() {
        let client = client();
        for n in [0, 101] {
            let inputs: Vec<_> = (0..n).map(|id| json!({"id": id})).collect();
            client.post("/crm/v3/objects/contacts/batch/read", json!({"inputs": inputs})).await.expect(400);
        }
    }
}

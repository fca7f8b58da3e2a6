//! Batches of objects: read, create, update, archive.
//!
//! Without an `objectWriteTraceId` on every input, a batch of writes is carried out as a whole or not at all. With one
//! on every input, each input stands for itself, and the errors name the trace id of theirs.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::create::{self, Input};
use super::find;
use super::unique::check_duplicates_in_batch;
use super::update::{self, CheckedUpdate};
use super::view::{self, Projection, ReadOptions};
use super::write_error::{WriteError, collect_or_first_error};
use crate::api::api_error::ApiError;
use crate::api::batch::{INPUTS_MAX, batch_response, check_count, inputs};
use crate::api::call::ApiCall;
use crate::api::input::{Target, as_text, text_or_number};
use crate::api::response::ApiResponse;
use crate::model::object_type::ObjectType;
use crate::model::portal::Portal;
use crate::model::record::Source;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadInput {
    inputs: Vec<Target>,
    #[serde(default)]
    properties: Option<Vec<String>>,
    #[serde(default)]
    properties_with_history: Option<Vec<String>>,
    #[serde(default)]
    id_property: Option<String>,
}

pub(crate) fn read(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    let body: ReadInput = call.json()?;
    check_count(body.inputs.len(), INPUTS_MAX)?;
    let history = body.properties_with_history.unwrap_or_default();
    let options = ReadOptions::new(object_type, body.properties.unwrap_or_default(), history, Vec::new());
    let (mut results, mut unknown, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for Target { id } in body.inputs {
        let found = find::record(portal, object_type, &id, body.id_property.as_deref())?;
        match found.filter(|record| record.is_archived() == call.flag("archived")) {
            Some(record) if seen.insert(record.id) => results.push(options.render(portal, object_type, record)),
            Some(_) => {}
            None => unknown.push(id),
        }
    }
    Ok(batch_response(portal, call, 200, results, not_found(object_type, &unknown)))
}

pub(crate) fn create(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    let inputs: Vec<Input> = inputs(call, INPUTS_MAX)?;
    let traces: Option<Vec<Value>> = inputs.iter().map(|input| input.trace_id.clone()).collect();
    let (ids, errors) = match traces {
        Some(traces) => create_each(portal, object_type, &inputs, &traces)?,
        None => (create_all(portal, object_type, &inputs)?, Vec::new()),
    };
    let results = ids.into_iter().map(|id| view::record_by_id(portal, object_type, id, Projection::Created)).collect();
    Ok(batch_response(portal, call, 201, results, errors))
}

/// Creates all records or none.
fn create_all(portal: &mut Portal, object_type: ObjectType, inputs: &[Input]) -> Result<Vec<u64>, ApiError> {
    let drafts: Vec<_> = inputs.iter().map(|input| create::draft(portal, object_type, input)).collect();
    let drafts = collect_or_first_error(portal, drafts)?;
    check_duplicates_in_batch(portal, object_type, drafts.iter().map(|draft| draft.values.as_slice()))?;
    let commit = |draft| create::commit(portal, object_type, draft, Source::Integration);
    Ok(drafts.into_iter().map(commit).collect())
}

/// Creates the valid records in order, so that each is checked against those before it. Returns their ids, and an entry
/// for each invalid one.
fn create_each(
    portal: &mut Portal,
    object_type: ObjectType,
    inputs: &[Input],
    traces: &[Value],
) -> Result<(Vec<u64>, Vec<Value>), ApiError> {
    check_unique_traces(traces)?;
    let (mut ids, mut errors) = (Vec::new(), Vec::new());
    for (input, trace) in inputs.iter().zip(traces) {
        match create::draft(portal, object_type, input) {
            Ok(draft) => ids.push(create::commit(portal, object_type, draft, Source::Integration)),
            Err(error) => errors.push(traced_error(portal, error, trace)),
        }
    }
    Ok((ids, errors))
}

fn check_unique_traces(traces: &[Value]) -> Result<(), ApiError> {
    let mut seen = BTreeSet::new();
    match traces.iter().all(|trace| seen.insert(trace.to_string())) {
        true => Ok(()),
        false => Err(ApiError::invalid("objectWriteTraceId must be unique for each input")),
    }
}

/// Renders an entry of `errors` with the trace id of its input and, for a conflict, the id of the other record.
fn traced_error(portal: &Portal, error: WriteError, trace: &Value) -> Value {
    let mut context = json!({"objectWriteTraceId": [as_text(trace)]});
    if let WriteError::ContactExists(id) = error {
        context["existingId"] = json!([id.to_string()]);
    }
    error.into_api_error(portal).context(context).entry()
}

/// One input of a batch update or upsert.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateInput {
    #[serde(deserialize_with = "text_or_number")]
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) id_property: Option<String>,
    pub(crate) properties: Map<String, Value>,
    #[serde(default, rename = "objectWriteTraceId")]
    trace_id: Option<Value>,
}

pub(crate) fn update(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    let inputs: Vec<UpdateInput> = inputs(call, INPUTS_MAX)?;
    check_duplicate_ids(&inputs)?;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for input in &inputs {
        let found = find::record(portal, object_type, &input.id, input.id_property.as_deref())?;
        match found.filter(|one| !one.is_archived()) {
            Some(record) => known.push((record.id, input)),
            None => unknown.push(input.id.clone()),
        }
    }
    let mut errors = not_found(object_type, &unknown);
    let traces: Option<Vec<&Value>> = known.iter().map(|(_, input)| input.trace_id.as_ref()).collect();
    let results = match traces {
        Some(traces) => update_each(portal, object_type, &known, &traces, &mut errors),
        None => update_all(portal, object_type, &known)?,
    };
    Ok(batch_response(portal, call, 200, results, errors))
}

/// Makes all changes or none.
fn update_all(
    portal: &mut Portal,
    object_type: ObjectType,
    known: &[(u64, &UpdateInput)],
) -> Result<Vec<Value>, ApiError> {
    let changes: Vec<_> = known.iter().filter_map(|(id, input)| draft(portal, object_type, *id, input)).collect();
    let changes = collect_or_first_error(portal, changes)?;
    check_duplicates_in_batch(portal, object_type, changes.iter().map(|change| change.values.as_slice()))?;
    Ok(changes.into_iter().zip(known).map(|(change, (_, input))| commit(portal, object_type, change, input)).collect())
}

/// Makes the valid changes in order, so that each is checked against those before it.
fn update_each(
    portal: &mut Portal,
    object_type: ObjectType,
    known: &[(u64, &UpdateInput)],
    traces: &[&Value],
    errors: &mut Vec<Value>,
) -> Vec<Value> {
    let mut results = Vec::new();
    for ((id, input), trace) in known.iter().zip(traces) {
        match draft(portal, object_type, *id, input) {
            Some(Ok(change)) => results.push(commit(portal, object_type, change, input)),
            Some(Err(error)) => errors.push(traced_error(portal, error, trace)),
            None => {}
        }
    }
    results
}

/// Checks the change of one input, or returns `None` if there is no such record.
fn draft(
    portal: &Portal,
    object_type: ObjectType,
    id: u64,
    input: &UpdateInput,
) -> Option<Result<CheckedUpdate, WriteError>> {
    portal.table(object_type).live(id).map(|record| update::draft(portal, object_type, record, &input.properties))
}

fn commit(portal: &mut Portal, object_type: ObjectType, change: CheckedUpdate, input: &UpdateInput) -> Value {
    let (id, names) = (change.id, input.properties.keys().map(String::as_str).collect::<Vec<_>>());
    update::commit(portal, object_type, change, Source::Integration);
    view::record_by_id(portal, object_type, id, Projection::Updated(&names))
}

/// Checks that every id occurs once, whatever its case.
pub(crate) fn check_duplicate_ids(inputs: &[UpdateInput]) -> Result<(), ApiError> {
    let mut seen = BTreeSet::new();
    let duplicate = inputs.iter().find(|input| !seen.insert(input.id.to_lowercase()));
    duplicate.map_or(Ok(()), |input| Err(duplicate_id(&input.id)))
}

/// 400 of a batch that names a record twice
pub(crate) fn duplicate_id(id: &str) -> ApiError {
    let message = format!("Duplicate IDs found in batch input: [{id}]. IDs must be unique");
    ApiError::invalid(message).context(json!({"ids": [id]}))
}

pub(crate) fn archive(portal: &mut Portal, call: &ApiCall) -> Result<ApiResponse, ApiError> {
    let object_type = call.object_type("type")?;
    let inputs: Vec<Target> = inputs(call, INPUTS_MAX)?;
    inputs.iter().filter_map(|input| input.id.parse().ok()).for_each(|id| portal.archive(object_type, id));
    Ok(ApiResponse::no_content())
}

/// Renders the one entry of `errors` for all ids that lead nowhere, or no entry if there are none.
fn not_found(object_type: ObjectType, ids: &[String]) -> Vec<Value> {
    if ids.is_empty() {
        return Vec::new();
    }
    let message = format!(
        "Could not get some {} objects, they may be deleted or not exist. Check that ids are valid.",
        object_type.upper_name()
    );
    vec![json!({"status": "error", "category": "OBJECT_NOT_FOUND", "message": message, "context": {"ids": ids}})]
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::test_client::{Client, SARAH, client};

    async fn batch(client: &Client, verb: &str, inputs: Value, status: u16) -> Value {
        client.post(&format!("/crm/v3/objects/contacts/batch/{verb}"), json!({"inputs": inputs})).await.expect(status)
    }

    fn contact(email: &str, trace: Option<&str>) -> Value {
        let mut input = json!({"properties": {"email": email}});
        if let Some(trace) = trace {
            input["objectWriteTraceId"] = trace.into();
        }
        input
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_read_by_address_finds_secondary_ones_and_lists_unknown_ones() {
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
    async fn a_batch_without_errors_has_no_list_of_them() {
        let client = client();
        let answer = batch(&client, "read", json!([{"id": SARAH}]), 200).await;
        assert_eq!(answer.get("errors"), None);
        assert!(answer["startedAt"].is_string() && answer["completedAt"].is_string());
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_has_one_to_a_hundred_inputs() {
        let client = client();
        for verb in ["read", "create", "update", "upsert", "archive"] {
            for n in [0, 101] {
                let inputs: Vec<_> = (0..n).map(|id| json!({"id": id, "properties": {}})).collect();
                batch(&client, verb, json!(inputs), 400).await;
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_trace_ids_a_batch_is_created_as_a_whole_or_not_at_all() {
        let client = client();
        let apply = batch(&client, "create", json!([contact("a@x.com", None), contact("b@x.com", None)]), 201).await;
        assert_eq!(apply["results"].as_array().unwrap().len(), 2);
        let twice =
            batch(&client, "create", json!([contact("c@x.com", None), contact("sarah@gmail.com", None)]), 409).await;
        assert_eq!((&twice["message"], &twice["category"]), (&json!("Contact already exists"), &json!("CONFLICT")));
        batch(&client, "create", json!([contact("c@x.com", None), contact("C@x.com", None)]), 409).await;
        let invalid =
            batch(&client, "create", json!([contact("c@x.com", None), contact("0", None), contact("1", None)]), 400)
                .await;
        assert_eq!(invalid["errors"].as_array().unwrap().len(), 2);
        assert_eq!(client.sandbox.records("contacts").len(), 9);
    }

    #[tokio::test(start_paused = true)]
    async fn with_trace_ids_every_input_stands_for_itself() {
        let client = client();
        let inputs =
            json!([contact("sarah@gmail.com", Some("0")), contact("a@x.com", Some("1")), contact("0", Some("2"))]);
        let answer = batch(&client, "create", inputs, 207).await;
        assert_eq!((&answer["numErrors"], answer["results"].as_array().unwrap().len()), (&json!(2), 1));
        let conflict = &answer["errors"][0];
        assert_eq!(conflict["context"], json!({"objectWriteTraceId": ["0"], "existingId": [SARAH]}));
        assert_eq!(conflict["message"], format!("Contact already exists. Existing ID: {SARAH}"));
        assert_eq!(answer["errors"][1]["context"]["objectWriteTraceId"], json!(["2"]));
        batch(&client, "create", json!([contact("b@x.com", Some("0")), contact("c@x.com", Some("0"))]), 400).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_update_lists_unknown_ids_and_makes_the_other_changes() {
        let client = client();
        let named = |id: &str, name: &str| json!({"id": id, "properties": {"firstname": name}});
        let answer =
            batch(&client, "update", json!([named(SARAH, "S"), named("unknownIdentifier888", "x")]), 207).await;
        assert_eq!(answer["results"][0]["properties"]["firstname"], "S");
        assert_eq!(answer["errors"][0]["context"]["ids"], json!(["unknownIdentifier888"]));
        let twice = batch(&client, "update", json!([named(SARAH, "A"), named(SARAH, "B")]), 400).await;
        assert_eq!(twice["context"]["ids"], json!([SARAH]));
        let wrong = json!({"id": "84246480117", "properties": {"missing": "x"}});
        batch(&client, "update", json!([named(SARAH, "C"), wrong]), 400).await;
        assert_eq!(client.sandbox.records("contacts")[0]["properties"]["firstname"], "S");
    }

    #[tokio::test(start_paused = true)]
    async fn two_contacts_of_one_batch_do_not_get_the_same_address() {
        let client = client();
        let moved = |id: &str, trace: Option<&str>| {
            let mut input = contact("new@x.com", trace);
            input["id"] = id.into();
            input
        };
        let refused = batch(&client, "update", json!([moved(SARAH, None), moved("84246480117", None)]), 409).await;
        assert_eq!(refused["message"], "Contact already exists");
        assert_eq!(client.sandbox.records("contacts")[0]["properties"]["email"], "sarah@gmail.com");
        let traced_error = json!([moved(SARAH, Some("0")), moved("84246480117", Some("1"))]);
        let answer = batch(&client, "update", traced_error, 207).await;
        assert_eq!((&answer["results"][0]["id"], answer["results"].as_array().unwrap().len()), (&json!(SARAH), 1));
        assert_eq!(answer["errors"][0]["context"], json!({"objectWriteTraceId": ["1"], "existingId": [SARAH]}));
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_archive_has_no_content() {
        let client = client();
        let path = "/crm/v3/objects/contacts/batch/archive";
        let answer = client.post(path, json!({"inputs": [{"id": SARAH}, {"id": "999"}]})).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""));
        assert_eq!(client.sandbox.records("contacts").len(), 6);
    }
}
